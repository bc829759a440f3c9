/** What is inside a document; versions are bigint and become text, because JSON's readers lose digits beyond 2^53. */
export type JsonValue = string | number | boolean | null | bigint | undefined | readonly JsonValue[] | JsonFields;

/** The fields of a document, or of an object in it. */
export interface JsonFields {
  readonly [key: string]: JsonValue;
}

/** One document of `--json`: the fields after the version of its form, which grows when a field changes its meaning. */
export function jsonDocument(fields: JsonFields): string {
  const document = { schemaVersion: 1, ...fields };
  return JSON.stringify(document, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2);
}
