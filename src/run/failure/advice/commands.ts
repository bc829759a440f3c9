import { suggest } from "../../../files/suggest.ts";

/** The first words of PostgreSQL's commands. Source: its documentation, "SQL Commands". */
export const COMMANDS: readonly string[] =
  "abort alter analyze analyse begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum values with".split(
    " ",
  );

/** What people mean by first words that PostgreSQL does not know. */
const MEANT: Readonly<Record<string, string>> = {
  restore:
    "What was dropped comes back from a backup, or empty from the CREATE that made it; a Down that undoes a DROP TABLE needs that CREATE TABLE.",
  undrop: "What was dropped comes back from a backup, or empty from the CREATE that made it.",
  rename: "Write ALTER TABLE … RENAME TO … (or RENAME COLUMN … TO …).",
  add: "Write ALTER TABLE … ADD COLUMN … before it; is the semicolon before it one too many?",
  modify: "Write ALTER TABLE … ALTER COLUMN … TYPE …",
  use: "A connection has one database: name schemas instead, with SET LOCAL search_path = …",
  describe: "Ask information_schema.columns.",
  desc: "Ask information_schema.columns.",
  replace: "Write INSERT … ON CONFLICT (columns) DO UPDATE SET …",
  upsert: "Write INSERT … ON CONFLICT (columns) DO UPDATE SET …",
  go: "GO is a command of SQL Server's client: leave it out.",
  delimiter: "DELIMITER is a command of MySQL's client: leave it out, and put the body between $$ and $$.",
  exec: "Write CALL for a procedure, SELECT for a function.",
  if: "IF belongs to PL/pgSQL: put it into DO $$ BEGIN … END $$;",
  raise: "RAISE belongs to PL/pgSQL: put it into DO $$ BEGIN … END $$;",
  perform: "PERFORM belongs to PL/pgSQL: here, write SELECT.",
  return: "RETURN belongs to a function's body: is the body between $$ and $$?",
  pragma: "PRAGMA is SQLite's: leave it out.",
  print: "PRINT is SQL Server's: use RAISE NOTICE in a DO block.",
  enable: "Write ALTER TABLE … ENABLE …",
  disable: "Write ALTER TABLE … DISABLE …",
};

/** Says that a statement does not exist, and what may be meant; undefined for words that begin one. */
export function adviseOnCommand(first: string, second: string): string | undefined {
  const word = first.toLowerCase();
  if (COMMANDS.includes(word)) return undefined;
  const name = `${first} ${second}`.trim().toUpperCase();
  const meant = MEANT[word];
  if (meant !== undefined) return `There is no statement ${name} in PostgreSQL. ${meant}`;
  const near = suggest(word, COMMANDS);
  return `There is no statement ${name} in PostgreSQL.${near === undefined ? "" : ` Is ${near.toUpperCase()} meant?`}`;
}
