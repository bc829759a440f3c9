import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process of this machine started, in words that differ for two processes that had the same id one after the
 * other; undefined where the system does not tell.
 */
export function readProcessStart(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // The 22nd field, in ticks since the machine started; the name before it, in parentheses, may hold anything.
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
      return ticks === undefined ? undefined : `${ticks} since boot ${boot}`;
    }
    if (process.platform === "win32") return undefined;
    return execFileSync("ps", ["-o", "lstart=", "-p", `${pid}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Whether a process with this id exists, be it ours or another user's. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
