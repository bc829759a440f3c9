import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../node_modules/drizzle-kit/bin.cjs");
let drizzle;
let migrate;
let pg;

export default {
  title: "drizzle (one transaction)",
  runtime: "node",
  transaction: "run",
  readsFiles: true,
  prepare(folder, migrations) {
    mkdirSync(join(folder, "meta"));
    const entries = migrations.map(({ version, name, time, up }, idx) => {
      const tag = `${version}_${name}`;
      writeFileSync(
        join(folder, `${tag}.sql`),
        up.map((statement) => `${statement};`).join("\n--> statement-breakpoint\n"),
      );
      return { idx, version: "7", when: time, tag, breakpoints: true };
    });
    writeFileSync(
      join(folder, "meta", "_journal.json"),
      JSON.stringify({ version: "7", dialect: "postgresql", entries }),
    );
    writeFileSync(
      join(folder, "drizzle.config.cjs"),
      `module.exports = { dialect: "postgresql", out: ${JSON.stringify(folder)}, dbCredentials: { url: process.env.DATABASE_URL } };\n`,
    );
  },
  load: async () => {
    ({ drizzle } = await import("drizzle-orm/node-postgres"));
    ({ migrate } = await import("drizzle-orm/node-postgres/migrator"));
    ({ default: pg } = await import("pg"));
  },
  async up(url, folder) {
    const client = new pg.Client(url);
    await client.connect();
    try {
      await migrate(drizzle(client), { migrationsFolder: folder });
    } finally {
      await client.end();
    }
  },
  command: (url, folder) => [process.execPath, bin, "migrate", "--config", join(folder, "drizzle.config.cjs")],
};
