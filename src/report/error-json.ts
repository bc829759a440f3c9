import {
  ConnectionError,
  FileError,
  GanderError,
  HistoryError,
  IrreversibleError,
  LockTimeoutError,
  MissingDependencyError,
} from "../errors.ts";
import type { LockHolder } from "../events.ts";
import { PostgresError } from "../database/postgres-error.ts";
import { MigrationFailedError } from "../run/migration-failed-error.ts";
import type { JsonFields } from "./json-document.ts";

/** An error as the field `error` of a JSON document. */
export function errorJson(error: unknown): JsonFields {
  if (!(error instanceof GanderError)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      code: "UNEXPECTED",
      message,
      hint: null,
      ...(error instanceof PostgresError && { postgres: { ...error.fields } }),
    };
  }
  return { code: error.code, message: error.message, hint: error.hint ?? null, ...ownFields(error) };
}

function ownFields(error: GanderError): JsonFields {
  if (error instanceof MigrationFailedError) return failureJson(error);
  if (error instanceof FileError) return { problems: error.problems.map((problem) => ({ ...problem })) };
  if (error instanceof ConnectionError) return { sqlState: error.sqlState ?? null };
  if (error instanceof LockTimeoutError) return { lock: error.lock, holders: error.holders.map(holderJson) };
  if (error instanceof HistoryError) return { versions: error.versions };
  if (error instanceof IrreversibleError) return { version: error.version };
  if (error instanceof MissingDependencyError) return { packageName: error.packageName };
  return {};
}

function holderJson({ migration, ...facts }: LockHolder): JsonFields {
  return { ...facts, ...(migration !== undefined && { migration: { ...migration } }) };
}

function failureJson({ failure }: MigrationFailedError): JsonFields {
  const { excerpt, applied, ...facts } = failure;
  return {
    ...facts,
    excerpt: excerpt === undefined ? null : { ...excerpt },
    applied: applied.map((step) => ({ ...step })),
  };
}
