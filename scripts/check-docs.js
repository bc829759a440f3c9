// Checks the written documentation against the built package: every command, option, npm script, error code and link that
// a page names is there, every error code is explained, and every example in TypeScript compiles.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = (path) => new URL(`../build/cli/${path}`, import.meta.url).href;
const { commands } = await import(built("commands.js"));
const { settingSpecs } = await import(built("setting-specs.js"));
const details = await Promise.all(commands.map((entry) => entry.load()));

const commandNames = new Set([...commands.map(({ name }) => name), "help", "postgres"]);
const options = new Set(
  [...settingSpecs, ...details.flatMap((command) => command.options ?? [])].flatMap(
    ({ flags }) => flags.match(/--[a-z][a-z-]*/g) ?? [],
  ),
);
for (const flag of ["--help", "--version"]) options.add(flag);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const declared = [...readFileSync(join(root, "src/errors.ts"), "utf8").matchAll(/^ {2}\| "(GANDER_\w+)"/gm)];
const codes = new Set(declared.map((match) => match[1]));

/** Pages whose names in capitals are error codes, but for the variables of settings. */
const coded = new Set(["docs/errors.md", "docs/operations.md", "README.md"]);
const variables = new Set(
  settingSpecs.map(({ key }) => `GANDER_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`),
);

const pages = ["README.md", "CHANGELOG.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
const problems = pages.flatMap((page) => checkPage(page, readFileSync(join(root, page), "utf8")));
const explained = readFileSync(join(root, "docs/errors.md"), "utf8");
for (const code of codes) if (!explained.includes(`\`${code}\``)) problems.push(`docs/errors.md: ${code} is missing`);
problems.push(...compileExamples());

const table = readFileSync(join(root, "README.md"), "utf8").split("## Commands")[1]?.split("\n## ")[0] ?? "";
const listed = wordsAfter(table, /(?<=^\|[^|]*)`([a-z][a-z-]+)[^`]*`/gm);
for (const name of listed) if (!commandNames.has(name)) problems.push(`README.md: ${name} is no command`);
for (const { name } of commands) if (!listed.includes(name)) problems.push(`README.md: ${name} is not in the table`);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${pages.length} pages: commands, options, scripts, codes and links are there`);

function checkPage(page, text) {
  const code = [...text.matchAll(/`([^`\n]+)`|^([^`\n|]*\bnpm (?:run|test)[^`\n]*|gander [^`\n]*)$/gm)].map(
    (match) => match[1] ?? match[2],
  );
  const missing = (what) => `${page}: ${what} is not there`;
  return [
    ...code
      .flatMap((line) => wordsAfter(line, /(?<![+\w-])gander(?: +-d +\S+)? +([a-z][a-z-]+)/g))
      .filter((name) => !commandNames.has(name))
      .map((name) => missing(`gander ${name}`)),
    ...wordsAfter(text, /\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)
      .filter((name) => scripts[name] === undefined)
      .map((name) => missing(`npm run ${name}`)),
    ...code
      .filter((line) => !line.startsWith("npm"))
      .flatMap((line) => wordsAfter(line, /(?<![\w-])(--[a-z][a-z-]+)/g))
      .filter((flag) => !options.has(flag))
      .map((flag) => missing(flag)),
    ...wordsAfter(text, /(?:`|\berror\[)(GANDER_[A-Z_]+)/g)
      .filter((name) => coded.has(page) && !codes.has(name) && (page === "docs/errors.md" || !variables.has(name)))
      .map((name) => missing(name)),
    ...wordsAfter(text, /\]\((?!https?:|#)([^)#\s]+)/g)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => missing(relative(root, join(root, dirname(page), target)))),
  ];
}

function wordsAfter(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

/** The examples are compiled beside the installed packages, against the built package's types. */
function compileExamples() {
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "examples-"));
  try {
    for (const page of pages) {
      const text = readFileSync(join(root, page), "utf8");
      for (const [number, example] of wordsAfter(text, /^```ts\n(.*?)^```$/gms).entries())
        writeFileSync(join(folder, `${page.replaceAll("/", "-")}-${number + 1}.ts`), example);
    }
    const settings = { extends: join(root, "tsconfig.json"), include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "--noEmit"], { cwd: folder, encoding: "utf8" });
    return status === 0 ? [] : [stdout.trim()];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
