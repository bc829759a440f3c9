import { createMessageCounter, placesIn, type WirePlace } from "./message-counter.ts";
import { type Action, type Prepared, runScenario } from "./prepared.ts";
import { throughProxy } from "./through-proxy.ts";

/** Every message of a whole run, each way, over all its connections: after it and half way through it; and its events. */
export async function findPlaces(
  prepared: Prepared,
  action: Action,
): Promise<{ readonly places: readonly WirePlace[]; readonly events: number }> {
  await using database = await prepared.create();
  const counter = createMessageCounter();
  await using proxied = await throughProxy(database, (...chunk) => {
    counter.find(...chunk);
    return "pass";
  });
  let events = 0;
  await runScenario(proxied.url, action, () => events++);
  return { places: placesIn(counter.lengths()), events };
}
