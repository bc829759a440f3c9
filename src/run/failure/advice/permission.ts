import { quoteLiteral } from "../../../database/quote.ts";
import { type Ask, askIfPossible, type FailedStatement, quotedNames, refusedSql } from "./failed-statement.ts";
import { written, writtenIn } from "./names.ts";

/** 42501: who lacks which right, and the statement that gives it. */
export async function adviseOnPermission(failed: FailedStatement, ask: Ask): Promise<string> {
  const { message } = failed.fields;
  const [row] = await askIfPossible(ask, "SELECT current_user, pg_catalog.current_database()");
  const role = row?.[0] ?? undefined;
  const who: Who = {
    role: role === undefined ? "…" : written(role),
    named: role === undefined ? "" : ` ${written(role)}`,
  };
  const database = written(row?.[1] ?? "…");
  const denied = /^permission denied for ([a-z ]+?) "?([^"]+?)"?$/.exec(message);
  if (denied !== null) return adviseOnRight(denied[1] ?? "", denied[2] ?? "", who, failed, ask);
  const extension = message.startsWith("permission denied to create extension");
  if (extension) {
    const name = quotedNames(message)[0] ?? "";
    return `The role${who.named} may not create the extension. The administrator does it once, or gives the right, which is enough for trusted extensions:\n  CREATE EXTENSION IF NOT EXISTS ${written(name)};\n  GRANT CREATE ON DATABASE ${database} TO ${who.role};`;
  }
  const right = /^permission denied to create (database|role)/.exec(message)?.[1];
  if (right !== undefined) {
    const attribute = right === "database" ? "CREATEDB" : "CREATEROLE";
    return `The role${who.named} may not create a ${right}. The administrator can allow it:\n  ALTER ROLE ${who.role} ${attribute};`;
  }
  const owned = /^must be owner of ([a-z ]+?) "?([^"]+?)"?$/.exec(message);
  if (owned !== null) return adviseOnOwner(owned[1] ?? "", owned[2] ?? "", who, ask);
  const member =
    /^(?:must be (?:a )?member of role|must be able to SET ROLE|permission denied to set role) "(.+)"/.exec(message);
  if (member !== null) {
    const other = written(member[1] ?? "");
    return `The role${who.named} may not act as ${other}. The administrator can allow it:\n  GRANT ${other} TO ${who.role};`;
  }
  return `The role${who.named} lacks a right. The owner of the object or the administrator can GRANT it; or run migrations as another role: --role ROLE`;
}

interface Who {
  /** For SQL. */
  readonly role: string;
  /** For a sentence, with a blank before it; empty where it is not known. */
  readonly named: string;
}

async function adviseOnRight(kind: string, name: string, who: Who, failed: FailedStatement, ask: Ask): Promise<string> {
  switch (kind) {
    case "schema": {
      const rights = await missingInSchema(name, failed, ask);
      const since = name === "public" ? "\nSince PostgreSQL 15 not everybody may create in the schema public." : "";
      return `The role${who.named} may not do this in the schema ${name}. The schema's owner or the administrator can allow it:\n  GRANT ${rights} ON SCHEMA ${written(name)} TO ${who.role};${since}`;
    }
    case "database":
      return `The role${who.named} may not create schemas in the database ${name}. Its owner or the administrator can allow it:\n  GRANT CREATE ON DATABASE ${written(name)} TO ${who.role};`;
    case "tablespace":
      return `The administrator can allow it:\n  GRANT CREATE ON TABLESPACE ${written(name)} TO ${who.role};`;
    case "table":
    case "view":
    case "materialized view":
    case "sequence":
    case "relation": {
      const found = await ownerOf(name, ask);
      const object = found?.name ?? written(name);
      const owner = found === undefined ? "Its owner" : `Its owner ${found.owner}`;
      const right = kind === "sequence" ? "USAGE, SELECT" : rightFor(refusedSql(failed));
      return `The role${who.named} has no right to do this with the ${kind} ${object}. ${owner} can allow it:\n  GRANT ${right} ON ${kind === "sequence" ? "SEQUENCE " : ""}${object} TO ${who.role};`;
    }
    case "function":
    case "procedure":
      return `Its owner can allow the role${who.named} to call it:\n  GRANT EXECUTE ON ${kind.toUpperCase()} ${written(name)} TO ${who.role};`;
    case "type":
      return `Its owner can allow the role${who.named} to use it:\n  GRANT USAGE ON TYPE ${written(name)} TO ${who.role};`;
    default:
      return `The role${who.named} has no right to use the ${kind} ${name}. Its owner or the administrator can GRANT it.`;
  }
}

async function missingInSchema(name: string, { sql }: FailedStatement, ask: Ask): Promise<string> {
  const schema = quoteLiteral(name);
  const [row] = await askIfPossible(
    ask,
    `SELECT pg_catalog.has_schema_privilege(${schema}, 'USAGE'), pg_catalog.has_schema_privilege(${schema}, 'CREATE')`,
  );
  const creates = /\b(create|rename|set\s+schema)\b/i.test(sql ?? "create");
  const missing = [row?.[0] === "t" ? [] : "USAGE", row?.[1] === "t" || !creates ? [] : "CREATE"].flat();
  return missing.length === 0 ? "USAGE, CREATE" : missing.join(", ");
}

function rightFor(sql: string): string {
  if (/\breferences\b/i.test(sql)) return "REFERENCES";
  if (/^\s*create\b[^;]*\btrigger\b/i.test(sql)) return "TRIGGER";
  switch (/^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase()) {
    case "insert":
      return "INSERT, SELECT";
    case "update":
      return "UPDATE, SELECT";
    case "delete":
      return "DELETE, SELECT";
    case "truncate":
      return "TRUNCATE";
    default:
      return "SELECT";
  }
}

async function adviseOnOwner(kind: string, name: string, who: Who, ask: Ask): Promise<string> {
  const isRelation = /table|view|relation|sequence|index/.test(kind);
  const found = isRelation ? await ownerOf(name, ask) : undefined;
  const object = found?.name ?? name;
  const owner = found?.owner ?? "OWNER";
  const whose = found === undefined ? "" : `, ${owner}`;
  return [
    `Only the owner of the ${kind} ${object}${whose} may do this, and the connection's role${who.named} is not the owner. Run migrations as the owner (--role ${owner}), or make the role a member, or give it the ${kind}:`,
    `  GRANT ${owner} TO ${who.role};`,
    ...(isRelation
      ? [`  ALTER ${kind === "relation" ? "TABLE" : kind.toUpperCase()} ${object} OWNER TO ${who.role};`]
      : []),
  ].join("\n");
}

async function ownerOf(relation: string, ask: Ask): Promise<{ owner: string; name: string } | undefined> {
  const rows = await askIfPossible(
    ask,
    `SELECT pg_catalog.pg_get_userbyid(c.relowner), n.nspname, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = ${quoteLiteral(relation)} ORDER BY pg_catalog.pg_table_is_visible(c.oid) DESC LIMIT 2`,
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { owner: written(row[0] ?? ""), name: writtenIn(row[1], row[2] ?? "") };
}
