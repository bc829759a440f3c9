/** A command of psql in a migration file, and what to do about it. */
export interface PsqlCommand {
  readonly message: string;
  readonly hint: string;
}

const HINTS: Readonly<Record<string, string>> = {
  restrict: "pg_dump writes this line for psql; delete it",
  unrestrict: "pg_dump writes this line for psql; delete it",
  connect: "a migration runs in one database; delete the line",
  c: "a migration runs in one database; delete the line",
  i: "put the statements of that file here",
  ir: "put the statements of that file here",
  include: "put the statements of that file here",
  include_relative: "put the statements of that file here",
  copy: "write the rows as INSERT statements (pg_dump --inserts does)",
  ".": "it ends the rows of a COPY … FROM stdin; write them as INSERT statements (pg_dump --inserts does)",
  gexec: "use a DO block with EXECUTE",
  g: "end the statement with ;",
  set: "a variable from the environment can be used between -- +goose ENVSUB ON and -- +goose ENVSUB OFF",
};

/** Describes the psql command whose backslash stands at an offset. */
export function describePsqlCommand(text: string, offset: number): PsqlCommand {
  const command = /\\([A-Za-z_]+|.?)/uy;
  command.lastIndex = offset;
  const name = command.exec(text)?.[1] ?? "";
  const known = Object.hasOwn(HINTS, name) ? HINTS[name] : undefined;
  if (known === undefined && !/^[A-Za-z_]/.test(name)) {
    return {
      message: "a backslash has no meaning in SQL outside quotes",
      hint: "delete it; in a string with escapes write E'…'",
    };
  }
  return {
    message: `\\${name} is a command of psql, not SQL: gander sends SQL to the server, as every program but psql does`,
    hint: known ?? "delete the line, or write it as SQL",
  };
}

/** What to say about COPY … FROM stdin. */
export const COPY_FROM_STDIN: PsqlCommand = {
  message: "COPY … FROM stdin takes its rows from psql, which a migration does not have",
  hint: "write the rows as INSERT statements (pg_dump --inserts does), or COPY from a file on the server",
};

/** Where reading goes on after the rows of a COPY … FROM stdin that end with a line `\.`; `from` itself where there is none. */
export function endOfCopyRows(text: string, from: number): number {
  const end = /^\\\.[ \t]*\r?$/m.exec(text.slice(from));
  return end === null ? from : from + end.index + end[0].length;
}
