import { UsageError } from "../errors.ts";
import { type GitAnswer, runGit } from "./run-git.ts";

/**
 * The names of the files of a folder that git's index has.
 *
 * @throws UsageError where the folder is not in a work tree
 */
export async function listTracked(folder: string): Promise<ReadonlySet<string>> {
  const inside = await runGit(folder, ["rev-parse", "--is-inside-work-tree"]);
  if (!inside.ok) throw noWorkTree(folder, inside);
  if (inside.text.trim() !== "true") throw notInWorkTree(folder);
  const listed = await runGit(folder, ["ls-files", "-z", "--", "."]);
  if (!listed.ok) throw gitFailed(`the files of ${folder} cannot be listed`, listed.message);
  return new Set(listed.text.split("\0").filter((name) => name !== "" && !name.includes("/")));
}

/** Renames a file in the index and on disk; changes that are not staged stay so. @throws UsageError with git's words */
export async function renameInIndex(folder: string, from: string, to: string): Promise<void> {
  const moved = await runGit(folder, ["mv", "--", from, to]);
  if (!moved.ok) throw gitFailed(`${from} cannot be renamed to ${to} in git's index`, moved.message);
}

/** Takes a file into the index as it is on disk. @throws UsageError with git's words */
export async function stageFile(folder: string, name: string): Promise<void> {
  const added = await runGit(folder, ["add", "--", name]);
  if (!added.ok) throw gitFailed(`${name} cannot be added to git's index`, added.message);
}

function noWorkTree(folder: string, { kind, message }: Extract<GitAnswer, { ok: false }>): UsageError {
  if (message.startsWith("not a git repository")) return notInWorkTree(folder);
  return gitFailed(kind === "absent" ? "--git needs git" : `git refuses to work in ${folder}`, message);
}

function notInWorkTree(folder: string): UsageError {
  return new UsageError(`${folder} is not in a work tree of git, so there is no index to rename in`, {
    hint: "Leave --git out: the files are renamed on disk alone. Nothing was renamed.",
  });
}

function gitFailed(what: string, message: string): UsageError {
  return new UsageError(`${what}: ${message}`, {
    hint: "Mend that, or leave --git out: the files are renamed on disk alone. Nothing was renamed.",
  });
}
