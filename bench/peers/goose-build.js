import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "goose");
const target = join(import.meta.dirname, "..", "node_modules", ".cache", "goose");
/** Leaves out the drivers of other databases. */
const tags = ["clickhouse", "libsql", "mssql", "mysql", "sqlite3", "vertica", "ydb", "spanner"].map(
  (name) => `no_${name}`,
);

/** Builds one of goose's programs once, with the Go of this machine; says in a word why it cannot be had. */
export function buildGoose(name, goPackage) {
  const program = join(target, process.platform === "win32" ? `${name}.exe` : name);
  if (existsSync(program)) return program;
  mkdirSync(target, { recursive: true });
  try {
    console.error(`building goose (${name}) with Go …`);
    execFileSync("go", ["build", "-tags", tags.join(","), "-o", program, goPackage], {
      cwd: source,
      stdio: "pipe",
      timeout: 600_000,
    });
  } catch (error) {
    throw new Error(error.code === "ENOENT" ? "no Go" : "not built", { cause: error });
  }
  return program;
}
