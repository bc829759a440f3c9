import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeGooseFiles } from "./goose-files.js";

const dist = join(import.meta.dirname, "../../dist");
let createMigrator;

export default {
  title: "gander",
  runtime: "node",
  transaction: "file",
  readsFiles: true,
  setup() {
    if (!existsSync(join(dist, "index.js"))) throw new Error("not built");
  },
  prepare: writeGooseFiles,
  load: async () => {
    ({ createMigrator } = await import(pathToFileURL(join(dist, "index.js"))));
  },
  async up(url, folder) {
    const migrator = createMigrator({ database: url, migrations: folder });
    try {
      await migrator.up();
    } finally {
      await migrator.close();
    }
  },
  command: (url, folder) => [process.execPath, join(dist, "cli/main.js"), "up", "--database-url", url, "-d", folder],
};
