import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTokens } from "../../src/files/token-walk.ts";
import { createMigrator, type GanderError } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { newestServer, servers } from "../support/server-list.ts";

const files = {
  "1_plans.sql": [
    "-- +goose Up",
    "CREATE TABLE plans (",
    "  id bigint PRIMARY KEY, -- never reused",
    "  name text NOT NULL DEFAULT 'free; for ever',",
    "  note text DEFAULT 'two",
    "lines'",
    ");",
    "INSERT INTO plans (id, name) VALUES (1, 'basic'), (2, E'it\\'s');",
    "-- +goose Down",
    "DROP TABLE plans;",
  ],
  "2_touch.sql": [
    "-- +goose Up",
    "-- +goose StatementBegin",
    // A body is a literal: the database keeps its comments, so they count.
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$",
    "BEGIN",
    "  NEW.note := 'touched';",
    "  RETURN NEW;",
    "END;",
    "$$;",
    "-- +goose StatementEnd",
    "-- +goose Down",
    "DROP FUNCTION touch();",
  ],
  "3_index.sql": [
    "-- +goose NO TRANSACTION",
    "-- +goose Up",
    "CREATE INDEX CONCURRENTLY plans_name ON plans (lower(name));",
    "-- +goose Down",
    "DROP INDEX CONCURRENTLY plans_name;",
  ],
};
type Name = keyof typeof files;
const plain = Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, `${lines.join("\n")}\n`]));

const HEADER =
  "-- Copyright 2026 The Authors; all rights reserved. 'Nobody''s' $$ /* fault\n-- SPDX-License-Identifier: MIT\n\n";

const harmless: Readonly<Record<string, (text: string) => string>> = {
  "a new licence header": (text) => HEADER + text,
  "a header in block comments after Up": (text) => text.replace("-- +goose Up\n", "-- +goose Up\n/* ; ' /* */ */\n"),
  "comments alone": (text) => text.replaceAll(");\n", "); -- changed; or not\n").replace("never reused", "or reused"),
  "white space alone": (text) => text.replaceAll(/^(CREATE|INSERT|DROP) /gm, "\n\t$1   ").replaceAll(", ", " ,\n  "),
  "CRLF alone": (text) => text.replaceAll("\n", "\r\n"),
  "a byte-order mark": (text) => `\uFEFF${text}`,
  "the annotations' spelling": (text) => text.replaceAll("-- +goose ", "--  +goose   ").replaceAll("Up\n", "UP\n"),
  "all of it": (text) => `\uFEFF${HEADER}${text.replaceAll(");\n", "); -- x\n\n")}`.replaceAll("\n", "\r\n"),
};

async function look(database: TestDatabase, texts: Readonly<Record<string, string>>) {
  const migrations = Object.entries(texts).map(([name, text]) => ({ name, text }));
  const warnings: unknown[] = [];
  await using migrator = createMigrator({
    database: database.url,
    migrations,
    onEvent: (event) => event.type === "warning" && warnings.push(event.warning),
  });
  const { steps } = await migrator.up();
  const { versions } = await migrator.status();
  return { steps: steps.length, warnings, changed: versions.filter(({ changed }) => changed).map(({ name }) => name) };
}

const NOTHING = { steps: 0, warnings: [], changed: [] };

describe.each(servers())("edits of applied files, on PostgreSQL $major", (server) => {
  test("that change no token raise nothing; one changed literal stops the run, and is shown", async () => {
    await using database = await createDatabase(server);
    expect(await look(database, plain)).toMatchObject({ steps: 3 });
    for (const [what, edit] of Object.entries(harmless)) {
      const texts = Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, edit(text)]));
      expect({ what, ...(await look(database, texts)) }).toEqual({ what, ...NOTHING });
    }
    const literals: readonly [Name, string, string][] = [
      ["1_plans.sql", "'free; for ever'", "'free;  for ever'"],
      ["1_plans.sql", "two\nlines", "two\n\nlines"],
      ["1_plans.sql", "(1, 'basic')", "(1, 'Basic')"],
      ["2_touch.sql", "'touched'", "'touched '"],
      ["3_index.sql", "lower(name)", "upper(name)"],
    ];
    for (const [name, from, to] of literals) {
      const texts = { ...plain, [name]: HEADER + plain[name]?.replace(from, to) };
      const error: GanderError = await look(database, texts).then(
        () => Promise.reject(new Error(`${name}: ${to} was not seen`)),
        (failure: GanderError) => failure,
      );
      expect(error).toMatchObject({ code: "GANDER_HISTORY_CHANGED", message: expect.stringContaining(name) });
      const edited = to.split("\n").find((line) => line !== "" && !from.includes(`${line}\n`)) ?? to;
      expect(error.message).toContain(edited);
    }
    expect(await look(database, plain)).toEqual(NOTHING);
  });
});

test("whatever comes between the tokens, up raises nothing; a token more or less stops it", async () => {
  await using database = await createDatabase(newestServer());
  await look(database, plain);
  const gap = fc.constantFrom("  ", "\n", "\r\n", "\t", " -- c '; $$\n", " /* c; ' */ ");
  const name = fc.constantFrom<Name>("1_plans.sql", "3_index.sql");
  await fc.assert(
    fc.asyncProperty(name, fc.array(gap, { minLength: 1, maxLength: 8 }), fc.nat(), async (file, gaps, chosen) => {
      const text = plain[file] ?? "";
      const start = text.indexOf("CREATE");
      const end = text.indexOf("-- +goose Down");
      const sql = text.slice(start, end);
      const tokens = readTokens(sql);
      const words = tokens.map(({ start, end }, index) => {
        const touches = index === 0 || tokens[index - 1]?.end === start;
        return (touches ? "" : (gaps[index % gaps.length] ?? "")) + sql.slice(start, end);
      });
      const same = `${text.slice(0, start)}${words.join("")}\n${text.slice(end)}`;
      expect(await look(database, { ...plain, [file]: same })).toEqual(NOTHING);
      const token = tokens[chosen % tokens.length];
      const broken = `${text.slice(0, start)}${sql.slice(0, token?.end)} x ${sql.slice(token?.end)}${text.slice(end)}`;
      await expect(look(database, { ...plain, [file]: broken })).rejects.toMatchObject({
        code: "GANDER_HISTORY_CHANGED",
      });
    }),
    { numRuns: 25 },
  );
});
