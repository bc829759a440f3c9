import { errorJson } from "../report/error-json.ts";
import { jsonDocument } from "../report/json-document.ts";
import { renderError } from "../report/render-error.ts";
import type { Terminal } from "./terminal.ts";

/** Tells about an error: on stderr for people, or as the one document on stdout. */
export function reportError(
  error: unknown,
  terminal: Terminal,
  { json, verbose }: { readonly json: boolean; readonly verbose: boolean },
): void {
  if (json) terminal.out.write(`${jsonDocument({ error: errorJson(error) })}\n`);
  else terminal.log.write(`${renderError(error, verbose, terminal.log.view)}\n`);
}
