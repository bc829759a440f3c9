/** What a folder's entry is to gander, by its name alone. */
export type FileClass =
  | { readonly kind: "migration" }
  /** Plainly something else. */
  | { readonly kind: "ignored" }
  /** It looks like a migration, and will not run. */
  | {
      readonly kind: "unusable";
      readonly reason: "go-migration" | "script" | "extension";
      readonly message: string;
      readonly hint: string;
    };

/** Classifies an entry of a migrations folder, or a file of a bundle. */
export function classifyFile(name: string): FileClass {
  if (name.startsWith(".")) return { kind: "ignored" };
  if (name.endsWith(".sql")) return { kind: "migration" };
  if (name.toLowerCase().endsWith(".sql")) {
    return {
      kind: "unusable",
      reason: "extension",
      message: `it is not read: only files whose name ends in .sql, in small letters, are migrations`,
      hint: `rename it to ${name.slice(0, -4)}.sql if it is one`,
    };
  }
  if (!/^\+?[0-9]+_/.test(name)) return { kind: "ignored" };
  if (name.endsWith(".go") && !name.endsWith("_test.go")) {
    return {
      kind: "unusable",
      reason: "go-migration",
      message: "it is a migration in Go, which gander cannot run",
      hint: "write it as SQL under the same version, or leave it where goose has applied it already",
    };
  }
  if (/\.[cm]?[jt]s$/.test(name) && !/\.(d|test|spec)\.[cm]?ts$/.test(name)) {
    return {
      kind: "unusable",
      reason: "script",
      message: "it is a migration in JavaScript or TypeScript, which gander cannot run",
      hint: "write it as SQL under the same version, or move it out of the folder",
    };
  }
  return { kind: "ignored" };
}
