import { type Ask, type FailedStatement, quotedNames, written } from "./failed-statement.ts";

const KINDS =
  /permission denied for (?<kind>[a-z ]+?) (?<name>\S+)$|must be (?:owner|a member) of (?:(?<owned>[a-z ]+?) )?(?<object>\S+)$/;

/** 42501: who lacks which right, and the statement that gives it. */
export async function adviseOnPermission({ fields }: FailedStatement, ask: Ask): Promise<string> {
  const [row] = await ask("SELECT current_user");
  const role = written(row?.[0] ?? "the role");
  const found = KINDS.exec(fields.message)?.groups;
  const name = found?.["name"] ?? quotedNames(fields.message)[0];
  switch (found?.["kind"]) {
    case "schema":
      return `The role ${role} may not do this in schema ${name}. Its owner, or a superuser, can allow it:\n  GRANT USAGE, CREATE ON SCHEMA ${name} TO ${role};${
        name === "public" ? "\n(Since PostgreSQL 15 not everybody may create in public.)" : ""
      }`;
    case "table":
    case "view":
    case "sequence":
      return `The role ${role} has no right to do this with ${found["kind"]} ${name}. Its owner can grant it, for instance:\n  GRANT ALL ON ${name} TO ${role};`;
    case "database":
      return `The role ${role} may not create schemas or extensions in database ${name}:\n  GRANT CREATE ON DATABASE ${name} TO ${role};`;
    default: {
      const object = found?.["object"];
      if (object === undefined)
        return `The role ${role} lacks a right. Let its owner grant it, or run migrations as another role (--role).`;
      return `Only the owner may do this, and the connection's role is ${role}. Either make it a member of the owner (GRANT owner TO ${role};), change the owner of ${object}, or run migrations as the owner (--role).`;
    }
  }
}
