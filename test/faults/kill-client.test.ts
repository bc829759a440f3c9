import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import { servers } from "../support/server-list.ts";
import { atAll } from "./at-all.ts";
import { getOut, libraryOf, seatPerson } from "./command-line.ts";
import { createMessageCounter, placesIn, type WirePlace } from "./message-counter.ts";
import { hasPgbouncer, type Pooler, startPooler } from "./pgbouncer.ts";
import { ACTIONS, type Action, directionOf, type Prepared, prepareDatabases, scenarioFiles } from "./prepared.ts";
import { type RunningServer, startServer, writeMigrations } from "./run-server.ts";
import { throughProxy } from "./through-proxy.ts";
import { createRandom, seed } from "./seed.ts";
import { shareOf } from "./share.ts";
import { expectEnd, expectTruth } from "./truth.ts";

/** When the process is killed: some time after one of its events, or when so much of a message has passed. */
type Moment =
  | { readonly action: Action; readonly event: number; readonly later: number }
  | { readonly action: Action; readonly place: WirePlace };

/** Of each kind, on each server; without a pooler in front and with one. */
const MOMENTS = { up: { event: 50, place: 50 }, reset: { event: 25, place: 25 } } as const;
const POOLED_MOMENTS = { up: { event: 10, place: 0 }, reset: { event: 5, place: 0 } } as const;
const MOST_MS_LATER = 15;
const POOL_SIZE = 5;

const random = createRandom(seed);
const SLEEPING =
  "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

const start = (url: string, action: Action) => startServer(libraryOf(gander.main), url, scenarioFiles, { action });

/** What a whole run tells and sends. */
async function measure(prepared: Prepared, action: Action) {
  await using database = await prepared.create();
  const counter = createMessageCounter();
  await using proxied = await throughProxy(database, (...chunk) => {
    counter.find(...chunk);
    return "pass";
  });
  const running = start(proxied.url, action);
  expect(await running.ended).toMatchObject({ exitCode: 0 });
  return { events: running.events(), places: placesIn(counter.lengths()) };
}

async function chooseMoments(prepared: Prepared, action: Action, wanted: { event: number; place: number }) {
  const { events, places } = await measure(prepared, action);
  // Half of the places are on the way to the server, though it says more than it is told.
  const ways = (["to-server", "to-client"] as const).map((way) => places.filter(({ direction }) => direction === way));
  const atEvents = Array.from({ length: shareOf(wanted.event) }, (): Moment => ({
    action,
    event: Math.ceil(random() * events),
    later: Math.floor(random() * MOST_MS_LATER),
  }));
  const atPlaces = Array.from({ length: wanted.place === 0 ? 0 : shareOf(wanted.place) }, (_, n): Moment => {
    const way = ways[n % 2]!;
    return { action, place: way[Math.floor(random() * way.length)]! };
  });
  return [...atEvents, ...atPlaces];
}

async function kill({ child, ended }: RunningServer): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

async function killAtPlace(database: TestDatabase, action: Action, place: WirePlace): Promise<void> {
  const { find } = createMessageCounter(place);
  const started: RunningServer[] = [];
  await using proxied = await throughProxy(database, (...chunk) => {
    const bytes = find(...chunk);
    if (bytes === undefined) return "pass";
    for (const { child } of started) child.kill("SIGKILL");
    return bytes;
  });
  const running = start(proxied.url, action);
  started.push(running);
  await running.ended;
}

/** Kills a process at a moment; then the history is true, and the next start, or what it prints, leads to the end. */
async function killOne(database: TestDatabase, url: string, moment: Moment): Promise<string> {
  const { action } = moment;
  if ("place" in moment) await killAtPlace(database, action, moment.place);
  else {
    const running = start(url, action);
    await running.event(moment.event);
    await sleep(moment.later);
    await kill(running);
  }
  await expectTruth(database, directionOf(action));
  const typed = await getOut(seatPerson(gander.main, scenarioFiles, url), `gander ${action}`);
  await expectEnd(database, directionOf(action));
  return typed.join("; ");
}

describe.each(servers())(`kill -9 of the client on PostgreSQL $major, GANDER_TEST_SEED=${seed}`, (server) => {
  test.each(ACTIONS)(
    "%s: the history is true, and everything is done once in the end",
    { timeout: 900_000 },
    async (action) => {
      await using prepared = await prepareDatabases(server, action);
      const moments = await chooseMoments(prepared, action, MOMENTS[action]);
      await atAll(`kill -9, ${action}`, moments, async (moment) => {
        await using database = await prepared.create();
        return await killOne(database, database.url, moment);
      });
    },
  );

  test.skipIf(server.major < 14)("a statement of hours ends with the process that was killed", async () => {
    await using database = await createDatabase(server);
    await database.query("CREATE TABLE free (x int)");
    const migrations = writeMigrations({
      "1_a.sql": "-- +goose Up\nCREATE TABLE a (x int);\nSELECT pg_sleep(10000) WHERE NOT EXISTS (SELECT FROM free);\n",
    });
    const running = startServer(libraryOf(gander.main), database.url, migrations);
    await expect.poll(() => database.query(SLEEPING), { timeout: 30_000 }).toEqual([{ n: 1 }]);
    await kill(running);
    await database.query("INSERT INTO free VALUES (1)");
    expect(await startServer(libraryOf(gander.main), database.url, migrations).ended).toMatchObject({ exitCode: 0 });
    expect(await database.query(SLEEPING)).toEqual([{ n: 0 }]);
  });
});

describe.runIf(hasPgbouncer).each(servers())(
  `kill -9 of the client behind PgBouncer, PostgreSQL $major, GANDER_TEST_SEED=${seed}`,
  (server) => {
    let pooler: Pooler;
    beforeAll(async () => {
      pooler = await startPooler(server, POOL_SIZE);
    });
    afterAll(() => pooler[Symbol.asyncDispose]());

    test.each(ACTIONS)("%s: everything is done once in the end", { timeout: 900_000 }, async (action) => {
      await using prepared = await prepareDatabases(server, action);
      const moments = await chooseMoments(prepared, action, POOLED_MOMENTS[action]);
      await atAll(`kill -9 behind PgBouncer, ${action}`, moments, async (moment) => {
        await using database = await prepared.create();
        return await killOne(database, pooler.url(database.name), moment);
      });
    });
  },
);
