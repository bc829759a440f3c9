import { quoteIdentifier, quoteLiteral } from "../../database/quote.ts";
import { doBlock } from "../do-block.ts";
import type { ToolTable } from "./tool.ts";

const RESULT = "gander.digest";

/**
 * The message that answers with one value over all rows of a table, whatever its columns; an empty text where there is no
 * such table, or it may not be read. It sees only `pg_catalog`, and settings that change how values are written are fixed.
 */
export function digestMessage({ schema, name }: Pick<ToolTable, "schema" | "name">): string {
  const body = `DECLARE digest text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  PERFORM set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true),
    set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true);
  EXECUTE ${quoteLiteral(`SELECT concat(count(*), ':', coalesce(sum(('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint), 0)) FROM ${quoteIdentifier(schema)}.${quoteIdentifier(name)} t`)} INTO digest;
  PERFORM set_config('${RESULT}', digest, true);
EXCEPTION WHEN OTHERS THEN
  PERFORM pg_catalog.set_config('${RESULT}', '', true);
END`;
  return `${doBlock(body)};\nSELECT pg_catalog.current_setting('${RESULT}')`;
}
