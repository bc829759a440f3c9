import { quoteLiteral } from "../../../database/quote.ts";
import { type Ask, askIfPossible, type FailedStatement } from "./failed-statement.ts";
import { splitName, written, writtenIn } from "./names.ts";

/** 2BP01: something depends on what is dropped; the server's detail names it, or else the catalog. */
export async function adviseOnDependents({ fields }: FailedStatement, ask: Ask): Promise<string> {
  const lines = (fields.detail ?? "").split("\n").filter((line) => line.trim() !== "");
  const role = /^role "?(.+?)"? cannot be dropped/.exec(fields.message)?.[1];
  if (role !== undefined) {
    return [
      `The role ${written(role)} owns something or has rights:`,
      ...lines.map((line) => `  ${line}`),
      "Give what it owns to another role, and take its rights away, in each database:",
      `  REASSIGN OWNED BY ${written(role)} TO …;`,
      `  DROP OWNED BY ${written(role)};`,
    ].join("\n");
  }
  const dependents = lines.length > 0 ? lines : await dependentsOf(fields.message, ask);
  const drops = [...new Set(dependents.map((line) => dropOf(line.split(" depends on ")[0] ?? "")))];
  const known = drops.filter((sql) => sql !== undefined);
  return [
    dependents.length === 0 ? "Other objects depend on what is dropped." : "Something depends on what is dropped:",
    ...dependents.map((line) => `  ${line}`),
    known.length === 0 ? "Drop or change that first." : "Drop or change that first, for instance:",
    ...known.map((sql) => `  ${sql}`),
    "DROP … CASCADE would drop all of it too, also what other people have made since.",
  ].join("\n");
}

const KINDS = "view|materialized view|table|foreign table|sequence|index|function|procedure|aggregate|type|schema";
const OBJECT = new RegExp(`^(${KINDS}) (.+)$`);

/** The statement that removes what the server describes; undefined where there is none that fits always. */
function dropOf(object: string): string | undefined {
  const part = /^(constraint|trigger|policy|rule) (.+) on (?:[a-z ]*?)(?:table|view) (.+)$/.exec(object);
  if (part !== null) {
    const [, kind = "", name = "", table = ""] = part;
    return kind === "constraint"
      ? `ALTER TABLE ${table} DROP CONSTRAINT ${written(name)};`
      : `DROP ${kind.toUpperCase()} ${written(name)} ON ${table};`;
  }
  const column = /^(default value for )?column (.+) of (?:foreign )?table (.+)$/.exec(object);
  if (column !== null) {
    const [, isDefault, name = "", table = ""] = column;
    return `ALTER TABLE ${table} ALTER COLUMN ${written(name)} ${isDefault === undefined ? "TYPE …" : "DROP DEFAULT"};`;
  }
  const whole = OBJECT.exec(object);
  return whole === null ? undefined : `DROP ${(whole[1] ?? "").toUpperCase()} ${whole[2]};`;
}

async function dependentsOf(message: string, ask: Ask): Promise<readonly string[]> {
  const name = /^cannot drop (?:[a-z]+ )+?(\S+) because/.exec(message)?.[1];
  if (name === undefined) return [];
  const { schema, bare } = splitName(name.replaceAll('"', ""));
  const relation = quoteLiteral(writtenIn(schema, bare));
  const rows = await askIfPossible(
    ask,
    `SELECT DISTINCT CASE WHEN r.oid IS NULL THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
      ELSE pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, r.ev_class, 0) END
    FROM pg_catalog.pg_depend d
    LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = pg_catalog.to_regclass(${relation})
      AND d.deptype = 'n' AND d.objid <> d.refobjid ORDER BY 1 LIMIT 20`,
  );
  return rows.flatMap(([object]) => object ?? []);
}
