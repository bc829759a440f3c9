interface Migrations {
  readonly version: string;
  readonly pending: readonly string[];
  readonly migrations: readonly { readonly dirty: boolean; readonly timestamp: string | null }[];
}

/** Asks a server that runs for its own endpoints and prints what they say. True if all is well. */
export async function checkEndpoints(address: string): Promise<boolean> {
  const live = await ask(address, "/livez");
  const ready = await ask(address, "/readyz");
  const history = await ask(address, "/migrations", (body) => summary(body as Migrations));
  return live && ready && history;
}

async function ask(address: string, path: string, tell: (body: unknown) => string = JSON.stringify): Promise<boolean> {
  const response = await fetch(address + path);
  const body: unknown = await response.json();
  console.log(`GET ${path}  ${response.status}  ${response.ok ? tell(body) : JSON.stringify(body)}`);
  return response.ok;
}

function summary({ version, pending, migrations }: Migrations): string {
  const applied = migrations.filter(({ dirty, timestamp }) => timestamp !== null && !dirty).length;
  const dirty = migrations.filter((migration) => migration.dirty).length;
  return `version ${version}: ${applied} in the history, ${dirty} dirty, ${pending.length} pending`;
}
