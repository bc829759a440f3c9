import { expect, test } from "vitest";
import { findServerBinaries } from "./server-binaries.ts";

test("says what to do where there are no binaries", () => {
  expect(() => findServerBinaries(12)).toThrow(/^No PostgreSQL 12 binaries for .*set TEST_DATABASE_URL/);
});
