import type { CommandEntry } from "./command.ts";

/** All commands, in the order of the help. Each module is loaded only when its command is run. */
export const commands: readonly CommandEntry[] = [
  {
    name: "up",
    summary: "apply all pending migrations",
    group: "Apply",
    load: async () => (await import("./commands/up.ts")).up,
  },
  {
    name: "up-by-one",
    summary: "apply the next pending migration",
    group: "Apply",
    load: async () => (await import("./commands/up-by-one.ts")).upByOne,
  },
  {
    name: "up-to",
    arguments: "<version>",
    summary: "apply pending migrations up to and with a version",
    group: "Apply",
    load: async () => (await import("./commands/up-to.ts")).upTo,
  },
  {
    name: "down",
    summary: "roll back the migration that was applied last",
    group: "Roll back",
    load: async () => (await import("./commands/down.ts")).down,
  },
  {
    name: "down-to",
    arguments: "<version>",
    summary: "roll back everything above a version",
    group: "Roll back",
    load: async () => (await import("./commands/down-to.ts")).downTo,
  },
  {
    name: "redo",
    summary: "roll back the migration that was applied last, and apply it again",
    group: "Roll back",
    load: async () => (await import("./commands/redo.ts")).redo,
  },
  {
    name: "reset",
    summary: "roll back all migrations",
    group: "Roll back",
    load: async () => (await import("./commands/reset.ts")).reset,
  },
  {
    name: "status",
    summary: "show each migration and whether it is applied",
    group: "Look",
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    name: "version",
    summary: "print the newest applied version",
    group: "Look",
    load: async () => (await import("./commands/version.ts")).version,
  },
  {
    name: "plan",
    summary: "show what up or down would do, without doing it",
    group: "Look",
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    name: "create",
    arguments: "<name> [type]",
    summary: "make a new migration file",
    group: "Files",
    load: async () => (await import("./commands/create.ts")).create,
  },
  {
    name: "fix",
    summary: "renumber migration files so that they apply in order",
    group: "Files",
    load: async () => (await import("./commands/fix.ts")).fix,
  },
  {
    name: "validate",
    summary: "check the migration files, without a database",
    group: "Files",
    load: async () => (await import("./commands/validate.ts")).validate,
  },
  {
    name: "repair",
    arguments: "[version]",
    summary: "get a migration that stopped half way out of the dirty state",
    group: "History",
    load: async () => (await import("./commands/repair.ts")).repair,
  },
  {
    name: "accept",
    arguments: "<version>",
    summary: "take over the text of an applied file that was changed since",
    group: "History",
    load: async () => (await import("./commands/accept.ts")).accept,
  },
  {
    name: "init",
    summary: "make a migrations folder and a config file",
    group: "Begin",
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    name: "completion",
    arguments: "<shell>",
    summary: "print the completion script of a shell: bash, zsh or fish",
    group: "Begin",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
];
