import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { script } from "../migrations.js";

function section(statements) {
  return statements
    .map((statement) =>
      statement.includes("$$")
        ? `-- +goose StatementBegin\n${statement};\n-- +goose StatementEnd\n`
        : `${statement};\n`,
    )
    .join("");
}

/** Writes goose's files, which goose and gander both read. */
export function writeGooseFiles(folder, migrations) {
  for (const { version, name, up, down } of migrations) {
    writeFileSync(
      join(folder, `${version}_${name}.sql`),
      `-- +goose Up\n${section(up)}\n-- +goose Down\n${script(down)}`,
    );
  }
}
