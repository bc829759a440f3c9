import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import { createMigration } from "../../files/create-migration.ts";
import { SUM_NAME } from "../../files/sum/sum-line.ts";
import { writeSum } from "../../files/sum/write-sum.ts";
import type { View } from "../../report/view.ts";
import type { Command, CommandContext } from "../command.ts";
import { initialMigration, tryingUrl } from "../initial-files.ts";
import { configFileNames } from "../config-file.ts";
import type { Settings } from "../settings.ts";

/** What `init` did with one of the things it makes. */
interface Made {
  readonly path: string;
  readonly made: boolean;
  readonly what: string;
}

/** `gander init` */
export const init: Command = {
  details:
    "Makes the migrations folder with a first migration to edit, and gander.config.json. What is there already is left as it is, so it can be run again.\n\n" +
    "With --embedded the config names an embedded PostgreSQL in the folder .gander (pglite:./.gander), to try gander without a server; it needs the package @electric-sql/pglite. " +
    "At a terminal, where no database is configured, it asks for that.\n\n" +
    "With --sum the folder gets a gander.sum, too: a line for each migration, so that two branches that both add one meet as a conflict in git (see gander sum). At a terminal it asks for that as well.",
  options: [
    { flags: "--embedded", description: "use an embedded database, pglite:./.gander" },
    { flags: "--sum", description: "keep a gander.sum in the migrations folder" },
  ],
  examples: [
    { line: "gander init", does: "for a database of yours, named by DATABASE_URL" },
    { line: "gander init --embedded && gander up", does: "try it without a server" },
  ],
  run: async (context) => {
    const embedded = context.options["embedded"] === true || (await wantsEmbedded(context));
    const sum = context.options["sum"] === true || (await wantsSum(context));
    const results = [makeMigrations(context), ...(sum ? [makeSum(context)] : []), makeConfig(context, embedded)];
    return {
      text: (view) =>
        [
          ...results.map((result) => line(result, view)),
          "",
          ...nextSteps(context.settings, { embedded, sum }, view),
        ].join("\n"),
      json: () => ({ command: "init", files: results.map(({ path, made }) => ({ path, made })) }),
    };
  },
};

/** Asks only where there is somebody to answer, and where the answer would have an effect. */
async function wantsEmbedded({ settings, terminal, signal, cwd }: CommandContext): Promise<boolean> {
  if (settings.database !== undefined || !terminal.interactive || presentConfig(cwd) !== undefined) return false;
  const { confirm } = await import("../confirm.ts");
  return confirm("", terminal, signal, `No database is configured. Use an embedded one, ${tryingUrl}, to try gander?`);
}

async function wantsSum({ settings, terminal, signal, cwd }: CommandContext): Promise<boolean> {
  if (!terminal.interactive || existsSync(join(presentFolder(settings, cwd) ?? settings.dir, SUM_NAME))) return false;
  const { confirm } = await import("../confirm.ts");
  const prompt = `Keep a ${SUM_NAME}, so that two branches that both add a migration meet as a conflict in git?`;
  return confirm("", terminal, signal, prompt);
}

function presentFolder({ dir }: Settings, cwd: string): string | undefined {
  return [dir, join(cwd, dir)].find((folder) => existsSync(folder));
}

function presentConfig(cwd: string): string | undefined {
  return configFileNames.find((name) => existsSync(join(cwd, name)));
}

function makeMigrations({ settings, cwd, now }: CommandContext): Made {
  const { dir } = settings;
  if (presentFolder(settings, cwd) !== undefined) return { path: dir, made: false, what: "the migrations' folder" };
  const created = createMigration(dir, { name: "initial", now, makeFolder: true });
  writeFileSync(created.path, initialMigration);
  return { path: created.path, made: true, what: "a first migration to edit" };
}

function makeSum({ settings, cwd }: CommandContext): Made {
  const folder = presentFolder(settings, cwd) ?? settings.dir;
  const path = join(folder, SUM_NAME);
  if (existsSync(path)) return { path, made: false, what: "the sum" };
  writeSum(folder);
  return { path, made: true, what: "a line for each migration; gander sum renews it" };
}

function makeConfig({ settings, cwd }: CommandContext, embedded: boolean): Made {
  const present = presentConfig(cwd);
  if (present !== undefined) return { path: present, made: false, what: "the config file" };
  const path = "gander.config.json";
  const content = { dir: settings.dir, ...(embedded && { databaseUrl: tryingUrl }) };
  try {
    writeFileSync(join(cwd, path), `${JSON.stringify(content, null, 2)}\n`, { flag: "wx" });
  } catch (error) {
    throw new ConfigError(`${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return { path, made: true, what: "the config file; it is no place for passwords" };
}

function line({ path, made, what }: Made, { style }: View): string {
  return made
    ? `${style("good", "made")} ${path} ${style("faint", `(${what})`)}`
    : `kept ${path} ${style("faint", "(it was there)")}`;
}

function nextSteps(
  { database }: Settings,
  { embedded, sum }: { readonly embedded: boolean; readonly sum: boolean },
  { style }: View,
): string[] {
  const commands: [string, string][] = [];
  if (embedded) {
    commands.push(["npm install @electric-sql/pglite", "the embedded PostgreSQL, if you do not have it yet"]);
    commands.push(["echo .gander >> .gitignore", "its data is no part of the project"]);
  } else if (database === undefined) {
    commands.push(["export DATABASE_URL=postgres://…", "say where the database is (in .env, if you like)"]);
    commands.push([`gander up --database-url ${tryingUrl}`, "or try it without a server"]);
  }
  if (sum) commands.push(["gander sum", "after the first migration was edited: its line in gander.sum is made anew"]);
  commands.push(["gander plan", "look at what would be applied"], ["gander up", "apply it"]);
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    style("strong", "What comes next:"),
    ...commands.map(([command, does]) => `  ${command.padEnd(width)}  ${style("faint", `# ${does}`)}`),
  ];
}
