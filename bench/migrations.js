const topics = ["account", "store", "stream", "torrent", "session"];

/** Nine migrations about one topic: tables, columns, indexes, checks, functions, triggers, views, types and rows; 13 statements. */
function topicMigrations(t) {
  return [
    {
      name: `create_${t}`,
      up: [
        `CREATE TABLE ${t} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  name text NOT NULL,\n  created_at timestamptz NOT NULL DEFAULT now()\n)`,
      ],
      down: [`DROP TABLE ${t}`],
    },
    {
      name: `${t}_add_size`,
      up: [`ALTER TABLE ${t} ADD COLUMN size integer NOT NULL DEFAULT 0`],
      down: [`ALTER TABLE ${t} DROP COLUMN size`],
    },
    {
      name: `${t}_index_name`,
      up: [`CREATE INDEX ${t}_name_idx ON ${t} (lower(name))`],
      down: [`DROP INDEX ${t}_name_idx`],
    },
    {
      name: `${t}_check_size`,
      up: [`ALTER TABLE ${t} ADD CONSTRAINT ${t}_size_check CHECK (size >= 0)`],
      down: [`ALTER TABLE ${t} DROP CONSTRAINT ${t}_size_check`],
    },
    {
      name: `${t}_touch`,
      up: [
        `CREATE FUNCTION ${t}_touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.name := trim(NEW.name);\n  RETURN NEW;\nEND\n$$`,
        `CREATE TRIGGER ${t}_touch BEFORE INSERT OR UPDATE ON ${t} FOR EACH ROW EXECUTE FUNCTION ${t}_touch()`,
      ],
      down: [`DROP TRIGGER ${t}_touch ON ${t}`, `DROP FUNCTION ${t}_touch()`],
    },
    {
      name: `${t}_large_view`,
      up: [`CREATE VIEW ${t}_large AS SELECT id, name, size FROM ${t} WHERE size > 100`],
      down: [`DROP VIEW ${t}_large`],
    },
    {
      name: `create_${t}_event`,
      up: [
        `CREATE TABLE ${t}_event (\n  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n  ${t}_id bigint NOT NULL REFERENCES ${t} (id) ON DELETE CASCADE,\n  note text\n)`,
        `CREATE INDEX ${t}_event_${t}_id_idx ON ${t}_event (${t}_id) WHERE note IS NOT NULL`,
      ],
      down: [`DROP TABLE ${t}_event`],
    },
    {
      name: `${t}_first_rows`,
      up: [
        `INSERT INTO ${t} (name, size) SELECT 'it''s number ' || i, i FROM generate_series(1, 20) AS i`,
        `UPDATE ${t} SET size = size * 2 WHERE size > 10`,
      ],
      down: [`DELETE FROM ${t}`],
    },
    {
      name: `${t}_status`,
      up: [
        `CREATE TYPE ${t}_status AS ENUM ('new', 'active', 'closed')`,
        `ALTER TABLE ${t} ADD COLUMN status ${t}_status NOT NULL DEFAULT 'new'`,
      ],
      down: [`ALTER TABLE ${t} DROP COLUMN status`, `DROP TYPE ${t}_status`],
    },
  ];
}

const mixed = topics.flatMap(topicMigrations);

/** How many different migrations there are; what goes beyond is one row each. */
export const mixedCount = mixed.length;

/**
 * The first `count` migrations of the one source that every tool's files are made from: versions of 14 digits, statements
 * without their semicolon.
 */
export function createMigrations(count) {
  return Array.from({ length: count }, (_, index) => {
    const name = `${mixed[index % mixed.length].name}${index < mixed.length ? "" : `_${index}`}`;
    const row = `INSERT INTO ${topics[0]} (name, size) VALUES ('row ${index}', ${index})`;
    const body =
      index < mixed.length ? mixed[index] : { up: [row], down: [`DELETE FROM ${topics[0]} WHERE size = ${index}`] };
    const minute = new Date(Date.UTC(2025, 0, 1) + index * 60_000);
    const version = minute.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
    return { version, name, up: body.up, down: body.down, time: minute.getTime() };
  });
}

/** A query that is true in a database where the first `count` migrations, and no others, have been applied once each. */
export function appliedQuery(count) {
  const whole = Math.floor(Math.min(count, mixedCount) / 9);
  const rows = whole * 20 + Math.max(0, count - mixedCount);
  const rowCount = topics
    .slice(0, whole)
    .map((t) => `(SELECT count(*) FROM ${t})`)
    .join(" + ");
  return `SELECT ${rowCount} = ${rows} AND (SELECT count(*) FROM pg_type WHERE typtype = 'e') = ${whole} AS applied`;
}

/** Statements as the text of a script. */
export function script(statements) {
  return statements.map((statement) => `${statement};\n`).join("");
}
