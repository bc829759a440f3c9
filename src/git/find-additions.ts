import { posix } from "node:path";
import { runGit } from "./run-git.ts";

/** The commit that brought a file. */
export interface Origin {
  /** The full hash. */
  readonly commit: string;
  /** The author's name. */
  readonly author: string;
  /** When the author wrote it. */
  readonly date: Date;
  /** The first line of its message. */
  readonly subject: string;
}

/** So often a file is followed out of the folder that it is in. */
const MOST_MOVES = 5;

const CONFIG = ["-c", "log.showSignature=false", "-c", "log.follow=false", "-c", "diff.renameLimit=2000"];
const FORMAT = "%x01%H%x02%aN%x02%aI%x02%s%x02";

/**
 * Walks the history of the folders that these files are in, from the newest commit back, and finds by which one each
 * came. `wanted`: names by their path in the repository. Behind `edge` there is no history.
 */
export async function findAdditions(
  folder: string,
  wanted: ReadonlyMap<string, string>,
  edge: ReadonlySet<string>,
): Promise<Map<string, Origin> | Error> {
  const found = new Map<string, Origin>();
  let walks: readonly Walk[] = [{ from: "HEAD", wanted }];
  for (let moves = 0; moves <= MOST_MOVES && walks.length > 0; moves++) {
    const next: Walk[] = [];
    for (const walk of walks) {
      const added = await walkHistory(folder, walk);
      if (added instanceof Error) {
        if (moves === 0) return added;
        continue;
      }
      for (const { name, origin } of added) found.set(name, origin);
      next.push(
        ...(await findMoves(
          folder,
          added.filter(({ origin }) => !edge.has(origin.commit)),
        )),
      );
    }
    walks = next;
  }
  return found;
}

interface Walk {
  readonly from: string;
  readonly wanted: ReadonlyMap<string, string>;
}

interface Added {
  readonly name: string;
  /** Where it was when it came. */
  readonly path: string;
  readonly origin: Origin;
}

async function walkHistory(folder: string, { from, wanted }: Walk): Promise<readonly Added[] | Error> {
  const folders = [...new Set([...wanted.keys()].map((path) => `:(top,literal)${folderOf(path)}`))];
  const shown = ["--diff-filter=AR", "--name-status", "--no-relative", "--no-color", "--encoding=UTF-8"];
  const args = (renames: string): string[] =>
    [CONFIG, ["log", from, "-z", "-c", renames, "--topo-order"], shown, [`--format=${FORMAT}`, "--"], folders].flat();
  let answer = await runGit(folder, args("-M"));
  // A clone without the older contents can tell names, and no similarities.
  if (!answer.ok && answer.kind === "refused") answer = await runGit(folder, args("--no-renames"));
  return answer.ok ? readLog(answer.text, wanted) : new Error(answer.message);
}

function readLog(text: string, wanted: ReadonlyMap<string, string>): readonly Added[] {
  const left = new Map(wanted);
  const added: Added[] = [];
  for (const entry of text.split("\u0001").slice(1)) {
    if (left.size === 0) break;
    const [commit = "", author = "", date = "", subject = "", ...changes] = entry.split("\u0002");
    const origin: Origin = { commit, author, date: new Date(date), subject };
    for (const { from, path } of readChanges(changes.join("\u0002").replace(/^[\0\n]+/, ""))) {
      const name = left.get(path);
      if (name === undefined) continue;
      left.delete(path);
      if (from === undefined) added.push({ name, path, origin });
      else left.set(from, name);
    }
  }
  return added;
}

/** Which of the files that a commit brought were elsewhere before it: there their history goes on. */
async function findMoves(folder: string, added: readonly Added[]): Promise<readonly Walk[]> {
  const commits = new Set(added.map(({ origin }) => origin.commit));
  if (commits.size === 0) return [];
  const args = ["diff-tree", "--stdin", "-r", "-M", "-z", "--diff-filter=R", "--name-status", "--no-relative"];
  const answer = await runGit(folder, [...CONFIG, ...args], `${[...commits].join("\n")}\n`);
  if (!answer.ok) return [];
  const walks = new Map<string, Map<string, string>>();
  let commit = "";
  for (const part of answer.text.split(/(?<=^|\0)([0-9a-f]{40,64})\0/)) {
    if (/^[0-9a-f]{40,64}$/.test(part)) commit = part;
    for (const { from, path } of readChanges(part)) {
      const name = added.find((file) => file.path === path && file.origin.commit === commit)?.name;
      if (name === undefined || from === undefined) continue;
      walks.set(commit, (walks.get(commit) ?? new Map<string, string>()).set(from, name));
    }
  }
  return [...walks].map(([movedBy, wanted]) => ({ from: `${movedBy}^`, wanted }));
}

/** Additions, and renames with where the file was before, in the form of `--name-status -z`. */
function readChanges(text: string): readonly { readonly from: string | undefined; readonly path: string }[] {
  const changes: { from: string | undefined; path: string }[] = [];
  const parts = text.split("\0");
  for (let at = 0; at + 1 < parts.length;) {
    const [status = "", first = "", second = ""] = parts.slice(at, at + 3);
    const isRename = /^R\d+$/.test(status);
    // A merge has one letter for each parent: a file that came with it is new to all.
    if (isRename) changes.push({ from: first, path: second });
    else if (/^A+$/.test(status)) changes.push({ from: undefined, path: first });
    at += isRename ? 3 : 2;
  }
  return changes;
}

/** The folder of a path in the repository; the empty text for its root. */
function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === "." ? "" : folder;
}
