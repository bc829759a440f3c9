import { splitStatements } from "./split-statements.ts";
import { describeStatement, describeStatements } from "./statement-kind.ts";

/** A migration as plain SQL, whatever format it was written in. */
export interface PlainMigration {
  readonly up: string;
  /** Undefined where there is none. */
  readonly down: string | undefined;
  /** Whether its tool runs it in a transaction. */
  readonly transaction: boolean;
}

/** Renders a migration in goose's format. What cannot run in a transaction gets NO TRANSACTION. */
export function writeGoose(migration: PlainMigration): string {
  const up = withoutTransaction(lines(migration.up));
  const down = migration.down === undefined ? undefined : withoutTransaction(lines(migration.down));
  const texts = down === undefined ? [up] : [up, down];
  const transaction = migration.transaction && texts.every(({ sql, control }) => !control && !refusesTransaction(sql));
  return [
    ...(transaction ? [] : ["-- +goose NO TRANSACTION"]),
    "-- +goose Up",
    inGoose(up.sql),
    ...(down === undefined ? [] : ["", "-- +goose Down", inGoose(down.sql)]),
    "",
  ].join("\n");
}

function lines(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

/** Takes away a BEGIN and COMMIT around all of it: gander begins and commits. Says whether others are left. */
function withoutTransaction(sql: string): { readonly sql: string; readonly control: boolean } {
  if (!/\b(begin|start|commit|end|rollback|abort)\b/i.test(sql)) return { sql, control: false };
  const ranges = splitStatements(sql);
  const controls = ranges.map(({ start, end }) => describeStatement(sql.slice(start, end)).transactionControl);
  const count = controls.filter((control) => control !== undefined).length;
  const [first, last] = [ranges[0], ranges.at(-1)];
  const isWrapped = /^(BEGIN|START)/.test(controls[0] ?? "") && /^(COMMIT|END)/.test(controls.at(-1) ?? "");
  if (count !== 2 || !isWrapped || first === undefined || last === undefined) return { sql, control: count > 0 };
  const inside = sql.slice(first.end, last.start).replace(/^[ \t]*\n/, "");
  return { sql: sql.slice(0, first.start) + inside + sql.slice(last.end).replace(/^[ \t]*\n/, ""), control: false };
}

function refusesTransaction(sql: string): boolean {
  return describeStatements(sql).some(({ outsideTransaction }) => outsideTransaction !== undefined);
}

/** Marks the statements that goose would cut at a semicolon inside them, and ends the last one. */
function inGoose(sql: string): string {
  let text = "";
  let at = 0;
  for (const { start, end } of splitStatements(sql)) {
    const whole = sql.slice(start, end);
    const statement = whole.endsWith(";") ? whole : `${whole};`;
    text += withoutAnnotations(sql.slice(at, start));
    text += isCutByGoose(statement) ? marked(text, statement, sql.slice(end)) : statement;
    at = end;
  }
  return (text + withoutAnnotations(sql.slice(at))).replace(/^\n+|\s+$/g, "");
}

/** A comment of the old file must not become an annotation. */
function withoutAnnotations(between: string): string {
  return between.replaceAll(/^([ \t]*--[ \t]*)\+(goose|gander)\b/gim, "$1($2)");
}

/** goose ends a statement at a line whose last character, comments aside, is a semicolon. */
function isCutByGoose(statement: string): boolean {
  return /;[ \t]*(--.*)?\n/.test(statement);
}

function marked(before: string, statement: string, after: string): string {
  const begins = before === "" || before.endsWith("\n") ? "" : "\n";
  const ends = after === "" || after.startsWith("\n") ? "" : "\n";
  return `${begins}-- +goose StatementBegin\n${statement}\n-- +goose StatementEnd${ends}`;
}
