import { HistoryError } from "../errors.ts";
import type { PlanWarning, Policies, VersionStatus } from "./plan.ts";

/**
 * Holds files against the history by the policies, before anything is planned.
 *
 * @throws HistoryError that names every version concerned: applied files that have changed, unknown versions where they
 * are refused.
 */
export function checkHistory(versions: readonly VersionStatus[], policies: Policies): readonly PlanWarning[] {
  return [
    ...checkUnknown(versions, policies),
    ...checkChanged(versions, policies),
    ...versions
      .filter(({ state, migration }) => state === "failed" && migration === undefined)
      .map(({ version, name }): PlanWarning => ({
        kind: "failed-without-file",
        version,
        message: `${name || version} failed and was rolled back, and its file is gone: ignored`,
      })),
  ];
}

function checkUnknown(versions: readonly VersionStatus[], policies: Policies): readonly PlanWarning[] {
  const unknown = versions.filter(({ state }) => state === "unknown");
  if (unknown.length > 0 && policies.unknownVersions === "refuse") {
    throw new HistoryError(
      "GANDER_HISTORY_UNKNOWN",
      `the database has ${counted(unknown.length, "version")} that no file has: ${names(unknown)}`,
      {
        hint: 'These files are older than the database. Deploy the newer ones, or allow unknown versions (unknownVersions: "allow", --unknown-versions allow).',
        versions: unknown.map(({ version }) => version),
      },
    );
  }
  return unknown.map(({ version, name }) => ({
    kind: "unknown",
    version,
    message: `${name || version} is applied, and no file has it (a newer image applied it, or its file was removed)`,
  }));
}

function checkChanged(versions: readonly VersionStatus[], policies: Policies): readonly PlanWarning[] {
  const changed = versions.filter((version) => version.changed && version.state === "applied");
  if (changed.length === 0 || policies.changedFiles === "ignore") return [];
  if (policies.changedFiles === "warn") {
    return changed.map(({ version, name }) => ({
      kind: "changed",
      version,
      message: `${name} has changed since it was applied: the database has the older SQL`,
    }));
  }
  throw new HistoryError(
    "GANDER_HISTORY_CHANGED",
    changed.length === 1
      ? `${names(changed)} has changed since it was applied`
      : `${changed.length} files have changed since they were applied: ${names(changed)}`,
    {
      hint: [
        "What is applied does not run again, so databases old and new would differ. Put the old text back and write a new migration for the change;",
        "or, if the change means the same, take the new text over:",
        ...changed.map(({ version }) => `  gander accept ${version}`),
      ].join("\n"),
      versions: changed.map(({ version }) => version),
    },
  );
}

/** The names of versions, for a sentence. */
export function names(versions: readonly VersionStatus[]): string {
  return versions.map(({ name, version }) => name || String(version)).join(", ");
}

/** `1 version`, `2 versions`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
