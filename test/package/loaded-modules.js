// Imports the module named as the first argument and prints the address of every module that this brings into the process.
import { register } from "node:module";
import { pathToFileURL } from "node:url";

const hooks = `
import { writeSync } from "node:fs";
export async function load(url, context, next) {
  writeSync(1, url + "\\n");
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await import(pathToFileURL(process.argv[2]).href);
