import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createFolder, runGander } from "./run-gander.ts";

const execute = promisify(execFile);

/** What bash offers for a command line that ends in the word under the cursor. */
async function offered(line: string, cwd: string): Promise<string[]> {
  const { out } = await runGander(["completion", "bash"]);
  const words = line.split(" ").map((word) => `'${word}'`);
  const script = `${out}
COMP_WORDS=(${words.join(" ")}) COMP_CWORD=${words.length - 1}
_gander
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execute("bash", ["-c", script], { cwd });
  return stdout.split("\n").filter((word) => word !== "");
}

test.each([
  ["gander up", ["up", "up-by-one", "up-to"]],
  ["gander --lock-t", ["--lock-timeout"]],
  ["gander plan --s", ["--sequential", "--statement-timeout", "--sql"]],
  ["gander up --sq", []],
  ["gander up --missing ", ["error", "apply", "ignore"]],
  ["gander fix --missing --g", ["--git"]],
  ["gander fix --missing ", []],
  ["gander --json completion ", ["bash", "zsh", "fish"]],
  ["gander up --table ", []],
  ["gander up-to 2", ["20250101000000", "20250202000000"]],
  ["gander -d sql down-to ", ["7"]],
  ["gander -d s", ["sql"]],
])("bash: %s", async (line, words) => {
  await using folder = await createFolder({
    "migrations/20250101000000_a.sql": "",
    "migrations/20250202000000_b.sql": "",
    "migrations/readme.md": "",
    "sql/7_x.sql": "",
  });
  expect(await offered(line, folder.path)).toEqual(words);
});

test("zsh and fish have every command and option", async () => {
  const zsh = (await runGander(["completion", "zsh"])).out;
  const fish = (await runGander(["completion", "fish"])).out;
  for (const name of ["up", "down-to", "completion"]) {
    expect(zsh).toMatch(new RegExp(`^        '${name}:.+'$`, "mu"));
    expect(fish).toMatch(new RegExp(` -a ${name} -d '.+'$`, "mu"));
  }
  expect(zsh).toContain(
    "'--missing[migrations that are older than the newest applied one and were never applied]:missing:(error apply ignore)'",
  );
  expect(fish).toContain("complete -c gander -s d -l dir -x -a '(__fish_complete_directories)'");
  expect(fish).toContain("-n '__fish_seen_subcommand_from plan' -l sql");
});
