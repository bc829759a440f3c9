import { afterAll, beforeAll, expect, test } from "vitest";
import type { PGlite } from "@electric-sql/pglite";
import { createPGlite } from "./create-pglite.ts";

let pglite: PGlite;
beforeAll(async () => {
  pglite = await createPGlite();
});
afterAll(() => pglite.close());

test("gives an empty database that answers", async () => {
  const { rows } = await pglite.query("SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([{ tables: 0 }]);
});
