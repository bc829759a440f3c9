import { UsageError } from "../../errors.ts";
import type { AdoptOptions } from "../../migrator.ts";
import { adoptJson, renderAdopted, renderAdoptPlan } from "../../report/render-adopt.ts";
import { giveBackJson, renderGiveBackPlan, renderGivenBack } from "../../report/render-give-back.ts";
import type { Command, CommandContext, Outcome } from "../command.ts";
import { yesOption } from "../roll-back.ts";
import { withMigrator } from "../with-migrator.ts";
import { keepSettings } from "../write-config.ts";

/** `gander adopt` */
export const adopt: Command = {
  details:
    "Looks for the table in which goose, golang-migrate, dbmate, sql-migrate, Flyway, Prisma, drizzle, knex, node-pg-migrate, umzug, kysely, postgres-migrations, graphile-migrate, sqitch, Rails or Alembic keeps what it has applied, " +
    "and notes the same in gander's history, with the times and the order as far as that tool kept them. It runs nothing of any migration, leaves that table alone, shows all of it first and asks.\n\n" +
    "goose's files are used as they are. SQL files of other tools are rewritten into goose's format: --from names their folder, --to a new one. Migrations in other languages become versions without SQL.\n\n" +
    "Where the name schema_migrations is the other tool's, say --table gander_migrations; the config file keeps it.",
  options: [
    { flags: "--tool <name>", description: "the tool, where its table alone does not tell" },
    {
      flags: "--table-from <name>",
      description: "the tool's table, [schema.]name, where it has another name than usual",
    },
    { flags: "--from <folder>", description: "the folder with the other tool's files" },
    { flags: "--to <folder>", description: "a new folder for the rewritten files; that of --dir without it" },
    {
      flags: "--without-files",
      description: "take versions over that no file has, although they are newer than every file",
    },
    { flags: "--ignore-times", description: "let the time of adoption stand for the times that the tool kept" },
    { flags: "--back <tool>", description: "the other way: write what is applied into goose's table (goose)" },
    { flags: "--dry-run", description: "show it, and change nothing" },
    yesOption,
  ],
  examples: [
    { line: "gander adopt --dry-run", does: "look first" },
    { line: "gander adopt", does: "from goose: its files stay as they are" },
    {
      line: "gander adopt --table gander_migrations --from db/migrations --to migrations",
      does: "from dbmate or golang-migrate",
    },
    { line: "gander adopt --back goose", does: "so that one can go back to goose" },
  ],
  run: async (context) => {
    if (context.options["back"] !== undefined) return giveBack(context);
    const { settings, cwd } = context;
    const options = adoptOptions(context);
    const plan = await withMigrator(context, (session) =>
      session.migrator.adopt({
        ...options,
        confirm: (question) => session.ask(`${renderAdoptPlan(question, context.terminal.log.view)}\n`),
      }),
    );
    const dryRun = options.dryRun === true;
    const table = settings.table === undefined ? {} : { table: settings.table };
    const dir = options.to === undefined || plan.rewritten.length === 0 ? {} : { dir: String(options.to) };
    const kept = dryRun ? [] : keepSettings(settings.config, { ...table, ...dir }, cwd);
    return {
      text: (view) => (dryRun ? renderAdoptPlan(plan, view) : [renderAdopted(plan, view), ...kept].join("\n")),
      json: () => ({ command: "adopt", dryRun, ...adoptJson(plan), config: kept }),
    };
  },
};

async function giveBack(context: CommandContext): Promise<Outcome> {
  const { back, tableFrom, dryRun } = context.options;
  if (back !== "goose") {
    throw new UsageError(`gander writes goose's table only, not that of ${String(back)}`, { hint: "--back goose" });
  }
  const plan = await withMigrator(context, (session) =>
    session.migrator.giveBack({
      table: typeof tableFrom === "string" ? tableFrom : undefined,
      dryRun: dryRun === true,
      confirm: (question) => session.ask(`${renderGiveBackPlan(question, context.terminal.log.view)}\n`),
    }),
  );
  return {
    text: (view) => (dryRun === true ? renderGiveBackPlan(plan, view) : renderGivenBack(plan, view)),
    json: () => ({ command: "adopt", back, dryRun: dryRun === true, ...giveBackJson(plan) }),
  };
}

function adoptOptions({ options }: CommandContext): AdoptOptions {
  const text = (key: string): string | undefined => {
    const value = options[key];
    if (value === "") throw new UsageError("an option is empty where a name is needed");
    return typeof value === "string" ? value : undefined;
  };
  return {
    tool: text("tool"),
    tableFrom: text("tableFrom"),
    from: text("from"),
    to: text("to"),
    withoutFiles: options["withoutFiles"] === true,
    ignoreTimes: options["ignoreTimes"] === true,
    dryRun: options["dryRun"] === true,
  };
}
