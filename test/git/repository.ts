import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Whether the tests that need git can run; if not, it is said once what is missing. */
export const hasGit = ((): boolean => {
  if (spawnSync("git", ["--version"]).error === undefined) return true;
  process.stderr.write("git is not installed: the tests that need it did not run. To run them: apt-get install git\n");
  return false;
})();

/** A git repository that is there for one test. */
export interface Repository extends Disposable {
  readonly path: string;
  git(...args: readonly string[]): string;
  /** Writes files by their path in the repository. */
  write(files: Readonly<Record<string, string>>): void;
  /** Writes files and commits everything that has changed; the commit's hash. */
  commit(subject: string, files?: Readonly<Record<string, string>>, author?: string): string;
}

/** Makes an empty repository, or a clone of another one. */
export function makeRepository(cloneArgs?: readonly string[]): Repository {
  const path = mkdtempSync(join(tmpdir(), "gander-git-"));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", path, "-c", "protocol.file.allow=always", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: path, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" },
    });
  if (cloneArgs === undefined) git("init", "-q", "-b", "main");
  else git("clone", "-q", ...cloneArgs, ".");
  git("config", "user.name", "Ada Lovelace");
  git("config", "user.email", "ada@example.org");
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
  };
  return {
    path,
    git,
    write,
    commit: (subject, files = {}, author = "Ada Lovelace") => {
      write(files);
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", subject, `--author=${author} <${author}@example.org>`);
      return git("rev-parse", "HEAD").trim();
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
