import { execFileSync, spawnSync } from "node:child_process";

/** The user that server processes run as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it is another user of the machine, else undefined, the user that we are. */
export function chooseServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody", "daemon"]) {
    const uid = readId("-u", name);
    const gid = readId("-g", name);
    if (uid !== undefined && gid !== undefined && maySwitchTo({ uid, gid })) return { uid, gid };
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and this machine lets us switch to none of the users postgres, nobody and daemon. " +
      "Run the tests as another user, or set TEST_DATABASE_URL to a PostgreSQL server that they may create databases on.",
  );
}

function readId(flag: string, name: string): number | undefined {
  try {
    // macOS prints the -2 of nobody as an unsigned number.
    return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) | 0;
  } catch {
    return undefined;
  }
}

function maySwitchTo(user: ServerUser): boolean {
  return spawnSync("/bin/sh", ["-c", ":"], { ...user, cwd: "/" }).status === 0;
}
