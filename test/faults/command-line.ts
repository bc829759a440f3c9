import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spawn } from "node:child_process";
import { ended, type Ended } from "../cli/built-gander.ts";

/** A person at a terminal: in the folder of the server, with DATABASE_URL set as the server has it. */
export interface Person {
  /** Types a line such as `gander up`, and waits for the end of it. */
  type(line: string): Promise<Ended>;
}

/** Seats somebody at a command line; `main` is the compiled one. */
export function seatPerson(main: string, migrations: string, url: string): Person {
  const cwd = mkdtempSync(join(tmpdir(), "gander-person-"));
  symlinkSync(migrations, join(cwd, "migrations"), "junction");
  const environment = { PATH: process.env["PATH"] ?? "", HOME: cwd, DATABASE_URL: url };
  return {
    type: (line) => {
      const [program, ...args] = line.trim().split(/\s+/);
      if (program !== "gander") throw new Error(`not a command of ours: ${line}`);
      const options = { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] };
      return ended(spawn(process.execPath, [main, ...args], options));
    },
  };
}

const MOST_TRIES = 4;

/**
 * Starts again as a person would: the command, and where it stops, the first way out that it prints, word for word, and the
 * command again. A question is answered with yes. Returns what was typed.
 *
 * @throws where a command fails and prints no way out
 */
export async function getOut(person: Person, command: string): Promise<readonly string[]> {
  const typed: string[] = [];
  const type = async (line: string): Promise<Ended> => {
    typed.push(line);
    const end = await person.type(line);
    if (end.code === 0 || !/Add --yes/.test(end.log)) return end;
    typed.push(`${line} --yes`);
    return person.type(`${line} --yes`);
  };
  for (let tries = 1; ; tries++) {
    const end = await type(command);
    if (end.code === 0) return typed;
    const wayOut = firstWayOut(end.log);
    if (wayOut === undefined || tries === MOST_TRIES) {
      throw new Error(`after ${typed.join("; ")} there is no way out:\n${end.log}`);
    }
    const repaired = await type(wayOut);
    if (repaired.code !== 0) throw new Error(`${typed.join("; ")} did not get out:\n${repaired.log}`);
  }
}

/** The first line that is a command and no sentence; what it is good for stands behind two spaces. */
function firstWayOut(log: string): string | undefined {
  const line = log.split("\n").find((text) => /^ {2,}gander (repair|accept|up|down|reset)\b/.test(text));
  return line?.trim().split(/ {2,}/)[0];
}

/** The compiled library beside the command line. */
export function libraryOf(main: string): string {
  return join(dirname(dirname(main)), "index.js");
}
