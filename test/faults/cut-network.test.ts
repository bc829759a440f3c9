import { afterAll, beforeAll, describe, test } from "vitest";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import type { TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { atAll } from "./at-all.ts";
import { findPlaces } from "./find-places.ts";
import { cutAt, type WirePlace } from "./message-counter.ts";
import { ACTIONS, type Action, expectGoodEnd, prepareDatabases, runDisturbed } from "./prepared.ts";
import { createRandom, seed } from "./seed.ts";
import { share } from "./share.ts";
import { throughProxy } from "./through-proxy.ts";

const random = createRandom(seed);

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

async function cut(database: TestDatabase, action: Action, place: WirePlace): Promise<string> {
  const cutter = cutAt(place);
  await using proxied = await throughProxy(database, cutter.inspect);
  const run = await runDisturbed(proxied.url, action);
  const end = await expectGoodEnd(database, action, run, gander.main);
  return cutter.met() ? end : "ended before it";
}

describe.each(servers())(`the network is cut on PostgreSQL $major, GANDER_TEST_SEED=${seed}`, (server) => {
  test.each(ACTIONS)("at every message and half way through it, %s", { timeout: 900_000 }, async (action) => {
    await using prepared = await prepareDatabases(server, action);
    const places = (await findPlaces(prepared, action)).places.filter(() => random() < share);
    await atAll(`cut ${action}`, places, async (place) => {
      await using database = await prepared.create();
      return await cut(database, action, place);
    });
  });
});
