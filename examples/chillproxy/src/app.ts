import fastify, { type FastifyInstance } from "fastify";
import type { Migrator, Status } from "pg-gander";

/** The HTTP side. The proxy itself is left out: what is here is what operators ask a server about its database. */
export function createApp(migrator: Migrator): FastifyInstance {
  const app = fastify();

  // The process answers; it says nothing of the database, so that a database that is away restarts nobody.
  app.get("/livez", () => ({ alive: true }));

  // Traffic may come: the database answers and has every migration that this image knows.
  app.get("/readyz", async (_request, reply) => {
    const lacking = await migrator.status().then(lackingVersions, () => undefined);
    if (lacking === undefined) return reply.code(503).send({ ready: false, reason: "the database does not answer" });
    if (lacking.length > 0)
      return reply.code(503).send({ ready: false, reason: "migrations are not applied", lacking });
    return { ready: true };
  });

  app.get("/migrations", async () => describe(await migrator.status()));

  return app;
}

function lackingVersions(status: Status): string[] {
  return status.versions
    .filter(({ migration, state }) => migration !== undefined && state !== "applied")
    .map(({ version }) => `${version}`);
}

// Versions are bigint, which JSON does not have: they go out as text.
function describe(status: Status) {
  return {
    table: status.table,
    version: `${status.version}`,
    pending: lackingVersions(status),
    migrations: status.versions.map(({ version, name, state, row }) => ({
      version: `${version}`,
      name,
      state,
      dirty: row?.dirty ?? false,
      timestamp: row?.timestamp.toISOString() ?? null,
    })),
  };
}
