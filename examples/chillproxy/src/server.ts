import { once } from "node:events";
import { createMigrator, migrateOnStart } from "pg-gander";
import { createApp } from "./app.ts";
import { checkEndpoints } from "./check-endpoints.ts";
import { print, printEvent } from "./print-event.ts";
import { printFailure } from "./print-failure.ts";
import { readSettings } from "./settings.ts";

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());
process.once("SIGTERM", () => stopping.abort());

/** Brings the database to the newest version, then serves until it is told to stop. */
async function main(isCheck: boolean): Promise<void> {
  const settings = readSettings(isCheck ? { ...process.env, PORT: "0" } : process.env);
  const options = {
    database: settings.databaseUrl,
    migrations: settings.migrations,
    applicationName: "chillproxy",
    signal: stopping.signal,
  };

  const { steps, durationMs } = await migrateOnStart({ ...options, onEvent: printEvent });
  print("database", steps.length === 0 ? "0 to do" : `${steps.length} applied in ${Math.round(durationMs)} ms`);

  await using migrator = createMigrator(options);
  const app = createApp(migrator);
  const address = await app.listen({ host: settings.host, port: settings.port });
  print("serving", `version ${await migrator.version()} at ${address} (/livez /readyz /migrations)`);

  if (isCheck) process.exitCode = (await checkEndpoints(address)) ? 0 : 1;
  else if (!stopping.signal.aborted) await once(stopping.signal, "abort");
  await app.close();
}

main(process.argv.includes("--check")).catch((error: unknown) => {
  printFailure(error);
  process.exitCode = 1;
});
