import { quoteLiteral } from "../database/quote.ts";
import { fingerprintText } from "../files/fingerprint.ts";
import type { Migration } from "../files/migration.ts";
import { logEvent } from "../history/log-event.ts";
import { quoteTable } from "../history/table-name.ts";
import type { RunContext } from "./run-context.ts";
import { recordLogged } from "./send-logged.ts";

/** Takes over the text of an applied file that has changed since, and logs it. */
export async function acceptText(context: RunContext, migration: Migration): Promise<void> {
  const { version, name, checksum, text } = migration;
  await recordLogged(context, [
    `UPDATE ${quoteTable(context.table)} SET checksum = ${quoteLiteral(checksum)}, name = ${quoteLiteral(name)},
  migration_text = ${quoteLiteral(text)}, text_fingerprint = ${fingerprintText(version, text)} WHERE version_id = ${version} AND NOT is_dirty`,
    logEvent(context.table, { event: "accepted", version, name, checksum }, context.writer),
  ]);
}
