import type { Command } from "../command.ts";
import { withMigrator } from "../with-migrator.ts";

/** `gander version` */
export const version: Command = {
  details: "0 if nothing is applied. Writes nothing. The version of gander itself is gander --version.",
  examples: [{ line: "gander version", does: "the number, alone on a line" }],
  run: async (context) => {
    const found = await withMigrator(context, ({ migrator }) => migrator.version());
    return { text: () => found.toString(), json: () => ({ command: "version", version: found }) };
  },
};
