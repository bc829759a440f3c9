import { readFile } from "node:fs/promises";

/** The version of this package. */
export async function readPackageVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const content: unknown = JSON.parse(text);
  const version = typeof content === "object" && content !== null && "version" in content ? content.version : undefined;
  return String(version);
}
