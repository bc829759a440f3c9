import type { RepairPlan } from "../migrator.ts";
import { printableLine } from "./printable.ts";

type ObjectFinding = RepairPlan["statements"][number]["objects"][number];

/** What the database has of an object, in words; odd is what a person should look at. */
export function objectText(finding: ObjectFinding, ran: boolean): { readonly text: string; readonly odd: boolean } {
  const { kind, name, of, action, state } = finding;
  const owner = of === undefined ? "" : ` of ${of}`;
  const there = action === "drop" ? "is still there" : "is there";
  const words: Record<ObjectFinding["state"], string> = {
    present: ran ? there : "is there",
    missing: "is not there",
    valid: kind === "index" ? "is there and valid" : action === "validate" ? "is valid" : "is there and validated",
    invalid: "is INVALID",
    building: "is being built by somebody right now",
    incomplete: "is not valid yet: a partition has no index for it",
    different: "is there, but of another table or other columns than the statement says",
    "not-validated": action === "validate" ? "is not validated" : "is there, not validated",
    attached: "is attached",
    detached: "is detached",
    "detach-pending": "has its DETACH pending: going on runs DETACH PARTITION … FINALIZE",
  };
  const happened = hasHappened(finding);
  const odd = ["invalid", "building", "different", "detach-pending"].includes(state) || (ran && happened === false);
  const surprise = ran && happened === false && state !== "present" ? " although the statement ran" : "";
  return { text: `${printableLine(`${kind} ${name}${owner}`)} ${words[state]}${surprise}`, odd };
}

/** Whether the catalog shows what the statement does; undefined where that cannot be told. */
function hasHappened({ action, state }: ObjectFinding): boolean | undefined {
  if (action === "rebuild") return undefined;
  const gone = state === "missing" || state === "detached";
  if (action === "drop") return gone;
  if (action === "validate") return state === "valid";
  return !gone && state !== "invalid";
}
