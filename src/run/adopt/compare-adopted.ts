import { adoptedStateMessage } from "../../history/adopt/adopted-state.ts";
import type { AdoptedState } from "../../history/adopt/record-adopted.ts";
import { digestMessage } from "../../history/adopt/table-digest.ts";
import type { PlanWarning } from "../../plan/plan.ts";
import { type RunContext, send } from "../session/run-context.ts";

/** Compares the other tool's table with what it was when it was adopted; a warning where it differs. */
export async function compareAdopted(context: RunContext): Promise<readonly PlanWarning[]> {
  const note = await answer(context, adoptedStateMessage(context.table));
  if (note === "") return [];
  const then = JSON.parse(note) as AdoptedState;
  const now = await answer(context, digestMessage(then));
  if (now === "" || now === then.digest) return [];
  return [
    {
      kind: "other-tool",
      version: 0n,
      message: `${then.tool}'s table ${then.schema}.${then.name} has changed since it was adopted (${counts(then.digest, now)}): somebody has run ${then.tool} again. gander adopt --dry-run shows what is different, gander adopt takes it over`,
    },
  ];
}

async function answer(context: RunContext, message: string): Promise<string> {
  return (await send(context, message)).at(-1)?.rows[0]?.[0] ?? "";
}

function counts(then: string, now: string): string {
  const [before, after] = [then, now].map((digest) => Number(digest.split(":")[0]));
  return before === after ? `${after} rows as before, with other values` : `${before} rows then, ${after} now`;
}
