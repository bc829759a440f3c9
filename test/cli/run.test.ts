import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { createFolder, runGander } from "./run-gander.ts";

const good = "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n";

describe("help", () => {
  test("gander --help lists every command and option on stdout", async () => {
    const { code, out, log } = await runGander(["--help"]);
    expect({ code, log }).toEqual({ code: 0, log: "" });
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name}\\b.*  ${summary}$`, "mu"));
    expect(out).toContain("--lock-timeout <duration>");
    expect(out).toContain("Exit codes: 0 fine, 1 ");
  });

  test.each(commands.map(({ name }) => name))("gander %s --help", async (name) => {
    const { code, out } = await runGander([name, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: gander ${name}\\b`, "u"));
    expect(out).toMatch(/^Examples:\n {2}.*\bgander /mu);
    expect((await runGander(["help", name])).out).toBe(out);
  });

  test("the help of a command in full", async () => {
    expect((await runGander(["down-to", "-h"])).out).toMatchInlineSnapshot(`
      "Usage: gander down-to [options] <version>

      Roll back everything above a version.

      What was applied last is rolled back first. Nothing above the version stays applied; the version
      itself does. 0 rolls back everything, and always asks.

      Arguments:
        version     the version to go back to

      Options:
        -y, --yes   do not ask
        -h, --help  print this help

      Examples:
        gander plan --down --to 20250408141648  # look at it first
        gander down-to 20250408141648           # roll back everything that is newer

      The options of all commands (--database-url, --dir, --table, --json …) are listed by gander --help.
      "
    `);
  });

  test("no command at all is a mistake: the help goes to stderr", async () => {
    const { code, out, log } = await runGander([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(log).toContain("Usage: gander <command>");
  });

  test("--version, in goose's spelling too", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await runGander(["--version"])).toMatchObject({ code: 0, out: `gander ${version}\n` });
    expect((await runGander(["-version"])).out).toBe(`gander ${version}\n`);
    expect((await runGander(["--version", "--json"])).json()).toEqual({ schemaVersion: 1, gander: version });
  });
});

describe("mistakes on the command line", () => {
  test.each([
    [["upp"], "There is no command upp", "Did you mean up?"],
    [["frobnicate"], "There is no command frobnicate", "gander --help lists the commands."],
    [["up", "--tabel", "x"], "There is no option --tabel", "Did you mean --table?"],
    [["plan", "--sq"], "There is no option --sq", "Did you mean --sql?"],
    [["up", "now"], "Too many arguments for 'up'", "gander up --help shows how it is used."],
    [["up-to"], "Missing required argument 'version'", "gander up-to --help"],
    [["up-to", "soon"], "The version must be a whole number from 1 on", "gander status lists them"],
    [["up-to", "9223372036854775808"], "The version must be a whole number", ""],
    [["down-to", "-1"], 'from 0 on, not "-1"', ""],
    [["up", "-q", "-v"], "--quiet and --verbose say opposite things", ""],
    [["repair", "--mark-applied", "--mark-rolled-back"], "--mark-applied and --mark-rolled-back", ""],
    [["completion", "bsh"], 'There is no completion for the shell "bsh"', "Did you mean bash?"],
    [["mysql", "x", "up"], "mysql is another kind of database", ""],
  ])("%j", async (args, message, hint) => {
    const { code, out, log } = await runGander(args, { environment: { DATABASE_URL: "postgres://u@h/x" } });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(log).toMatch(/^error: /u);
    expect(log).toContain(message);
    expect(log.replaceAll("\n", " ")).toContain(hint);
  });

  test("what was typed behind = may be a password, and is not shown", async () => {
    const { log } = await runGander(["up", "--databse-url=postgres://u:secret@h/x"]);
    expect(log).toContain("--databse-url");
    expect(log).toContain("Did you mean --database-url?");
    expect(log).not.toContain("secret");
  });

  test("no database: the ways to say where it is", async () => {
    const { code, log } = await runGander(["up", "--env-file", "none"]);
    expect(code).toBe(2);
    expect(log).toContain("error[GANDER_CONFIG]: No database is configured");
    for (const way of [
      "--database-url",
      "DATABASE_URL",
      "PGHOST",
      "gander.config.json",
      "gander init",
      "pglite:./.gander",
    ]) {
      expect(log).toContain(way);
    }
  });

  test("with --json an error is the one document on stdout", async () => {
    const ran = await runGander(["up", "--json", "--wait", "soon"]);
    expect(ran).toMatchObject({ code: 2, log: "" });
    expect(ran.json()).toEqual({
      schemaVersion: 1,
      error: {
        code: "GANDER_USAGE",
        message: '--wait is "soon", which is no duration (of 24 days at most)',
        hint: "Write 500ms, 2s, 10m or 1h30m.",
      },
    });
  });
});

describe("create", () => {
  test("makes a file with the time, or the next number, as its version", async () => {
    await using folder = await createFolder();
    const dir = join(folder.path, "sql");
    expect(await runGander(["create", "Add users!", "-d", dir])).toMatchObject({
      code: 0,
      out: `${dir}/20251220120000_add_users.sql\n`,
    });
    await using counted = await createFolder({ "00009_x.sql": good });
    expect((await runGander(["-dir", counted.path, "-s", "create", "y", "sql", "--json"])).json()).toEqual({
      schemaVersion: 1,
      command: "create",
      version: "10",
      name: "00010_y.sql",
      path: `${counted.path}/00010_y.sql`,
    });
  });

  test("several words without quotes, and goose's go, are explained", async () => {
    expect((await runGander(["create", "add", "users"])).log).toContain('gander create "add users"');
    expect(await runGander(["create", "x", "go"])).toMatchObject({ code: 2 });
  });
});

describe("fix", () => {
  const files = { "20250101000000_a.sql": good, "20250202000000_b.sql": good, "005_slots.sql": good };

  test("a small number beside timestamps comes last; --dry-run only tells", async () => {
    await using folder = await createFolder(files);
    const dry = await runGander(["fix", "--dry-run", "-d", folder.path]);
    expect(dry.out).toContain("1 file to rename");
    expect(await readdir(folder.path)).toContain("005_slots.sql");
    const { out } = await runGander(["fix", "-d", folder.path]);
    expect(out).toMatch(/^ {2}005_slots\.sql {2}→ {2}20250202000001_slots\.sql$/mu);
    expect((await readdir(folder.path)).sort()).toEqual([
      "20250101000000_a.sql",
      "20250202000000_b.sql",
      "20250202000001_slots.sql",
    ]);
  });

  test("as JSON, and with nothing to do", async () => {
    await using folder = await createFolder({ "00001_a.sql": good, "20250202000000_b.sql": good });
    expect((await runGander(["fix", "-d", folder.path, "--json"])).json()).toMatchObject({
      kind: "sequential",
      renames: [{ from: "20250202000000_b.sql", to: "00002_b.sql" }],
    });
    expect((await runGander(["fix", "-d", folder.path])).out).toContain("Nothing to rename.");
  });
});

describe("validate", () => {
  test("lists everything that is wrong as file:line:column, and exits with 3", async () => {
    await using folder = await createFolder({
      "20250101000000_good.sql": good,
      "20250102000000_bad.sql": "-- +goose Upp\nSELECT 1;\n",
      "20250103000000_worse.sql": "-- +goose Up\n-- +goose StatementEnd\n",
      "abc_x.sql": good,
    });
    const { code, out, log } = await runGander(["validate", "-d", folder.path]);
    expect({ code, log }).toEqual({ code: 3, log: "" });
    expect(out).toMatch(/20250102000000_bad\.sql:1:\d+: error: /u);
    expect(out).toMatch(/20250103000000_worse\.sql:2:\d+: error: /u);
    expect(out).toMatch(/abc_x\.sql: error: /u);
    expect(out).toMatch(/\d problems in 3 files of /u);
    const json = await runGander(["validate", "-d", folder.path, "--json"]);
    expect(json.code).toBe(3);
    expect(json.json()).toMatchObject({ command: "validate", migrations: 1 });
  });

  test("a good folder; no folder", async () => {
    await using folder = await createFolder({ "1_a.sql": good });
    expect(await runGander(["validate", "-d", folder.path])).toMatchObject({ code: 0 });
    const { code, log } = await runGander(["validate", "-d", join(folder.path, "absent")]);
    expect(code).toBe(2);
    expect(log).toMatch(/^error\[GANDER_FILE\]: .* does not exist$/mu);
    expect(log.match(/does not exist/gu)).toHaveLength(1);
  });
});

describe("init", () => {
  test("makes what is missing, keeps what is there, and holds no secret", async () => {
    await using folder = await createFolder();
    const dir = ["-d", join(folder.path, "migrations")];
    const environment = { DATABASE_URL: "postgres://u:secret@h/x" };
    const first = await runGander(["init", ...dir], { cwd: folder.path, environment });
    expect(first.code).toBe(0);
    expect(first.out).toContain("made gander.config.json");
    expect(first.out).not.toContain("export DATABASE_URL");
    const config = await readFile(join(folder.path, "gander.config.json"), "utf8");
    expect(config).not.toContain("secret");
    expect(await readdir(join(folder.path, "migrations"))).toEqual(["20251220120000_initial.sql"]);
    expect((await runGander(["validate", ...dir])).out).toContain("1 migration in");
    const second = await runGander(["init", ...dir, "--json"], { cwd: folder.path });
    expect(second.json()).toMatchObject({ files: [{ made: false }, { path: "gander.config.json", made: false }] });
    expect(await readFile(join(folder.path, "gander.config.json"), "utf8")).toBe(config);
  });

  test.each([
    ["y\n", true],
    ["\n", false],
  ])("at a terminal it asks about an embedded database (%j)", async (typed, embedded) => {
    await using folder = await createFolder();
    const ran = await runGander(["init", "-d", join(folder.path, "m")], { cwd: folder.path, typed });
    expect(ran.log).toContain("Use an embedded one, pglite:./.gander, to try gander? [y/N]");
    const config = await readFile(join(folder.path, "gander.config.json"), "utf8");
    expect(config.includes("pglite:./.gander")).toBe(embedded);
  });

  test.each([
    [["n\n", "y\n"], true],
    [["n\n", "n\n"], false],
  ])("at a terminal it asks about a sum (%j)", async (typed, summed) => {
    await using folder = await createFolder();
    const dir = join(folder.path, "m");
    const ran = await runGander(["init", "-d", dir], { cwd: folder.path, typed });
    expect(ran.log).toMatch(/Keep a gander\.sum, .* \[y\/N\] /u);
    expect((await readdir(dir)).includes("gander.sum")).toBe(summed);
    expect((await runGander(["sum", "--check", "-d", dir])).code).toBe(summed ? 0 : 3);
  });

  test("--sum makes one, also where there are migrations, and keeps one that is there", async () => {
    await using folder = await createFolder({ "m/00001_a.sql": good, "n/gander.sum": "kept" });
    const dir = join(folder.path, "m");
    const plain = await runGander(["init", "-d", dir], { cwd: folder.path });
    expect(plain.out).not.toContain("gander.sum");
    const ran = await runGander(["init", "--sum", "-d", dir, "--json"], { cwd: folder.path });
    expect(ran.json()).toMatchObject({ files: [{ made: false }, { path: join(dir, "gander.sum"), made: true }, {}] });
    expect(await readFile(join(dir, "gander.sum"), "utf8")).toMatch(/^00001_a\.sql h1:\S+\n$/u);
    await runGander(["init", "--sum", "-d", join(folder.path, "n")], { cwd: folder.path, typed: [] });
    expect(await readFile(join(folder.path, "n", "gander.sum"), "utf8")).toBe("kept");
  });

  test("without one it does not ask; --embedded says so", async () => {
    await using folder = await createFolder();
    const dir = ["-d", join(folder.path, "m")];
    const plain = await runGander(["init", ...dir], { cwd: folder.path });
    expect(plain.log).toBe("");
    expect(plain.out).toContain("gander up --database-url pglite:./.gander");
    await using other = await createFolder();
    await runGander(["init", "--embedded", "-d", join(other.path, "m")], { cwd: other.path });
    expect(await readFile(join(other.path, "gander.config.json"), "utf8")).toContain("pglite:./.gander");
  });
});
