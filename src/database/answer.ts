import type { Notice, Result } from "./connection.ts";
import { PostgresError, type PostgresErrorFields } from "./postgres-error.ts";

/** The fields of an error or a notice as `pg-protocol` reads them from the wire, in `pg` and in PGlite. */
export interface WireMessage {
  readonly message?: string | undefined;
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: string | undefined;
  readonly internalPosition?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/** Collects what the server answers to one message, until it is ready for the next one. */
export interface Answer {
  describeRows(fields: readonly { readonly name: string }[]): void;
  addRow(values: readonly (string | null)[]): void;
  completeStatement(tag: string): void;
  notice(notice: WireMessage): void;
  fail(error: WireMessage): void;
  /** The first error, if there was one. */
  error(): PostgresError | undefined;
  /** What the answer was in the end; throws the error. */
  settle(): readonly Result[];
}

export function createAnswer(onNotice?: (notice: Notice) => void): Answer {
  const results: Result[] = [];
  let columns: readonly string[] = [];
  let rows: (readonly (string | null)[])[] = [];
  let error: PostgresError | undefined;
  let mishap: { readonly thrown: unknown } | undefined;
  return {
    describeRows: (fields) => {
      columns = fields.map((field) => field.name);
    },
    addRow: (values) => {
      rows.push(values);
    },
    completeStatement: (command) => {
      results.push({ command, columns, rows });
      columns = [];
      rows = [];
    },
    notice: (message) => {
      try {
        onNotice?.(toNotice(message));
      } catch (thrown) {
        // Thrown in the middle of the protocol it would take the driver down; the sender learns of it at the end.
        mishap ??= { thrown };
      }
    },
    fail: (message) => {
      error ??= new PostgresError(toErrorFields(message), results.length);
    },
    error: () => error,
    settle: () => {
      if (error !== undefined) throw error;
      if (mishap !== undefined) throw mishap.thrown;
      return results;
    },
  };
}

/** True for what a server said, false for what a driver or the network says. */
export function isServerMessage(error: unknown): error is WireMessage {
  if (typeof error !== "object" || error === null) return false;
  return "severity" in error && typeof error.severity === "string" && "code" in error && typeof error.code === "string";
}

/** A server's error as we pass it on. */
export function toErrorFields(message: WireMessage): PostgresErrorFields {
  return {
    severity: message.severity ?? "ERROR",
    sqlState: message.code ?? "XX000",
    message: message.message ?? "",
    detail: message.detail,
    hint: message.hint,
    position: toNumber(message.position),
    internalPosition: toNumber(message.internalPosition),
    internalQuery: message.internalQuery,
    where: message.where,
    schema: message.schema,
    table: message.table,
    column: message.column,
    dataType: message.dataType,
    constraint: message.constraint,
  };
}

function toNotice(message: WireMessage): Notice {
  return {
    severity: message.severity ?? "NOTICE",
    sqlState: message.code ?? "00000",
    message: message.message ?? "",
    detail: message.detail,
    hint: message.hint,
  };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** The server would take the text before a NUL for the whole message, so we refuse it as the server would. */
export function refuseNul(message: string): void {
  if (!message.includes("\0")) return;
  const text = 'invalid byte sequence for encoding "UTF8": 0x00';
  throw new PostgresError({ severity: "ERROR", sqlState: "22021", message: text }, 0);
}

/** Why the server is told that COPY FROM STDIN fails. */
export const copyRefusal = "there is no input for COPY FROM STDIN here";
