import type { LockHolder } from "../events.ts";
import { durationText } from "./duration-text.ts";
import { printableLine } from "./printable.ts";
import { timeText } from "./time-text.ts";

/** Who holds a lock, in a line, as far as it is known. */
export function holderText(holder: LockHolder): string {
  const { applicationName, user, clientAddress, state, query, preparedTransaction, processId, host } = holder;
  const parts = [
    processId === undefined ? undefined : `process ${processId}${host ? ` on ${printableLine(host)}` : ""}`,
    preparedTransaction === undefined ? undefined : `the prepared transaction ${printableLine(preparedTransaction)}`,
    holder.backendId === 0 ? undefined : `backend ${holder.backendId}`,
    applicationName === undefined || applicationName === "" ? undefined : printableLine(applicationName),
    user === undefined ? undefined : `user ${printableLine(user)}`,
    clientAddress === undefined ? undefined : `from ${printableLine(clientAddress)}`,
    sinceText(holder),
    state === undefined || state === "active" ? undefined : printableLine(state),
    query === undefined || query === "" ? undefined : `"${shortened(printableLine(query))}"`,
    migrationText(holder),
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function sinceText({ since, transactionMs }: LockHolder): string | undefined {
  const started = since === undefined ? Number.NaN : Date.parse(since);
  if (Number.isNaN(started)) return undefined;
  const age = transactionMs === undefined ? "" : ` (${durationText(transactionMs)})`;
  return `since ${timeText(new Date(started))} UTC${age}`;
}

function migrationText({ migration }: LockHolder): string | undefined {
  if (migration === undefined) return undefined;
  const { direction, version, name, step, steps } = migration;
  const verb = direction === "up" ? "applying" : "rolling back";
  const place = step === undefined || steps === undefined ? "" : ` (${step} of ${steps})`;
  return `${verb} ${name === undefined ? version : printableLine(name)}${place}`;
}

function shortened(query: string): string {
  const oneLine = query.replace(/\s+/gu, " ").trim();
  return oneLine.length > 80 ? `${oneLine.slice(0, 79)}…` : oneLine;
}
