import { readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import { findAdditions, type Origin } from "./find-additions.ts";
import { type GitAnswer, runGit } from "./run-git.ts";

export type { Origin };

/** Which commits brought the files of a folder, as far as git knows it here. */
export interface Origins {
  /** By the file's name; one that is not in it is in no commit, unless there is a gap. */
  readonly byName: ReadonlyMap<string, Origin>;
  /** Why git does not know it of all files. */
  readonly gap: Gap | undefined;
}

/** What keeps git from knowing where files come from. */
export interface Gap {
  readonly kind: "no-git" | "no-repository" | "shallow" | "failed";
  /** For people. */
  readonly message: string;
}

/**
 * Asks git for the commit that brought each of these files of a folder, through renames and moves, in one walk over the
 * history of the folder. Where git cannot tell, nothing is thrown.
 */
export async function readOrigins(folder: string, names: readonly string[]): Promise<Origins> {
  const asked = ["rev-parse", "--is-shallow-repository", "--git-path", "shallow", "--show-prefix"];
  const place = await runGit(folder, asked);
  if (!place.ok) return { byName: new Map(), gap: gapOf(place) };
  const [isShallow, shallowFile = "", prefix = ""] = place.text.split("\n");
  const head = await runGit(folder, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  // A repository without any commit.
  if (!head.ok) return { byName: new Map(), gap: undefined };
  const wanted = new Map(names.map((name) => [posix.join(prefix, name), name]));
  const edge = isShallow === "true" ? readEdge(resolve(folder, shallowFile)) : new Set<string>();
  const found = await findAdditions(folder, wanted, edge);
  if (found instanceof Error) return { byName: new Map(), gap: { kind: "failed", message: found.message } };
  const byName = new Map([...found].filter(([, { commit }]) => !edge.has(commit)));
  return { byName, gap: byName.size < found.size ? SHALLOW : undefined };
}

const SHALLOW: Gap = {
  kind: "shallow",
  message: "this clone is shallow: git knows only the newest commits (git fetch --unshallow gets all)",
};

function gapOf({ kind, message }: Extract<GitAnswer, { ok: false }>): Gap {
  if (kind === "absent") return { kind: "no-git", message };
  return { kind: message.startsWith("not a git repository") ? "no-repository" : "failed", message };
}

/** The commits at which a shallow clone ends: they look as if they had brought everything. */
function readEdge(path: string): ReadonlySet<string> {
  try {
    return new Set(readFileSync(path, "utf8").split("\n"));
  } catch {
    return new Set();
  }
}
