/** SQL text literal for a string, right under any `standard_conforming_strings`. */
export function quoteLiteral(value: string): string {
  const doubled = value.replaceAll("'", "''");
  return doubled.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/** SQL text literal for a string, or NULL. */
export function quoteNullable(value: string | undefined): string {
  return value === undefined ? "NULL" : quoteLiteral(value);
}

/** SQL identifier for a name, always quoted. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A dollar-quoted string whose tag does not occur in the text. */
export function quoteDollar(text: string): string {
  let tag = "$gander$";
  for (let n = 1; text.includes(tag); n++) tag = `$gander${n}$`;
  return `${tag}${text}${tag}`;
}
