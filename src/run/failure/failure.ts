import type { Notice } from "../../database/connection.ts";
import { PostgresError, type PostgresErrorFields } from "../../database/postgres-error.ts";
import type { Place, Statement } from "../../files/migration.ts";
import type { RecordedError } from "../../history/history.ts";
import type { PlanStep } from "../../plan/plan.ts";
import { offsetInBody } from "./body-place.ts";
import { type Excerpt, type Failure, MigrationFailedError } from "../migration-failed-error.ts";
import type { StepResult } from "../result.ts";
import type { RunContext } from "../session/run-context.ts";

/** A statement of a file that failed, before it is told. */
export interface FailedPart {
  readonly step: PlanStep;
  readonly error: PostgresError;
  readonly statement: Statement | undefined;
  readonly statementIndex: number | undefined;
  /** Which statement of ours it was, where it was none of the file. */
  readonly frame?: string;
  /** 0-based, in code points of the statement's SQL. */
  readonly offset: number | undefined;
  /** Which of the server's statements in it, 0-based. */
  readonly index: number;
}

/** Where in the file it failed. */
function placeOf({ statement, offset, index, error }: FailedPart): Place | undefined {
  if (statement === undefined) return undefined;
  const at = offset ?? offsetInBody(statement.sql, index, error.fields.where);
  return at === undefined ? statement.locateStatement(index) : statement.locate(at);
}

/** Takes substituted values out of what the server says: they may be secrets. */
function redact(text: string, { migration }: PlanStep): string;
function redact(text: string | undefined, step: PlanStep): string | undefined;
function redact(text: string | undefined, { migration }: PlanStep): string | undefined {
  if (text === undefined) return undefined;
  const values = [...migration.up, ...(migration.down ?? [])]
    .flatMap(({ substitutions }) => substitutions)
    .filter(({ value }) => value !== "")
    .toSorted((a, b) => b.value.length - a.value.length);
  return values.reduce((redacted, { name, value }) => redacted.replaceAll(value, `\${${name}}`), text);
}

/** A notice as events may tell it. */
export function redactNotice(notice: Notice, step: PlanStep): Notice {
  const { message, detail, hint } = notice;
  return { ...notice, message: redact(message, step), detail: redact(detail, step), hint: redact(hint, step) };
}

/** The server's error as the cause of ours: whoever logs an error logs its cause too. */
function redactError({ fields, completed }: PostgresError, step: PlanStep): PostgresError {
  const redacted = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? redact(value, step) : value,
  ]);
  return new PostgresError(Object.fromEntries(redacted) as PostgresErrorFields, completed);
}

/** What the history keeps of an error. */
export function recordedError(failed: FailedPart): RecordedError {
  const { error, step } = failed;
  const place = placeOf(failed);
  const { detail, hint } = error.fields;
  return {
    message: redact(error.fields.message, step),
    sqlState: error.sqlState,
    ...(detail !== undefined && { detail: redact(detail, step) }),
    ...(hint !== undefined && { hint: redact(hint, step) }),
    ...(place !== undefined && { line: place.line, column: place.column }),
  };
}

/** What a statement of ours was for, where it was not the history. */
const FRAMES: Readonly<Record<string, string>> = { commit: "at commit: ", clean: "removing an INVALID index: " };

/** Builds the error that people see; advice may look into the catalog. */
export async function failureOf(
  context: RunContext,
  failed: FailedPart,
  applied: readonly StepResult[],
  state: string,
  waysOut: readonly string[] = [],
): Promise<MigrationFailedError> {
  const { step, error, statement, statementIndex } = failed;
  const { migration, direction } = step;
  const place = placeOf(failed);
  const { adviseOn } = await import("./advice/advise.ts");
  const cause = redactError(error, step);
  const advice = await adviseOn(
    {
      // A part of a name in it could no longer be told from a secret.
      fields: cause.fields,
      sql: statement === undefined ? undefined : statement.text,
      transaction: migration.transaction,
      direction,
      statementTimeout: context.statementTimeout,
    },
    async (sql) => (await context.connection.send(sql)).at(-1)?.rows ?? [],
  );
  const isOurs = failed.frame !== undefined && FRAMES[failed.frame] === undefined;
  const failure: Failure = {
    direction,
    version: migration.version,
    file: migration.name,
    path: migration.path,
    line: place?.line,
    column: place?.column,
    statement: statement?.text,
    statementNumber: statementIndex === undefined ? undefined : statementIndex + 1,
    statements: (migration[direction] ?? []).length,
    excerpt: place === undefined ? undefined : excerptOf(migration.text, place, statement),
    sqlState: error.sqlState,
    serverMessage: redact(error.fields.message, step),
    detail: redact(error.fields.detail, step),
    serverHint: redact(error.fields.hint, step),
    // Of a statement of ours it would be the statement itself.
    where: isOurs ? undefined : redact(error.fields.where, step),
    applied,
    state,
  };
  const at = place === undefined ? migration.path : `${migration.path}:${place.line}:${place.column}`;
  const said = failed.frame === undefined ? "" : (FRAMES[failed.frame] ?? "writing the history: ");
  const hint = [advice === undefined ? undefined : redact(advice, step), ...waysOut].filter(
    (part) => part !== undefined,
  );
  return new MigrationFailedError(`${at}: ${said}${failure.serverMessage} [${error.sqlState}]`, failure, {
    hint: hint.length === 0 ? undefined : hint.join("\n"),
    cause,
  });
}

const LINES_BEFORE = 3;
const LINES_AFTER = 2;
const MOST_LINES_AFTER = 10;

/** Where the server named no place in the statement, the mistake can be in any line of it. */
function excerptOf(text: string, { line, column }: Place, statement: Statement | undefined): Excerpt {
  const lines = text.split("\n");
  const first = Math.max(1, line - LINES_BEFORE);
  const whole = statement?.place.line === line && statement.place.column === column;
  const after = whole ? Math.min(statement.text.split("\n").length - 1, MOST_LINES_AFTER) : 0;
  return { firstLine: first, lines: lines.slice(first - 1, line + Math.max(LINES_AFTER, after)), line, column };
}
