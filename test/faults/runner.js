// One server of a herd: migrates and says what it did. Its own process, so that it can be killed.
import { pathToFileURL } from "node:url";

const [library, database, migrations] = process.argv.slice(2);
const { migrateOnStart } = await import(pathToFileURL(library).href);
try {
  const { steps } = await migrateOnStart({
    database,
    migrations,
    onEvent: ({ type }) => process.send?.(type),
  });
  console.log(JSON.stringify(steps.map(({ version }) => String(version))));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }));
  process.exitCode = 1;
}
process.disconnect?.();
