/**
 * Everything that migrations can make in the current schema, as one JSON text, with columns in their order. Two databases
 * of one major version that answer the same have the same schema. The history's own tables are left out.
 */
export const SCHEMA_QUERY = `
WITH here AS (
  SELECT oid FROM pg_namespace WHERE nspname = current_schema()
), relation AS (
  SELECT c.* FROM pg_class c JOIN here ON here.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c') AND c.relname NOT LIKE 'schema\\_migrations%'
    AND c.relname <> 'goose_db_version' AND c.relname <> 'goose_db_version_id_seq'
), part AS (
  SELECT 'relation ' || c.relname AS name,
    concat_ws(' ', c.relkind, c.relpersistence, c.reloptions, c.relrowsecurity, c.relreplident,
      CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, obj_description(c.oid, 'pg_class')) AS definition
  FROM relation c
  UNION ALL
  SELECT 'column ' || c.relname || ' ' || lpad(row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)::text, 3, '0'),
    concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
      a.attcollation, a.attstorage, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
  FROM relation c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT 'constraint ' || coalesce(c.relname, t.typname) || ' ' || k.conname,
    concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred,
      obj_description(k.oid, 'pg_constraint'))
  FROM pg_constraint k
  JOIN here ON here.oid = k.connamespace
  LEFT JOIN relation c ON c.oid = k.conrelid
  LEFT JOIN pg_type t ON t.oid = k.contypid
  WHERE c.oid IS NOT NULL OR t.oid IS NOT NULL
  UNION ALL
  SELECT 'index ' || c.relname || ' ' || i.indexrelid::regclass,
    concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready, i.indisclustered, i.indisreplident,
      obj_description(i.indexrelid, 'pg_class'))
  FROM pg_index i JOIN relation c ON c.oid = i.indrelid
  UNION ALL
  SELECT 'sequence ' || c.relname, concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
    s.seqcache, s.seqcycle)
  FROM pg_sequence s JOIN relation c ON c.oid = s.seqrelid
  UNION ALL
  SELECT 'statistics ' || s.stxname, pg_get_statisticsobjdef(s.oid)
  FROM pg_statistic_ext s JOIN here ON here.oid = s.stxnamespace
  UNION ALL
  SELECT 'trigger ' || c.relname || ' ' || g.tgname,
    concat_ws(' ', pg_get_triggerdef(g.oid), g.tgenabled, obj_description(g.oid, 'pg_trigger'))
  FROM pg_trigger g JOIN relation c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'function ' || p.oid::regprocedure,
    concat_ws(' ', pg_get_functiondef(p.oid), p.proacl, obj_description(p.oid, 'pg_proc'))
  FROM pg_proc p JOIN here ON here.oid = p.pronamespace
  WHERE p.prokind IN ('f', 'p') AND p.proname NOT LIKE 'schema\\_migrations%'
  UNION ALL
  SELECT 'type ' || t.typname,
    concat_ws(' ', t.typtype, t.typnotnull, t.typdefault, format_type(nullif(t.typbasetype, 0), t.typtypmod),
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
      obj_description(t.oid, 'pg_type'))
  FROM pg_type t JOIN here ON here.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r')
)
SELECT coalesce(json_object_agg(name, definition ORDER BY name COLLATE "C"), '{}')::text AS schema FROM part`;
