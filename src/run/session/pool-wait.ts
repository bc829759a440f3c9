/** PgBouncer had no server connection to give for a while, as when the only one is at work for another gander: a wait, no failure. */
export function isPoolWait(error: unknown): boolean {
  return error instanceof Error && (/query_wait_timeout/.test(error.message) || isPoolWait(error.cause));
}
