/** postgresql.conf of a test server: quick, quiet, and ready for tests of TLS and of a standby. */
export const serverSettings = `
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
max_prepared_transactions = 8
shared_buffers = 32MB
wal_level = replica
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_min_messages = log
log_min_error_statement = panic
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.crt'
password_encryption = 'scram-sha-256'
`;

/**
 * pg_hba.conf of a test server: nobody needs a password, except members of the roles that `serverRoles` makes. (A
 * superuser counts as a member of none.)
 */
export const serverAccess = `
local all +gander_password scram-sha-256
local all all trust
host all +gander_rejected all reject
host all +gander_password all scram-sha-256
hostnossl all +gander_tls all reject
hostssl all +gander_tls all trust
hostssl all +gander_certificate all cert
host all +gander_certificate all reject
host all all all trust
`;

/** Put a role into one of these to have the server ask for a password, for TLS or for a client certificate, or refuse it. */
export const serverRoles = `
CREATE ROLE gander_password;
CREATE ROLE gander_rejected;
CREATE ROLE gander_tls;
CREATE ROLE gander_certificate;
`;
