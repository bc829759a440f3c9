import { execFile } from "node:child_process";
import { Buffer } from "node:buffer";

/** What git answered: its output, or why there is none. `absent`: git is not installed. `slow`: nobody waited for it. */
export type GitAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly kind: "absent" | "slow" | "refused"; readonly message: string };

/** How long git may take: what it tells is an addition to an error, and nobody waits long for that. Milliseconds. */
const PATIENCE_MS = 10_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** A hook of git's sets these for its own repository; we ask about the one that the folder is in. */
const FOREIGN = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"];

/** Runs git in a folder, as a child process that asks nothing, fetches nothing and speaks English. It never throws. */
export function runGit(folder: string, args: readonly string[], input = ""): Promise<GitAnswer> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" };
  for (const name of FOREIGN) delete env[name];
  const options = { env, timeout: PATIENCE_MS, maxBuffer: MOST_BYTES, encoding: "buffer", windowsHide: true } as const;
  return new Promise<GitAnswer>((resolve) => {
    const child = execFile("git", ["-C", folder, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, text: Buffer.from(stdout).toString("utf8") });
      else resolve({ ok: false, ...explain(error, stderr.toString("utf8")) });
    });
    // A git that has ended reads nothing any more.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    // Node may be told to start no process at all.
  }).catch((error: Error) => ({ ok: false, ...explain(error, "") }));
}

type Refusal = Omit<Extract<GitAnswer, { ok: false }>, "ok">;

function explain(error: Error & { killed?: boolean; code?: unknown }, said: string): Refusal {
  if (error.code === "ENOENT") return { kind: "absent", message: "git is not installed" };
  if (error.killed === true) return { kind: "slow", message: `git did not answer within ${PATIENCE_MS / 1000} s` };
  const lines = said.split("\n");
  const line = lines.find((one) => /^(fatal|error):/.test(one)) ?? lines[0] ?? "";
  return { kind: "refused", message: line.replace(/^(fatal|error): /, "") || error.message };
}
