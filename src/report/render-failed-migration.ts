import type { MigrationFailedError } from "../run/migration-failed-error.ts";
import { counted } from "./counted.ts";
import { paragraph } from "./paragraph.ts";
import { printable, printableLine } from "./printable.ts";
import { renderExcerpt } from "./render-excerpt.ts";
import type { View } from "./view.ts";

/** What stands between the message of a failed migration and the advice: the place, PostgreSQL's words, and the state now. */
export function renderFailedMigration({ failure }: MigrationFailedError, view: View): string[] {
  const { excerpt } = failure;
  const source = excerpt === undefined ? statementLines(failure.statement) : renderExcerpt(excerpt, view);
  const facts = [
    ...fact("Statement", statementText(failure), view),
    ...fact("Detail", failure.detail, view),
    ...fact("Hint", failure.serverHint, view),
    ...fact("Context", failure.where, view),
  ];
  const standing = [...appliedLines(failure, view), ...paragraph(printable(failure.state), view.width)];
  return [source, facts, standing].filter((block) => block.length > 0).flatMap((block) => ["", ...block]);
}

type Failure = MigrationFailedError["failure"];

// Of a statement whose place is not known people need enough to recognise it.
const mostLines = 8;

function statementLines(statement: string | undefined): string[] {
  if (statement === undefined) return [];
  const lines = printable(statement).trim().split("\n");
  const shown = lines.slice(0, mostLines).map((line) => `    ${line}`);
  return lines.length > mostLines ? [...shown, "    …"] : shown;
}

function statementText({ statementNumber, statements }: Failure): string | undefined {
  return statementNumber === undefined || statements < 2 ? undefined : `${statementNumber} of ${statements}`;
}

function fact(label: string, text: string | undefined, { style, width }: View): string[] {
  if (text === undefined || text === "") return [];
  const [first = "", ...rest] = paragraph(printable(text), width - 4).map((line) => `    ${line}`);
  return [`  ${style("strong", `${label}:`)} ${first.trimStart()}`, ...rest];
}

function appliedLines({ applied, direction }: Failure, { width }: View): string[] {
  if (applied.length === 0) return [];
  const done = direction === "up" ? "applied" : "rolled back";
  const last = applied.at(-1)?.name ?? "";
  const many = applied.length > 1 ? ", the last one " : ": ";
  const text = `Before it this run ${done} ${counted(applied.length, "migration")}${many}${printableLine(last)}.`;
  return paragraph(text, width);
}
