import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

let program;

export default {
  title: "dbmate",
  runtime: "go",
  transaction: "file",
  readsFiles: false,
  setup() {
    const name = `@dbmate/${process.platform}-${process.arch}`;
    program = join(import.meta.dirname, "../node_modules", name, "bin", "dbmate");
    if (!existsSync(program)) throw new Error("no binary");
  },
  prepare(folder, migrations) {
    for (const { version, name, up, down } of migrations) {
      writeFileSync(
        join(folder, `${version}_${name}.sql`),
        `-- migrate:up\n${script(up)}\n-- migrate:down\n${script(down)}`,
      );
    }
  },
  command: (url, folder) => [program, "--url", url, "--migrations-dir", folder, "--no-dump-schema", "migrate"],
};
