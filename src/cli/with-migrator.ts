import { openDatabase } from "../database/open-database.ts";
import { folderPath } from "../files/folder-path.ts";
import { checkFolderSum } from "../files/sum/check-sum.ts";
import { headLine } from "../report/head-line.ts";
import { createMigrator } from "../migrator.ts";
import type { Migrator } from "../migrator.ts";
import type { MigratorOptions } from "../options.ts";
import type { CommandContext } from "./command.ts";
import { noDatabaseError } from "./database-setting.ts";
import { createLateProgress } from "./late-progress.ts";

/** What a command that needs the database works with. */
export interface Session {
  readonly migrator: Migrator;
  /** Asks a question, unless `--yes` has answered it already. */
  ask(question: string): Promise<boolean>;
  /** The hash of the newest event that the command has written to the log so far. */
  logHead(): string | undefined;
}

/** Opens the database that the settings name, shows progress while the command works, and closes it again. */
export async function withMigrator<T>(context: CommandContext, work: (session: Session) => Promise<T>): Promise<T> {
  const { settings, terminal } = context;
  const { database } = settings;
  if (database === undefined) throw noDatabaseError();
  // Also for what needs no file: a folder that is off is found out by whoever comes first.
  checkFolderSum(folderPath(settings.dir));
  if (settings.verbose) terminal.log.write(`the database is named by ${database.place}\n`);
  const progress = settings.quiet
    ? undefined
    : createLateProgress(terminal.log, settings.verbose ? "verbose" : "normal");
  let head: string | undefined;
  const migrator = createMigrator({
    ...given(settings),
    database: openDatabase(settings.migrationUrl ?? database.url, { env: settings.environment }),
    migrations: settings.dir,
    env: settings.environment,
    signal: context.signal,
    onEvent: (event) => {
      if (event.type === "logged") ({ head } = event);
      progress?.listener(event);
    },
  });
  try {
    return await work({
      migrator,
      logHead: () => head,
      ask: async (question) => {
        if (context.options["yes"] === true) return true;
        await progress?.pause();
        const { confirm } = await import("./confirm.ts");
        return confirm(question, terminal, context.signal);
      },
    });
  } catch (error) {
    await progress?.stop();
    if (head !== undefined && !settings.quiet) terminal.log.write(`${headLine(head, terminal.log.view)}\n`);
    throw error;
  } finally {
    await progress?.stop();
    await migrator.close();
  }
}

const optionKeys = [
  "role",
  "table",
  "missing",
  "unknownVersions",
  "changedFiles",
  "lockTimeout",
  "lockRetry",
  "statementTimeout",
  "reconnect",
  "wait",
  "timeout",
  "allowUnsetEnv",
] as const satisfies readonly (keyof MigratorOptions)[];

/** The options that somebody has set; for the others the library's defaults hold. */
function given(settings: CommandContext["settings"]): Partial<MigratorOptions> {
  return Object.fromEntries(optionKeys.map((key) => [key, settings[key]]).filter(([, value]) => value !== undefined));
}
