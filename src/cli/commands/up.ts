import type { Command } from "../command.ts";
import { runOutcome } from "../run-outcome.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander up` */
export const up: Command = {
  details:
    "Each migration runs in a transaction of its own, together with its row in the history, unless its file says NO TRANSACTION. " +
    "Any number of processes may run this at once: each migration runs once. When one fails, those before it stay applied, and the message says what to do.",
  examples: [
    { line: "gander up", does: "apply what is pending" },
    { line: "gander up --missing apply", does: "also apply older files that were merged late" },
    { line: "gander up --json", does: "the result for a program to read" },
    { line: 'gander postgres "host=localhost dbname=app" up', does: "as goose is called" },
  ],
  run: async (context) => {
    const result = await withMigrator(context, ({ migrator }) => migrator.up());
    return runOutcome("up", result);
  },
};
