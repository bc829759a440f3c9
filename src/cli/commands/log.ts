import { UsageError } from "../../errors.ts";
import { suggest } from "../../files/suggest.ts";
import type { LogFilter } from "../../history/read-log.ts";
import { logJson, verificationJson } from "../../report/log-json.ts";
import { renderLog } from "../../report/render-log.ts";
import { renderTimeline } from "../../report/render-timeline.ts";
import { renderVerification } from "../../report/render-verification.ts";
import type { Command, CommandContext, Outcome } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { parseMoment } from "../parse-moment.ts";
import { parseVersion } from "../parse-version.ts";
import { withMigrator } from "../with-migrator.ts";

const EVENTS = ["applied", "rolled back", "failed", "repaired", "accepted", "adopted", "baselined", "upgraded"];

/** `gander log` */
export const log: Command = {
  details:
    "What was done to the schema: when, by whom, from where, how long it took and what came of it, with the commit that brought the file where git knows it. Newest first. It writes nothing and takes no lock.\n\n" +
    "Each event carries the hash of the one before and its own. --verify recomputes them, names every event that was edited, removed, put in or moved, and exits with 3. " +
    "A log that was cut off at its end, or written anew from the start, shows only against a hash that was kept elsewhere: each run prints the newest one.",
  argumentDescriptions: { version: "only the events of this version" },
  options: [
    { flags: "--since <time>", description: 'from this time on: 2025-04-08, "2025-04-08 14:16" (UTC), or 7d ago' },
    { flags: "--until <time>", description: "before this time" },
    { flags: "--event <kind>", description: `only ${EVENTS.slice(0, -1).join(", ")} or ${EVENTS.at(-1)}` },
    { flags: "--limit <n>", description: "only the newest n" },
    { flags: "--reverse", description: "oldest first" },
    { flags: "--timeline", description: "how the schema grew, month by month" },
    {
      flags: "--verify",
      description: "look for events that are not as they were written; exit with 3 if there are any",
    },
    { flags: "--head <hash>", description: "with --verify: a hash that was kept must still be in the log" },
  ],
  examples: [
    { line: "gander log", does: "all that was done, newest first" },
    { line: "gander log 20250408141648", does: "what happened to a version" },
    { line: "gander log --since 7d --event failed", does: "what failed in the last week" },
    { line: "gander log --timeline", does: "how the schema grew" },
    { line: "gander log --verify --head 5a0c…", does: "has anybody touched it?" },
  ],
  run: async (context) => {
    const { options } = context;
    if (options["verify"] === true) return await verify(context);
    if (options["head"] !== undefined) throw new UsageError("--head goes with --verify");
    const isTimeline = options["timeline"] === true;
    const filter = filterOf(context);
    const found = await withMigrator(context, ({ migrator }) => migrator.log(filter));
    const shown = options["reverse"] === true ? { ...found, events: found.events.toReversed() } : found;
    return {
      text: (view) => (isTimeline ? renderTimeline(shown, view) : renderLog(shown, view)),
      json: () => ({ command: "log", ...logJson(shown) }),
    };
  },
};

async function verify(context: CommandContext): Promise<Outcome> {
  const { head, ...options } = context.options;
  const others = Object.keys(options).filter((name) => name !== "verify");
  if (others.length > 0 || context.args.length > 0) {
    throw new UsageError("--verify looks at the whole log, and goes with --head alone");
  }
  const kept = typeof head === "string" ? head : undefined;
  const found = await withMigrator(context, ({ migrator }) =>
    migrator.verifyLog(kept === undefined ? {} : { head: kept }),
  );
  return {
    text: (view) => renderVerification(found, kept, view),
    json: () => ({ command: "log", ...verificationJson(found) }),
    exitCode: found.findings.length > 0 ? exitCodes.found : exitCodes.fine,
  };
}

function filterOf({ args, options, now }: CommandContext): LogFilter {
  const { since, until, event, limit } = options;
  return {
    ...(args[0] !== undefined && { version: parseVersion(args[0], 0n) }),
    ...(typeof since === "string" && { since: parseMoment(since, "--since", now) }),
    ...(typeof until === "string" && { until: parseMoment(until, "--until", now) }),
    ...(typeof event === "string" && { event: parseEvent(event) }),
    ...(typeof limit === "string" && { limit: parseLimit(limit) }),
  };
}

function parseEvent(text: string): string {
  const event = text
    .trim()
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, " ");
  if (EVENTS.includes(event)) return event;
  const meant = suggest(event, EVENTS);
  throw new UsageError(`There is no event ${JSON.stringify(text)}`, {
    hint: `${meant === undefined ? "" : `Did you mean ${JSON.stringify(meant)}? `}There are: ${EVENTS.join(", ")}.`,
  });
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--limit takes a whole number from 1 on, not ${JSON.stringify(text)}`);
}
