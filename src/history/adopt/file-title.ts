/** What a file's name says beside its number: `20240101_add_users.up.sql` is about `add_users`. */
export function titleOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/\.(sql|js|cjs|mjs|ts|cts|mts|rb|py|go|java|class)$/i, "").replace(/^[Vv]?\d[\d.]*[-_ ]*/, "");
}
