import { ConnectionError, FileError, GanderError } from "../errors.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { MigrationFailedError } from "../run/migration-failed-error.ts";
import { paragraph } from "./paragraph.ts";
import { printable } from "./printable.ts";
import { renderFailedMigration } from "./render-failed-migration.ts";
import { renderProblems } from "./render-problems.ts";
import type { View } from "./view.ts";

/** An error for a person: what happened, what is known about it, and what to do. `verbose` adds the causes. */
export function renderError(error: unknown, verbose: boolean, view: View): string {
  const lines = error instanceof GanderError ? ganderLines(error, view) : unexpectedLines(error, view);
  return [...lines, ...(verbose ? causeLines(error, view) : [])].join("\n");
}

function ganderLines(error: GanderError, view: View): string[] {
  const lines = headline(error.code === "GANDER_USAGE" ? "error" : `error[${error.code}]`, error.message, view);
  if (error instanceof FileError) lines.push(...problemLines(error, view));
  if (error instanceof MigrationFailedError) lines.push(...renderFailedMigration(error, view));
  if (error instanceof ConnectionError && error.sqlState !== undefined) lines.push(`  SQLSTATE ${error.sqlState}`);
  return [...lines, ...whatToDo(error.hint, view)];
}

/** The first line of every error. */
function headline(label: string, message: string, view: View): string[] {
  const [first = "", ...rest] = paragraph(`${label}: ${printable(message)}`, view.width);
  return [`${view.style("bad", `${label}:`)}${first.slice(label.length + 1)}`, ...rest];
}

/** The way out, as a last paragraph. */
function whatToDo(hint: string | undefined, view: View): string[] {
  if (hint === undefined || hint === "") return [];
  const label = view.style("strong", "What to do:");
  const text = printable(hint);
  if (text.includes("\n")) return ["", label, ...paragraph(text, view.width, "  ")];
  return ["", ...paragraph(`${label} ${text}`, view.width)];
}

/** The problems of the files, unless there is one that the message and the hint have told already. */
function problemLines({ message, hint, problems }: FileError, view: View): string[] {
  const told = problems.filter((problem) => !message.includes(problem.message) || problem.line !== undefined);
  return renderProblems(
    told.map((problem) => (problem.hint === hint ? { ...problem, hint: undefined } : problem) as typeof problem),
    "error",
    view,
  );
}

function unexpectedLines(error: unknown, view: View): string[] {
  if (error instanceof PostgresError) {
    const { severity, sqlState, message, detail, hint, where } = error.fields;
    const facts = [detail, hint, where]
      .filter((fact) => fact !== undefined)
      .map((fact) => `  ${printable(fact).replaceAll("\n", "\n  ")}`);
    return [...headline("error", `PostgreSQL said ${severity} ${sqlState}: ${message}`, view), ...facts];
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    ...headline("error", "gander met something that it does not expect", view),
    printable(stack),
    ...whatToDo("This is a mistake in gander. Please report it, with the lines above.", view),
  ];
}

function causeLines(error: unknown, { style }: View): string[] {
  const lines: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  // Causes can form a ring; nobody reads more than a few.
  for (let depth = 0; depth < 5 && cause !== undefined; depth++) {
    const name = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    lines.push(style("faint", `caused by ${printable(name)}`));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.length === 0 ? [] : ["", ...lines];
}
