import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildImage, type Image } from "./image.ts";
import { runServer } from "./run-server.ts";

let image: Image;

beforeAll(() => {
  image = buildImage();
});

afterAll(() => image[Symbol.dispose]());

test("without a server: the check applies 45 to an embedded database, then finds nothing to do", async () => {
  await using first = runServer(image, {}, ["--check"]);
  expect(await first.exitCode, first.output()).toBe(0);
  expect(first.output()).toMatch(/history +not found/);
  expect(first.output()).toMatch(/applying +45\/45 20251220120000_drop_legacy_torbox_pool_keys\.sql/);
  expect(first.output()).toMatch(/database +45 applied/);
  expect(first.output()).toMatch(
    /GET \/migrations +200 +version 20251220120000: 45 in the history, 0 dirty, 0 pending/,
  );

  await using second = runServer(image, {}, ["--check"]);
  expect(await second.exitCode, second.output()).toBe(0);
  expect(second.output()).toMatch(/history +found/);
  expect(second.output()).toMatch(/database +0 to do/);
  expect(second.output()).not.toMatch(/applying/);
});

test("a port that is taken is named", async () => {
  const other = createServer().listen(0, "localhost");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  await using process = runServer(image, { PORT: `${port}` });
  expect(await process.exitCode).toBe(1);
  expect(process.output()).toContain(`Port ${port} is taken`);
  other.close();
});

test("a port that is none is named before anything is done", async () => {
  await using process = runServer(image, { PORT: "http" });
  expect(await process.exitCode).toBe(1);
  expect(process.output().trim()).toBe("PORT=http is no port; it takes a number from 0 to 65535.");
});

test("a database that is away is said with its address, never with its password", async () => {
  await using process = runServer(image, { DATABASE_URL: "postgres://app:secret@127.0.0.1:1/app" });
  expect(await process.exitCode).toBe(1);
  expect(process.output()).toContain("127.0.0.1:1");
  expect(process.output()).not.toContain("secret");
});
