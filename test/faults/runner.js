// One server of a herd, or one that is killed: migrates and says what it did. Its own process, so that it can be killed.
import { once } from "node:events";
import { pathToFileURL } from "node:url";

const { library, database, migrations, action, gated } = JSON.parse(process.argv[2]);
const { createMigrator } = await import(pathToFileURL(library).href);
const tell = (message) => process.connected && process.send(message);

const migrator = createMigrator({ database, migrations, onEvent: ({ type }) => tell({ event: type }) });
try {
  if (gated) {
    // The driver is loaded when first needed; a herd begins when all have it.
    await import("pg");
    tell({ ready: true });
    await once(process, "message");
  }
  const { steps } = await (action === "reset" ? migrator.reset() : migrator.up());
  const at = performance.timeOrigin + performance.now();
  console.log(JSON.stringify({ steps: steps.map(({ version }) => String(version)), at }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }));
  process.exitCode = 1;
} finally {
  await migrator.close();
}
if (process.connected) process.disconnect();
