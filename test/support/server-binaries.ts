import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** Packages may lie beside the other dependencies, in the workspace of the servers, or in the one of all majors. */
const places = ["./package.json", "./servers/package.json", "./all-majors/package.json"];

/** The folder with `bin`, `lib` and `share` of one major version, from the npm package for this machine. */
export function findServerBinaries(major: number): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const packageName = `postgres-${major}-${platform}`;
  for (const place of places) {
    const folder = packageFolder(packageName, new URL(place, import.meta.url));
    if (folder !== undefined) {
      linkLibraries(folder);
      return join(folder, "native");
    }
  }
  const remedy =
    major === 15 || major === 18
      ? "Run npm install, or set TEST_DATABASE_URL to a PostgreSQL server that the tests may create databases on."
      : "Run npm run test:all-majors, which installs it, or set TEST_DATABASE_URL.";
  throw new Error(`No PostgreSQL ${major} binaries for ${platform} (npm package ${packageName}). ${remedy}`);
}

function packageFolder(name: string, from: URL): string | undefined {
  try {
    return dirname(dirname(createRequire(from).resolve(name)));
  } catch {
    return undefined;
  }
}

/** Does what the package's install script does, because npm may be told not to run those. */
function linkLibraries(folder: string): void {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
