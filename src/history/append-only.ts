import { createHash } from "node:crypto";
import { quoteDollar, quoteIdentifier, quoteLiteral } from "../database/quote.ts";
import { doBlock } from "./do-block.ts";
import type { HistoryTable } from "./history.ts";
import { quoteLogTable } from "./table-name.ts";

/*
 * Nothing of the log is changed or removed by accident, or by a role that default privileges gave a right to. Its owner
 * can get round that; then its hashes tell.
 */

/** Has the server refuse to change or remove a row of the log. */
export function refuseChanges(table: HistoryTable): readonly string[] {
  const log = quoteLogTable(table);
  const refuse = `${quoteIdentifier(table.schema)}.${quoteIdentifier(refusalName(table))}`;
  const body = `BEGIN
  RAISE EXCEPTION '%.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
    USING ERRCODE = '42501', HINT = 'It is the record of what was done to the schema, by whom and when. Rows are only ever added to it.';
END`;
  return [
    `CREATE OR REPLACE FUNCTION ${refuse}() RETURNS trigger LANGUAGE plpgsql AS ${quoteDollar(` ${body} `)}`,
    `CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ${log} FOR EACH ROW EXECUTE FUNCTION ${refuse}()`,
    `CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ${log} FOR EACH STATEMENT EXECUTE FUNCTION ${refuse}()`,
  ];
}

/** PostgreSQL cuts longer names off, and two of them could become one. */
const LONGEST = 63;

function refusalName({ name }: HistoryTable): string {
  const own = `${name}_log_refuse`;
  if (Buffer.byteLength(own) <= LONGEST) return own;
  return `gander_${createHash("sha256").update(name).digest("hex").slice(0, 32)}_log_refuse`;
}

/** Takes rights on the log from all but its owner. */
export function revokeFromOthers(table: HistoryTable, rights: "ALL" | "UPDATE, DELETE, TRUNCATE"): string {
  const log = quoteLogTable(table);
  return doBlock(`DECLARE other text;
BEGIN
  REVOKE ${rights} ON ${log} FROM PUBLIC CASCADE;
  FOR other IN SELECT DISTINCT pg_catalog.pg_get_userbyid(a.grantee)
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
    WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(log)})
      AND a.grantee OPERATOR(pg_catalog.<>) 0 AND a.grantee OPERATOR(pg_catalog.<>) c.relowner
  LOOP
    EXECUTE pg_catalog.format(${quoteLiteral(`REVOKE ${rights} ON ${log.replaceAll("%", "%%")} FROM %I CASCADE`)}, other);
  END LOOP;
END`);
}
