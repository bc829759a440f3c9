import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { startProxy, type ProxyOptions } from "./proxy.ts";
import { newestServer } from "./server-list.ts";

async function connectThrough(options: Omit<ProxyOptions, "port"> = {}) {
  const server = newestServer();
  const proxy = await startProxy({ ...options, host: server.host, port: server.port });
  const url = new URL(server.url);
  url.host = `${proxy.host}:${proxy.port}`;
  const client = new Client(url.href);
  client.on("error", () => {});
  await client.connect();
  proxy.reset();
  return { client, proxy };
}

describe("a proxy", () => {
  test("counts round trips and bytes", async () => {
    const { client, proxy } = await connectThrough();
    await client.query("SELECT 1");
    await client.query("SELECT 1; SELECT 2; SELECT 3");
    const traffic = proxy.traffic();
    await client.end();
    await proxy.close();
    expect(traffic).toMatchObject({ connections: 0, roundTrips: 2 });
    expect(traffic.bytesToServer).toBe("Q....SELECT 1.".length + "Q....SELECT 1; SELECT 2; SELECT 3.".length);
    expect(traffic.bytesToClient).toBeGreaterThan(traffic.bytesToServer);
  });

  test("delays, in order", async () => {
    const { client, proxy } = await connectThrough({ latency: 40 });
    const began = performance.now();
    const { rows } = await client.query("SELECT g FROM generate_series(1, 20000) g");
    const took = performance.now() - began;
    await client.end();
    await proxy.close();
    expect(rows.map((row: { g: number }) => row.g)).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
    expect(took).toBeGreaterThan(35);
  });

  test("cuts", async () => {
    const { client, proxy } = await connectThrough();
    const query = client.query("SELECT pg_sleep(60)");
    proxy.cut();
    await expect(query).rejects.toThrow();
    await proxy.close();
  });

  test("cuts before a message of choice arrives", async () => {
    const { client, proxy } = await connectThrough({
      inspect: (direction, chunk) => (direction === "to-server" && chunk.includes("CREATE") ? "cut" : "pass"),
    });
    await client.query("SELECT 1");
    await expect(client.query("CREATE TABLE lost ()")).rejects.toThrow();
    await proxy.close();
  });
});
