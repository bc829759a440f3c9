import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, test } from "vitest";
import { buildGander, type BuiltGander } from "../cli/built-gander.ts";
import type { TestDatabase } from "../support/create-database.ts";
import { ownServers } from "../support/server-list.ts";
import { atAll } from "./at-all.ts";
import { type CrashingServer, type Ending, startCrashingServer } from "./crashing-server.ts";
import { findPlaces } from "./find-places.ts";
import { createMessageCounter, type WirePlace } from "./message-counter.ts";
import { ACTIONS, type Action, expectGoodEnd, type Prepared, prepareDatabases, runDisturbed } from "./prepared.ts";
import { createRandom, seed } from "./seed.ts";
import { shareOf } from "./share.ts";
import { throughProxy } from "./through-proxy.ts";

interface Moment {
  readonly ending: Ending;
  /** The server is ended so long after one of the run's events, or when so much of a message has passed. */
  readonly event?: number;
  readonly later?: number;
  readonly place?: WirePlace;
  /** How long it stays away. */
  readonly away: number;
}

/** Immediate stops on each server, and as many fast ones as half of them. */
const MOMENTS = { up: 20, reset: 10 } as const;
const MOST_MS_LATER = 15;
const MOST_MS_AWAY = 400;

const random = createRandom(seed);

let gander: BuiltGander;
beforeAll(async () => {
  gander = await buildGander();
});
afterAll(() => gander[Symbol.asyncDispose]());

async function chooseMoments(prepared: Prepared, action: Action): Promise<readonly Moment[]> {
  const { places, events } = await findPlaces(prepared, action);
  const choose = (ending: Ending, n: number): Moment => ({
    ending,
    away: Math.floor(random() * MOST_MS_AWAY),
    ...(n % 2 === 0
      ? { event: Math.ceil(random() * events), later: Math.floor(random() * MOST_MS_LATER) }
      : { place: places[Math.floor(random() * places.length)]! }),
  });
  const wanted = shareOf(MOMENTS[action]);
  return [
    ...Array.from({ length: wanted }, (_, n) => choose("immediate", n)),
    ...Array.from({ length: Math.ceil(wanted / 2) }, (_, n) => choose("fast", n)),
  ];
}

async function endOnce(crashing: CrashingServer, database: TestDatabase, action: Action, moment: Moment) {
  let restart: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    await sleep(moment.later ?? 0);
    await crashing.stop(moment.ending);
    await sleep(moment.away);
    await crashing.start();
  };
  const { find } = createMessageCounter(moment.place);
  await using proxied = await throughProxy(database, (...chunk) => {
    if (find(...chunk) !== undefined) restart ??= end();
    return "pass";
  });
  let events = 0;
  const onEvent = (): void => {
    if (++events === moment.event) restart ??= end();
  };
  const run = await runDisturbed(proxied.url, action, onEvent);
  await restart;
  const how = await expectGoodEnd(database, action, run, gander.main);
  return restart === undefined ? "ended before it" : how;
}

describe.each(ownServers())(
  `the server is stopped and started again, PostgreSQL $major, GANDER_TEST_SEED=${seed}`,
  (own) => {
    let crashing: CrashingServer;
    beforeAll(async () => {
      crashing = await startCrashingServer(own.major);
    });
    afterAll(() => crashing[Symbol.asyncDispose]());

    test.each(ACTIONS)("during %s: the run goes on, or tells the truth", { timeout: 900_000 }, async (action) => {
      await using prepared = await prepareDatabases(crashing.server, action);
      const moments = await chooseMoments(prepared, action);
      // One at a time: they have one server.
      const act = async (moment: Moment) => {
        await using database = await prepared.create();
        return `${moment.ending}: ${await endOnce(crashing, database, action, moment)}`;
      };
      await atAll(`server stopped, ${action}`, moments, act, 1);
    });
  },
);
