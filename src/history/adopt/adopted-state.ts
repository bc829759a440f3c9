import { quoteLiteral } from "../../database/quote.ts";
import { doBlock } from "../do-block.ts";
import type { HistoryTable } from "../history.ts";
import { quoteLogTable } from "../table-name.ts";

const RESULT = "gander.adopted";

/** The message that answers with the state in which another tool's table was taken over last; an empty text for none. */
export function adoptedStateMessage(table: HistoryTable): string {
  const query = `SELECT note FROM ${quoteLogTable(table)} WHERE event = 'adopted' AND version_id IS NULL AND note LIKE '{%' ORDER BY id DESC LIMIT 1`;
  return `${doBlock(`DECLARE state text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  EXECUTE ${quoteLiteral(query)} INTO state;
  PERFORM set_config('${RESULT}', coalesce(state, ''), true);
EXCEPTION WHEN OTHERS THEN
  PERFORM pg_catalog.set_config('${RESULT}', '', true);
END`)};\nSELECT pg_catalog.current_setting('${RESULT}')`;
}
