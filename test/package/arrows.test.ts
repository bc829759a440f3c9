import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gander-arrows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const forbidden = [
  ["src/database/settings", "../../files/lexer.ts"],
  ["src/database", "../run/up.ts"],
  ["src/git", "../files/lexer.ts"],
  ["src/files", "../history/digest.ts"],
  ["src/files", "../git/run-git.ts"],
  ["src/history", "../plan/plan-up.ts"],
  ["src/plan", "../run/up.ts"],
  ["src/plan", "../database/quote.ts"],
  ["src/plan", "node:fs"],
  ["src/plan", "../git/run-git.ts"],
  ["src/run", "../migrator.ts"],
  ["src/run/advice", "../../report/view.ts"],
  ["src/report", "../cli/main.ts"],
  ["src/report", "../run/up.ts"],
  ["src", "./cli/main.ts"],
  ["src", "./report/view.ts"],
] as const;

const allowed = [
  ["src/cli", "../report/view.ts"],
  ["src/cli", "../migrator.ts"],
  ["src/report", "../run/migration-failed-error.ts"],
  ["src/run", "../plan/plan-up.ts"],
  ["src/run", "../git/read-origins.ts"],
  ["src/git", "../errors.ts"],
  ["src/plan", "../files/transaction-check.ts"],
  ["src/history", "../database/quote.ts"],
  ["src/database", "../errors.ts"],
] as const;

test("an import against the arrows is refused by the linter, one along them is not", () => {
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  const write = (from: string, to: string, index: number): string => {
    const file = `${from}/imports-${index}.ts`;
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), `import { name } from "${to}";\nname();\n`);
    return file;
  };
  const against = forbidden.map(([from, to], index) => write(from, to, index));
  const along = allowed.map(([from, to], index) => write(from, to, forbidden.length + index));

  const refused = lint()
    .filter(({ code }) => code === "eslint(no-restricted-imports)")
    .map(({ filename }) => filename.replaceAll("\\", "/"));
  expect(refused.toSorted()).toEqual(against.toSorted());
  expect(refused).not.toEqual(expect.arrayContaining(along));
});

function lint(): { code: string; filename: string }[] {
  const linter = join(root, "node_modules", "oxlint", "bin", "oxlint");
  const args = [linter, "-c", ".oxlintrc.json", "--format", "json", "src"];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" })).diagnostics;
  } catch (failure) {
    return JSON.parse((failure as { stdout: string }).stdout).diagnostics;
  }
}
