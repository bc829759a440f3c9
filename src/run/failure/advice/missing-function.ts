import { quoteLiteral } from "../../../database/quote.ts";
import { suggest } from "../../../files/suggest.ts";
import { createOrSkip } from "./bare-sql.ts";
import { createExtensionFor } from "./extensions.ts";
import { type Ask, askIfPossible, type FailedStatement, refusedSql } from "./failed-statement.ts";
import { listed, splitName, written } from "./names.ts";

/** Functions of other databases, and what PostgreSQL has instead. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  ifnull: "coalesce(…)",
  isnull: "coalesce(…), or … IS NULL",
  nvl: "coalesce(…)",
  getdate: "now()",
  sysdate: "now()",
  curdate: "current_date",
  utc_timestamp: "now()",
  unix_timestamp: "extract(epoch FROM …)",
  date_format: "to_char(…)",
  group_concat: "string_agg(…, ',')",
  last_insert_id: "INSERT … RETURNING",
  newid: "gen_random_uuid()",
  uuid: "gen_random_uuid()",
  datediff: "a subtraction of the two dates",
};

/** 42883: no function or operator takes these types. */
export async function adviseOnMissingFunction(failed: FailedStatement, ask: Ask): Promise<string> {
  const { fields } = failed;
  const operator = /^operator does not exist: (.+)$/.exec(fields.message)?.[1];
  if (operator !== undefined) {
    return `No operator compares or combines ${operator}: write a cast at one side (value::type), or create the extension that has the operator.`;
  }
  const called = /(?:function|procedure|aggregate) ([^\s(]+)\(/.exec(fields.message)?.[1]?.replaceAll('"', "");
  if (called === undefined)
    return "Check the function's name, its schema (search_path) and the types it is called with.";
  const { bare } = splitName(called);
  const rows = await askIfPossible(
    ask,
    `SELECT n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid),
      n.nspname = ANY (pg_catalog.current_schemas(true))
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proname = ${quoteLiteral(bare)} ORDER BY 1, 3 LIMIT 20`,
  );
  if (rows.length > 0) {
    const signatures = rows.map(([schema, name, types]) => `${written(schema ?? "")}.${written(name ?? "")}(${types})`);
    const hidden = rows.every(([, , , visible]) => visible !== "t");
    return hidden
      ? `It is not in the search_path, but there is ${listed(signatures)}: write the schema.`
      : `There is ${listed(signatures)}: cast the arguments to these types, or create a function for the others.`;
  }
  const extension = createExtensionFor(bare);
  if (extension !== undefined) {
    const builtIn =
      bare === "uuid_generate_v4" ? "\nor use gen_random_uuid(), which PostgreSQL has since version 13." : "";
    return `${bare} comes with an extension; create it in an earlier migration:\n  ${extension}${builtIn}`;
  }
  if (bare === "uuidv7")
    return "uuidv7() is built in since PostgreSQL 18; this server is older. Use gen_random_uuid().";
  const instead = FUNCTIONS[bare.toLowerCase()];
  if (instead !== undefined) return `PostgreSQL has no function ${bare}: write ${instead}.`;
  const near = suggest(bare, await ownFunctions(ask));
  return `There is no function ${written(bare)}.${near === undefined ? "" : ` Is ${written(near)} meant?`} ${createOrSkip(refusedSql(failed))}`;
}

async function ownFunctions(ask: Ask): Promise<readonly string[]> {
  const rows = await askIfPossible(
    ask,
    `SELECT DISTINCT p.proname FROM pg_catalog.pg_proc p WHERE p.prokind IN ('f', 'p') AND p.proname !~ '^_'
      AND pg_catalog.pg_function_is_visible(p.oid) LIMIT 5000`,
  );
  return rows.flatMap(([name]) => name ?? []);
}
