import { UsageError } from "../errors.ts";
import { settingOption, settingSpecs } from "./setting-specs.ts";

/** The drivers of goose's command line that speak to PostgreSQL. */
export const goosePostgresDrivers: readonly string[] = ["postgres", "pgx", "pg", "postgresql"];

const otherDrivers: readonly string[] = [
  "mysql",
  "sqlite3",
  "sqlite",
  "turso",
  "mssql",
  "sqlserver",
  "azuresql",
  "redshift",
  "tidb",
  "clickhouse",
  "vertica",
  "ydb",
  "starrocks",
  "spanner",
  "dsql",
];

const takesValue = new Set(
  settingSpecs.filter((spec) => spec.kind !== "flag").flatMap((spec) => spellings(spec.flags)),
);
const switches = new Set(settingSpecs.filter((spec) => spec.kind === "flag").flatMap((spec) => spellings(spec.flags)));
const longNames = new Set(settingSpecs.map((spec) => settingOption(spec)));

/**
 * Rewrites goose's way to call (`-dir=x`, `-env none`, `postgres DSN up`) as ours; what is ours already comes back as it
 * is. Arguments after `--` are left alone.
 */
export function rewriteGooseArguments(args: readonly string[], commands: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  const flagsRewritten = rewriteFlags(own);
  return [...movePositionals(flagsRewritten, commands), ...(end === -1 ? [] : args.slice(end))];
}

function rewriteFlags(args: readonly string[]): string[] {
  const rewritten: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [, dashes = "", name = "", assigned] = /^(--?)([a-z][a-z-]*)(?:=(.*))?$/su.exec(args[index] ?? "") ?? [];
    if (name === "") {
      rewritten.push(args[index] ?? "");
      continue;
    }
    const option = ours(dashes, name);
    if (switches.has(option) && assigned !== undefined) {
      if (isTrue(option, assigned)) rewritten.push(option);
    } else if (assigned !== undefined) {
      // commander would take `-d=x` as a folder named "=x".
      if (takesValue.has(option) && !option.startsWith("--")) rewritten.push(option, assigned);
      else rewritten.push(`${option}=${assigned}`);
    } else {
      rewritten.push(option);
      const value = args[index + 1];
      if (takesValue.has(option) && value !== undefined) {
        rewritten.push(value);
        index++;
      }
    }
  }
  return rewritten;
}

/** Our spelling of an option: Go's flags take one dash or two. */
function ours(dashes: string, name: string): string {
  if (name === "no-versioning") {
    throw new UsageError("-no-versioning has no meaning here: gander always keeps a history", {
      hint: "To run seed data again and again, use a script of your own beside the migrations.",
    });
  }
  if (name === "certfile" || name === "ssl-cert" || name === "ssl-key") {
    throw new UsageError(`-${name} is for MySQL, and gander migrates PostgreSQL only`, {
      hint: "Put sslrootcert, sslcert and sslkey into the database URL.",
    });
  }
  if (name === "env") return "--env-file";
  if (dashes === "-" && (name === "version" || name === "help" || longNames.has(`--${name}`))) return `--${name}`;
  return dashes + name;
}

function isTrue(option: string, assigned: string): boolean {
  if (/^(1|t|true)$/iu.test(assigned)) return true;
  if (/^(0|f|false)$/iu.test(assigned)) return false;
  throw new UsageError(`${option} is true or false, not ${JSON.stringify(assigned)}`);
}

/** Takes `DRIVER DSN` away from before the command. A DSN alone is taken too: as a command it could only be a mistake. */
function movePositionals(args: readonly string[], commands: readonly string[]): readonly string[] {
  const operands = args.flatMap((argument, index) => {
    const isOption = argument.startsWith("-") && argument !== "-";
    return isOption || (index > 0 && takesValue.has(args[index - 1] ?? "")) ? [] : [{ argument, index }];
  });
  const [first, second] = operands;
  if (first === undefined || commands.includes(first.argument)) return args;
  if (otherDrivers.includes(first.argument)) {
    throw new UsageError(`${first.argument} is another kind of database; gander migrates PostgreSQL only`);
  }
  const driver = goosePostgresDrivers.includes(first.argument) ? first : undefined;
  const dsn = [driver === undefined ? first : second].find(
    (operand) =>
      operand !== undefined &&
      !commands.includes(operand.argument) &&
      (driver !== undefined || isDsn(operand.argument)),
  );
  const moved = [driver?.index, dsn?.index];
  const rest = args.filter((_, index) => !moved.includes(index));
  return dsn === undefined ? rest : [`--database-url=${dsn.argument}`, ...rest];
}

function isDsn(argument: string): boolean {
  return /:\/\/|^pglite:|=/u.test(argument);
}

function spellings(flags: string): string[] {
  return flags.split(/[\s,]+/u).filter((part) => part.startsWith("-"));
}
