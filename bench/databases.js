import pg from "pg";

/** The databases of a benchmark on one server: made empty, asked, dropped. */
export async function createDatabases(serverUrl) {
  const admin = new pg.Client(serverUrl);
  await admin.connect();
  const { rows } = await admin.query("SHOW server_version");

  function urlOf(name, port) {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    if (port) Object.assign(url, { hostname: "127.0.0.1", port: String(port) });
    return url.href;
  }

  return {
    serverVersion: rows[0].server_version,
    urlOf,
    /** Makes an empty database, in place of one of the same name. */
    async create(name) {
      await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await admin.query(`CREATE DATABASE "${name}"`);
      return urlOf(name);
    },
    drop: (name) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
    /** The one value of a query with one row. */
    async ask(name, query) {
      const client = new pg.Client(urlOf(name));
      await client.connect();
      try {
        const result = await client.query({ text: query, rowMode: "array" });
        return result.rows[0][0];
      } finally {
        await client.end();
      }
    },
    close: () => admin.end(),
  };
}
