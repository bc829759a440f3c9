import type { GanderEvent } from "pg-gander";

/** Prints what happens to the database while the server starts, one line each. */
export function printEvent(event: GanderEvent): void {
  switch (event.type) {
    case "connected":
      return print("connected", `${event.database}, PostgreSQL ${event.serverVersion}`);
    case "checked":
      print("history", event.historyExists ? `found in ${event.table}` : `not found; ${event.table} will be made`);
      return print("migrations", `${event.applied} applied, ${event.files} files, ${event.pending} new`);
    case "lock-wait":
      return print("waiting", "another server is migrating this database");
    case "step-start":
      return print("applying", `${`${event.step}`.padStart(`${event.steps}`.length)}/${event.steps} ${event.name}`);
    case "step-retry":
      return print("waiting", `${event.name}: ${event.reason}, again in ${event.pauseMs} ms`);
    case "step-failed":
      return print("failed", event.name);
    case "warning":
      return print("warning", event.warning.message);
  }
}

/** Prints a line of the start-up: what it is about, and what there is to say. */
export function print(about: string, text: string): void {
  console.log(`${about.padEnd(10)}  ${text}`);
}
