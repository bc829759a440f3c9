-- The dashboard shows why an account is out, and disabled ones as well: on call one asks about exactly those.

-- +goose Up
CREATE OR REPLACE VIEW torbox_pool_load AS
SELECT
  id,
  status,
  max_user_slots - current_user_slots AS free_slots,
  max_concurrent_streams - current_concurrent_streams AS free_streams,
  status_reason,
  failure_rate_24h,
  is_active
FROM torbox_pool;

COMMENT ON VIEW torbox_pool_load IS 'Free slots and streams of all accounts, and how they do';

-- +goose Down
-- A view cannot lose columns by CREATE OR REPLACE.
DROP VIEW torbox_pool_load;

CREATE VIEW torbox_pool_load AS
SELECT
  id,
  status,
  max_user_slots - current_user_slots AS free_slots,
  max_concurrent_streams - current_concurrent_streams AS free_streams
FROM torbox_pool
WHERE is_active;

COMMENT ON VIEW torbox_pool_load IS 'Free slots and streams of the accounts in use';
