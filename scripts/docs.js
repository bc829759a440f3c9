// Writes docs/cli.md from the command table of the built package; with --check it only says whether the file is current.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const target = new URL("../docs/cli.md", import.meta.url);
const table = new URL("../build/cli/commands.js", import.meta.url);

if (!existsSync(table)) {
  console.error("build/ is not there: run npm run build first");
  process.exit(1);
}
const { commands } = await import(table.href);
const { settingSpecs, settingVariables } = await import(new URL("../build/cli/setting-specs.js", import.meta.url).href);

const text = await render();
if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
  console.log(`wrote ${fileURLToPath(target)}`);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error("docs/cli.md is not what the command table says: run npm run docs");
  process.exit(1);
}

async function render() {
  const loaded = await Promise.all(commands.map(async (entry) => ({ entry, command: await entry.load() })));
  return `${[
    "# Command line",
    "<!-- Made by `npm run docs` from the command table. -->",
    "```\ngander <command> [options]\n```",
    "The result is written to stdout; progress, warnings and questions to stderr. `--help` behind a command shows what stands here.",
    "## Commands",
    overview(),
    ...loaded.flatMap(({ entry, command }) => section(entry, command)),
    "## Options of all commands",
    "Each is an option, a variable and a key of the config file. The first of these that says something counts: option, environment, file with variables (`.env`), config file, default. " +
      "Durations are written `500ms`, `2s`, `10m` or `1h30m`; on the command line and in variables a bare number is in seconds.",
    ...settingTables(),
    configFile(),
    goose(),
    json(),
    exitCodes(),
  ].join("\n\n")}\n`;
}

function overview() {
  const rows = commands.map((entry) => `| [\`${usage(entry)}\`](#${entry.name}) | ${entry.summary} |`);
  return ["| command | does |", "| --- | --- |", ...rows].join("\n");
}

function section(entry, command) {
  const summary = entry.summary.charAt(0).toUpperCase() + entry.summary.slice(1);
  const described = Object.entries(command.argumentDescriptions ?? {});
  const parameters = [
    ...described.map(([name, description]) => `- \`${name}\`: ${description}`),
    ...(command.options ?? []).map(({ flags, description }) => `- \`${flags}\`: ${description}`),
  ];
  const width = Math.max(...command.examples.map(({ line }) => line.length));
  const examples = command.examples.map(({ line, does }) => `${line.padEnd(width)}  # ${does}`);
  return [
    `### ${entry.name}`,
    `${summary}.`,
    command.details,
    ...(parameters.length === 0 ? [] : [parameters.join("\n")]),
    ["```sh", ...examples, "```"].join("\n"),
  ];
}

function settingTables() {
  const groups = [...new Set(settingSpecs.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const rows = settingSpecs
      .filter((spec) => spec.group === group)
      .map((spec) => {
        const variables = settingVariables(spec).map((name) => `\`${name}\``);
        const key = spec.notInConfig ? "" : `\`${spec.key}\``;
        const fallback = spec.defaultText === undefined ? "" : ` Default: ${spec.defaultText}.`;
        const meaning = escapeCell(`${spec.description}.${fallback}`);
        return `| \`${spec.flags}\` | ${variables.join(", ")} | ${key} | ${meaning} |`;
      });
    return [
      `### ${group}`,
      ["| option | variables | key | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n"),
    ];
  });
}

function configFile() {
  return `### The config file

\`gander.config.ts\`, \`.js\`, \`.mjs\` or \`.json\` in the working directory, or the file that \`--config\` names. Folders in it are
meant from where it is. It is no place for passwords.

\`\`\`json
{
  "dir": "./migrations",
  "table": "app.schema_migrations",
  "lockTimeout": "2s"
}
\`\`\`

A config file in TypeScript is read by Node itself from 22.18 on, and before that by \`jiti\` or \`tsx\`, whichever the project has.`;
}

function goose() {
  return `## Called as goose

\`gander postgres "host=localhost dbname=app" up\`, flags with one dash (\`-dir\`, \`-table\`, \`-allow-missing\`, \`-env\`, \`-timeout\` …) and
goose's variables (\`GOOSE_DRIVER\`, \`GOOSE_DBSTRING\`, \`GOOSE_MIGRATION_DIR\`, \`GOOSE_TABLE\`) work. gander keeps its history in a
table of its own and does not write to \`goose_db_version\`; where that is named as the table, it says so and stops.`;
}

function json() {
  return `## \`--json\`

One document on stdout, of this form; versions are text, because they can be larger than what JSON's readers keep exactly.
An error is a document too.

\`\`\`json
{ "schemaVersion": 1, "command": "up", "direction": "up", "from": "44", "to": "45", "durationMs": 12, "steps": [], "warnings": [] }
{ "schemaVersion": 1, "error": { "code": "GANDER_LOCK_TIMEOUT", "message": "…", "hint": "…" } }
\`\`\``;
}

function exitCodes() {
  return `## Exit codes

| code | meaning |
| --- | --- |
| 0 | fine |
| 1 | a migration or the database failed; also \`up-by-one\` and \`down\` with nothing to do, as in goose |
| 2 | usage, configuration, or migration files that cannot be used: nothing was run; also a question that was not answered with yes |
| 3 | a check found something: \`validate\`, \`sum --check\`, \`status --exit-code\` |
| 4 | a lock was not obtained: another gander is at work, or a table is in use |
| 130, 143 | interrupted by SIGINT, SIGTERM |

The first signal stops the run at the next safe moment; the second one ends the process at once.`;
}

function usage(entry) {
  return [entry.name, entry.arguments].filter(Boolean).join(" ");
}

function escapeCell(cell) {
  return cell.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
