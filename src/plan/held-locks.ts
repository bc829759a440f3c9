import type { Migration, Place } from "../files/migration.ts";
import type { ObjectName } from "../files/object-name.ts";
import { type TableUse, tableUse } from "../files/table-locks.ts";
import type { PlanStep, PlanWarning } from "./plan.ts";

/** Statements of other kinds lock no table strongly and make none, and need not be read for it. */
const MAY_LOCK =
  /^\s*(?:--|\/\*|alter\s+(?:foreign\s+)?table|drop\s+(?:table|foreign|trigger|policy|rule)|truncate|lock|refresh|reindex|cluster|create\s+(?:or\s+replace\s+|global\s+|local\s+|temp\w*\s+|unlogged\s+)*(?:table|foreign|unique|index|constraint|trigger|policy|materialized))\b/i;
/** The names stand at the beginning, and a start is not to read long statements twice. */
const LONGEST_HEAD = 500;

/**
 * Warns of transactional migrations that lock one table and then wait for another: whoever uses the first one waits as long.
 * Tables that the plan itself makes are nobody's yet.
 */
export function warnOfHeldLocks(steps: readonly PlanStep[]): readonly PlanWarning[] {
  const made: ObjectName[] = [];
  return steps.flatMap(({ migration, direction }) => {
    const uses = tableUses(migration, direction);
    made.push(...uses.flatMap(({ creates }) => creates));
    const [first, ...others] = migration.transaction ? lockedTables(uses, made) : [];
    const [second] = others;
    if (first === undefined || second === undefined) return [];
    const names = others.map(({ object }) => nameOf(object)).join(", ");
    return [
      {
        kind: "held-locks",
        version: migration.version,
        message: `${migration.path}:${second.place.line}: ${nameOf(first.object)} (line ${first.place.line}) stays locked while the migration waits for ${names}: whoever uses it waits, too. A migration for each table would hold one lock at a time.`,
      },
    ];
  });
}

interface PlacedUse extends TableUse {
  readonly place: Place;
}

function tableUses(migration: Migration, direction: PlanStep["direction"]): readonly PlacedUse[] {
  return (migration[direction] ?? [])
    .filter(({ sql }) => MAY_LOCK.test(sql))
    .flatMap(({ sql, count, place }) => {
      const isLong = count === 1 && /^\w/.test(sql);
      return tableUse(isLong ? sql.slice(0, LONGEST_HEAD) : sql).map((use) => ({ ...use, place }));
    });
}

/** The tables that were there before, each where it is first locked. */
function lockedTables(uses: readonly PlacedUse[], made: readonly ObjectName[]) {
  const locked: { readonly object: ObjectName; readonly place: Place }[] = [];
  for (const { locks, place } of uses) {
    for (const { object, strong } of locks) {
      const known = made.some((one) => isSame(one, object)) || locked.some((one) => isSame(one.object, object));
      if (strong && !known) locked.push({ object, place });
    }
  }
  return locked;
}

function isSame(a: ObjectName, b: ObjectName): boolean {
  return a.name === b.name && (a.schema === undefined || b.schema === undefined || a.schema === b.schema);
}

function nameOf({ schema, name }: ObjectName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}
