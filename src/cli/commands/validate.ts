import { validateMigrations } from "../../files/validate.ts";
import { renderValidation } from "../../report/render-validation.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

/** `gander validate` */
export const validate: Command = {
  details:
    "Reads and parses every file in both directions and lists everything that is wrong, by file and line. No database is needed. " +
    "It exits with 3 if a file cannot be used as it is; warnings alone do not fail it.",
  examples: [
    { line: "gander validate", does: "the whole folder, in CI" },
    { line: "gander validate -d migrations/20251220120000_add_users.sql", does: "one file" },
  ],
  run: async ({ settings }) => {
    const found = validateMigrations(settings.dir, {
      env: settings.environment,
      allowUnsetEnv: settings.allowUnsetEnv,
    });
    return {
      text: (view) => renderValidation(found, settings.dir, view),
      json: () => ({
        command: "validate",
        folder: settings.dir,
        migrations: found.migrations.length,
        problems: found.problems.map((problem) => ({ ...problem })),
        warnings: found.warnings.map((warning) => ({ ...warning })),
      }),
      exitCode: found.problems.length > 0 ? exitCodes.found : exitCodes.fine,
    };
  },
};
