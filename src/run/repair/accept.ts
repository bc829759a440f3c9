import { quoteLiteral } from "../../database/quote.ts";
import { UsageError } from "../../errors.ts";
import { fingerprintText } from "../../files/fingerprint.ts";
import type { Migration } from "../../files/migration.ts";
import { logEvent } from "../../history/log-event.ts";
import { quoteTable } from "../../history/table-name.ts";
import { checkLayout, checkState, checkWritable } from "../session/check-state.ts";
import { prepareOrStop } from "../session/prepare-history.ts";
import type { RunContext } from "../session/run-context.ts";
import { takeRunLock } from "../lock/run-lock.ts";
import { recordLogged } from "../step/send-logged.ts";
import type { RunSettings, Session } from "../session/session.ts";
import { release } from "../up.ts";

/** Takes over the text of an applied file that has changed since, and logs it. @throws UsageError where there is no such one */
export async function runAccept(settings: RunSettings, { context, source }: Session, version: bigint): Promise<void> {
  const { state } = await takeRunLock(context, settings.tableName, "rows", () => false);
  try {
    const current = checkState(state, settings.tableName);
    checkLayout(current);
    checkWritable(current);
    const migration = source.files().migrations.find((file) => file.version === version);
    const row = current.rows?.find((one) => one.version === version && !one.dirty);
    if (migration === undefined || row === undefined) {
      throw new UsageError(`version ${version} ${migration === undefined ? "has no file" : "is not applied"}`, {
        hint: "gander status lists the versions.",
      });
    }
    await prepareOrStop(context, current);
    await acceptText(context, migration);
  } finally {
    await release(context);
  }
}

async function acceptText(context: RunContext, migration: Migration): Promise<void> {
  const { version, name, checksum, text } = migration;
  await recordLogged(context, [
    `UPDATE ${quoteTable(context.table)} SET checksum = ${quoteLiteral(checksum)}, name = ${quoteLiteral(name)},
  migration_text = ${quoteLiteral(text)}, text_fingerprint = ${fingerprintText(version, text)} WHERE version_id = ${version} AND NOT is_dirty`,
    logEvent(context.table, { event: "accepted", version, name, checksum }, context.writer),
  ]);
}
