let pg;

export default {
  title: "floor (select 1)",
  runtime: "node",
  transaction: "none",
  readsFiles: false,
  isFloor: true,
  prepare() {},
  load: async () => {
    ({ default: pg } = await import("pg"));
  },
  async up(url) {
    const client = new pg.Client(url);
    await client.connect();
    await client.query("select 1");
    await client.end();
  },
};
