import { expect } from "vitest";
import { createMigrator, type EventListener, GanderError, type RunResult } from "../../src/index.ts";
import { createDatabase, type TestDatabase } from "../support/create-database.ts";
import type { TestServer } from "../support/server-list.ts";
import { getOut, seatPerson } from "./command-line.ts";
import { BEFORE, writeScenario } from "./scenario.ts";
import { expectEnd, expectTruth, loggedVersions } from "./truth.ts";

/** Which way a run of the scenario goes, as the command is called. */
export type Action = "up" | "reset";

export const ACTIONS: readonly Action[] = ["up", "reset"];

/** The files of the scenario; one folder for all tests of a file. */
export const scenarioFiles = writeScenario();

export function directionOf(action: Action): "up" | "down" {
  return action === "up" ? "up" : "down";
}

/** Runs the scenario here, to its end. */
export async function runScenario(url: string, action: Action, onEvent?: EventListener): Promise<RunResult> {
  await using migrator = createMigrator({ database: url, migrations: scenarioFiles, ...(onEvent && { onEvent }) });
  return action === "up" ? await migrator.up() : await migrator.reset();
}

/** A run of the scenario that something happens to: what came of it, and whether it had got as far as the history. */
export async function runDisturbed(
  url: string,
  action: Action,
  onEvent: EventListener = () => undefined,
): Promise<{ readonly outcome: RunResult | Error; readonly began: boolean }> {
  let began = false;
  const listen: EventListener = (event) => {
    began ||= event.type === "checked";
    onEvent(event);
  };
  const outcome = await runScenario(url, action, listen).catch((error: Error) => error);
  return { outcome, began };
}

/**
 * What a run that something happened to must have come to: it went on by itself, and tells what the history has; or it
 * stopped with the truth, and the printed commands lead to the end. It may give up only where it had not begun, or over a
 * statement of which nobody can tell whether it happened. Says which it was.
 */
export async function expectGoodEnd(
  database: TestDatabase,
  action: Action,
  { outcome, began }: Awaited<ReturnType<typeof runDisturbed>>,
  main: string,
): Promise<string> {
  const direction = directionOf(action);
  await expectTruth(database, direction);
  if (!(outcome instanceof Error)) {
    expect(outcome.steps.map(({ version }) => version)).toEqual(await loggedVersions(database, direction));
    await expectEnd(database, direction);
    return "went on";
  }
  if (!(outcome instanceof GanderError)) throw outcome;
  const codes = began ? ["GANDER_HISTORY_DIRTY"] : ["GANDER_CONNECTION", "GANDER_CONNECTION_LOST"];
  expect(codes, `${outcome.stack}`).toContain(outcome.code);
  const typed = await getOut(seatPerson(main, scenarioFiles, database.url), `gander ${action}`);
  await expectEnd(database, direction);
  return `${outcome.code}: ${typed.join("; ")}`;
}

/** Databases at the start of a run of the scenario: one is made the long way, the others are copies of it. */
export interface Prepared extends AsyncDisposable {
  create(): Promise<TestDatabase>;
}

export async function prepareDatabases(server: TestServer, action: Action): Promise<Prepared> {
  const template = await createDatabase(server);
  await template.query(BEFORE);
  if (action === "reset") await runScenario(template.url, "up");
  await template.leave();
  return { create: () => createDatabase(server, template.name), [Symbol.asyncDispose]: () => template.drop() };
}
