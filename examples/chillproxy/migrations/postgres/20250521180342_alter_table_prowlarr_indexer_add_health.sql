-- An indexer that fails again and again is left alone for a while. The log knows; the indexer's row keeps the sum.

-- +goose Up
ALTER TABLE prowlarr_indexer
  ADD COLUMN consecutive_failures integer NOT NULL DEFAULT 0,
  ADD COLUMN last_error text,
  ADD COLUMN last_searched_at timestamptz,
  ADD CONSTRAINT prowlarr_indexer_failures_check CHECK (consecutive_failures >= 0);

UPDATE prowlarr_indexer AS i
SET last_searched_at = l.searched_at
FROM (
  SELECT prowlarr_indexer_id, max(searched_at) AS searched_at
  FROM prowlarr_search_log
  GROUP BY prowlarr_indexer_id
) AS l
WHERE l.prowlarr_indexer_id = i.id;

-- +goose StatementBegin
CREATE FUNCTION note_prowlarr_search() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE prowlarr_indexer
  SET consecutive_failures = CASE WHEN NEW.error IS NULL THEN 0 ELSE consecutive_failures + 1 END,
      last_error = coalesce(NEW.error, last_error),
      last_searched_at = NEW.searched_at
  WHERE id = NEW.prowlarr_indexer_id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER prowlarr_search_log_note AFTER INSERT ON prowlarr_search_log
  FOR EACH ROW EXECUTE FUNCTION note_prowlarr_search();

-- +goose Down
DROP TRIGGER prowlarr_search_log_note ON prowlarr_search_log;
DROP FUNCTION note_prowlarr_search();

ALTER TABLE prowlarr_indexer
  DROP CONSTRAINT prowlarr_indexer_failures_check,
  DROP COLUMN last_searched_at,
  DROP COLUMN last_error,
  DROP COLUMN consecutive_failures;
