import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createDatabase } from "../../../test/support/create-database.ts";
import { buildImage, olderImage, type Image } from "./image.ts";
import { runServer } from "./run-server.ts";

interface MigrationAnswer {
  readonly version: string;
  readonly dirty: boolean;
  readonly timestamp: string | null;
}

interface MigrationsAnswer {
  readonly version: string;
  readonly pending: readonly string[];
  readonly migrations: readonly MigrationAnswer[];
}

async function ask(address: string): Promise<MigrationsAnswer> {
  return (await (await fetch(`${address}/migrations`)).json()) as MigrationsAnswer;
}

/** The exit code where a question was not answered with yes. */
const NOT_CONFIRMED = 2;

/** Types a command in an image's folder, with no terminal to ask on. */
function gander(image: Image, env: Record<string, string>, args: readonly string[]) {
  const main = join(image.folder, "node_modules/pg-gander/dist/cli/main.js");
  const all = [main, "-d", image.migrations, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    env: { PATH: process.env["PATH"], ...env },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

let current: Image;
let previous: Image;

beforeAll(() => {
  current = buildImage();
  previous = olderImage(current, 44);
});

afterAll(() => {
  previous[Symbol.dispose]();
  current[Symbol.dispose]();
});

describe.each(inject("servers"))("on PostgreSQL $major", (server) => {
  test("the good story: the legacy table goes when the new image starts, and the history says when", async () => {
    await using database = await createDatabase(server);
    await using old = runServer(previous, { DATABASE_URL: database.url });
    const oldAddress = await old.address;
    await database.query("INSERT INTO torbox_pool_keys (api_key) VALUES ('one'), ('two')");
    expect((await ask(oldAddress)).version).toBe("20251213120000");

    await using fresh = runServer(current, { DATABASE_URL: database.url });
    const { version, pending, migrations } = await ask(await fresh.address);

    expect(fresh.output()).toMatch(/44 applied, 45 files, 1 new/);
    expect(fresh.output()).toMatch(/applying +1\/1 20251220120000_drop_legacy_torbox_pool_keys\.sql/);
    expect(await database.query("SELECT to_regclass('torbox_pool_keys') AS gone")).toEqual([{ gone: null }]);
    expect(await database.query("SELECT api_key FROM torbox_pool ORDER BY api_key")).toEqual([
      { api_key: "one" },
      { api_key: "two" },
    ]);
    expect({ version, pending }).toEqual({ version: "20251220120000", pending: [] });
    const dropped = migrations.at(-1)!;
    expect(dropped).toMatchObject({ version: "20251220120000", dirty: false });
    const [row] = await database.query<{ at: Date }>(
      "SELECT date_trunc('milliseconds', timestamp) AS at FROM schema_migrations WHERE version_id = 20251220120000",
    );
    expect(dropped.timestamp).toBe(row!.at.toISOString());

    // The old image knows one migration less, and goes on until its supervisor ends it.
    expect((await fetch(`${oldAddress}/readyz`)).status).toBe(200);
    expect(await old.stop()).toBe(0);
    expect(await fresh.stop()).toBe(0);
  });

  test("the bad story: a NOT NULL column without default stops the start; the mended file goes through", async () => {
    await using database = await createDatabase(server);
    using image = olderImage(current, 45);
    {
      await using before = runServer(image, { DATABASE_URL: database.url });
      await before.address;
      await database.query("INSERT INTO users (name) VALUES ('ann')");
    }

    const name = "20251222090000_alter_table_users_add_email.sql";
    const write = (up: string) =>
      writeFileSync(
        join(image.migrations, name),
        `-- +goose Up\n${up}\n\n-- +goose Down\nALTER TABLE users DROP COLUMN email;\n`,
      );
    write("ALTER TABLE users ADD COLUMN email text NOT NULL;");
    await using bad = runServer(image, { DATABASE_URL: database.url });
    expect(await bad.exitCode).toBe(1);
    expect(bad.output()).not.toMatch(/^serving/m);
    expect(bad.output()).toContain(`${name}:2:`);
    expect(bad.output()).toMatch(/column "email" of relation "users" contains null values/);
    // What to do, in steps: nullable first, then the values, then NOT NULL.
    expect(bad.output()).toMatch(/ADD COLUMN[\s\S]*UPDATE[\s\S]*SET NOT NULL/);
    const row = `SELECT is_dirty FROM schema_migrations WHERE version_id = 20251222090000`;
    expect(await database.query(row)).toEqual([{ is_dirty: true }]);

    write(`ALTER TABLE users ADD COLUMN email text;
UPDATE users SET email = name || '@example.org';
ALTER TABLE users ALTER COLUMN email SET NOT NULL;`);
    await using mended = runServer(image, { DATABASE_URL: database.url });
    const answer = await ask(await mended.address);
    expect(answer.version).toBe("20251222090000");
    expect(answer.migrations.filter(({ dirty }) => dirty)).toEqual([]);
    expect(await database.query(row)).toEqual([{ is_dirty: false }]);
    expect(await database.query("SELECT email FROM users")).toEqual([{ email: "ann@example.org" }]);
  });

  test("the way back: an older image serves on the newer schema, rolls it back, and the newer one is held", async () => {
    await using database = await createDatabase(server);
    using newer = olderImage(current, 45);
    const name = "20251229100000_create_table_invitations.sql";
    writeFileSync(
      join(newer.migrations, name),
      "-- +goose Up\nCREATE TABLE invitations (code text PRIMARY KEY);\n\n-- +goose Down\nDROP TABLE invitations;\n",
    );
    const env = { DATABASE_URL: database.url };
    {
      await using server46 = runServer(newer, env);
      expect((await ask(await server46.address)).version).toBe("20251229100000");
    }
    await database.query("INSERT INTO invitations SELECT 'code ' || n FROM generate_series(1, 1000) AS n");

    await using server45 = runServer(current, env);
    const address = await server45.address;
    expect((await fetch(`${address}/readyz`)).status).toBe(200);

    const asked = gander(current, env, ["down"]);
    expect(asked.status).toBe(NOT_CONFIRMED);
    expect(asked.output).toMatch(/table invitations goes, with 1,000 rows/);
    const rolledBack = gander(current, env, ["down", "--yes"]);
    expect(rolledBack.output).toContain(`${name} has no file here: the Down that the history keeps is used`);
    expect(rolledBack.status).toBe(0);
    expect(await database.query("SELECT to_regclass('invitations') AS gone")).toEqual([{ gone: null }]);
    expect(await ask(address)).toMatchObject({ version: "20251220120000", pending: [] });

    await using restarted = runServer(newer, env);
    expect(await restarted.exitCode).toBe(1);
    expect(restarted.output()).toMatch(/20251229100000_create_table_invitations\.sql is held: it was rolled back on/);
    expect(gander(newer, env, ["up"]).status).toBe(0);
    await using again = runServer(newer, env);
    expect((await ask(await again.address)).version).toBe("20251229100000");
  });

  test.each(["new", "existing"])(
    "a small number beside timestamps is named, with its rename: %s database",
    async (kind) => {
      await using database = await createDatabase(server);
      using image = olderImage(current, 45);
      if (kind === "existing") {
        await using before = runServer(image, { DATABASE_URL: database.url });
        await before.address;
      }
      const fixture = new URL("./fixtures/005_slot_architecture.sql", import.meta.url);
      copyFileSync(fixture, join(image.migrations, "005_slot_architecture.sql"));

      await using stopped = runServer(image, { DATABASE_URL: database.url });
      expect(await stopped.exitCode).toBe(1);
      expect(stopped.output()).toContain("005_slot_architecture.sql");
      expect(stopped.output()).toContain("20251220120001_slot_architecture.sql");
    },
  );
});
