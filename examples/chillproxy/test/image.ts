import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const example = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");

/** The example as it would be shipped: compiled, with the library and its migrations, in a folder of its own. */
export interface Image extends Disposable {
  readonly folder: string;
  readonly migrations: string;
}

/** Builds an image from the sources. It lies inside the example, where the packages of the root are found. */
export function buildImage(): Image {
  const parent = join(example, ".gander");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "image-"));
  const library = join(folder, "node_modules/pg-gander");
  compile(join(root, "tsconfig.build.json"), join(library, "dist"));
  cpSync(join(root, "package.json"), join(library, "package.json"));
  for (const part of ["package.json", "tsconfig.json", "src", "migrations"]) {
    cpSync(join(example, part), join(folder, part), { recursive: true });
  }
  compile(join(folder, "tsconfig.json"), join(folder, "dist"));
  return asImage(folder);
}

/** A copy of an image with only the first migrations: what was shipped before. */
export function olderImage(image: Image, migrations: number): Image {
  const folder = mkdtempSync(join(dirname(image.folder), "image-"));
  cpSync(image.folder, folder, { recursive: true });
  const older = asImage(folder);
  for (const name of readdirSync(older.migrations).sort().slice(migrations)) rmSync(join(older.migrations, name));
  return older;
}

function compile(project: string, outDir: string): void {
  execFileSync(process.execPath, [tsc, "-p", project, "--outDir", outDir], { stdio: "inherit" });
}

function asImage(folder: string): Image {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, migrations: join(folder, "migrations/postgres"), [Symbol.dispose]: remove };
}
