import { Client } from "pg";
import type { TestProject } from "vitest/node";
import type { TestServer } from "./server-list.ts";
import { startServer, type RunningServer } from "./server.ts";

/**
 * Starts the servers of a test run and returns what stops them. `GANDER_TEST_PG` picks the majors (15,18);
 * `TEST_DATABASE_URL` names a server to use instead.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["TEST_DATABASE_URL"];
  if (url !== undefined && url !== "") {
    project.provide("servers", [await describeServer(url)]);
    return async () => {};
  }
  const started = await startAll(parseMajors(process.env["GANDER_TEST_PG"] ?? "15,18"));
  project.provide("servers", started.map(asTestServer));
  return async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
}

function parseMajors(list: string): readonly number[] {
  const majors = list.split(",").map((text) => Number(text.trim()));
  const wrong = majors.find((major) => !Number.isInteger(major) || major < 13 || major > 18);
  if (wrong !== undefined) throw new Error(`GANDER_TEST_PG=${list}: it takes majors from 13 to 18, such as 15,18`);
  return [...new Set(majors)].sort((a, b) => a - b);
}

async function startAll(majors: readonly number[]): Promise<readonly RunningServer[]> {
  const starts = await Promise.allSettled(majors.map((major) => startServer(major)));
  const failure = starts.find((start) => start.status === "rejected");
  const started = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  if (failure !== undefined) {
    await Promise.all(started.map((server) => server.stop()));
    throw failure.reason;
  }
  return started;
}

function asTestServer({ major, port, socketFolder }: RunningServer): TestServer {
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return { major, url, host: "127.0.0.1", port, socketFolder, ours: true };
}

async function describeServer(url: string): Promise<TestServer> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
  await client.end();
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  return { major, url, host: client.host, port: client.port, socketFolder: undefined, ours: false };
}
