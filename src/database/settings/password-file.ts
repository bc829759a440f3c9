import { readFileSync, statSync } from "node:fs";

/** What a password is looked up by. */
export interface PasswordKey {
  /** A name, an address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** What a password file says. */
export interface PasswordLookup {
  readonly password?: string;
  /** Where it was found, or why the file was not read; for a hint when the server refuses us. */
  readonly note?: string;
}

/** Looks a password up in a file of lines `host:port:database:user:password`, as libpq does: the first line that fits counts. */
export function readPasswordFile(path: string, key: PasswordKey): PasswordLookup {
  let text: string;
  try {
    const { mode } = statSync(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      return { note: `${path} was ignored, because others may read it. Run:  chmod 600 ${path}` };
    }
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [host, port, database, user, password] = splitFields(line);
    if (password === undefined) continue;
    const fits = [
      hostFits(host, key.host),
      fieldFits(port, `${key.port}`),
      fieldFits(database, key.database),
      fieldFits(user, key.user),
    ];
    if (fits.every(Boolean)) return { password, note: `The password came from ${path}, line ${index + 1}.` };
  }
  return {};
}

/** Five fields; a backslash takes the next character as it is, and the password may have more colons in it. */
function splitFields(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  for (let at = 0; at < line.length; at++) {
    if (line[at] === ":" && fields.length < 4) {
      fields.push(field);
      field = "";
    } else {
      if (line[at] === "\\" && at + 1 < line.length) at++;
      field += line[at];
    }
  }
  return [...fields, field];
}

function hostFits(field: string | undefined, host: string): boolean {
  return fieldFits(field, host) || (field === "localhost" && host.startsWith("/"));
}

function fieldFits(field: string | undefined, value: string): boolean {
  return field === "*" || field === value;
}
