-- One row a search and indexer: which indexers are worth their wait.

-- +goose Up
CREATE TABLE prowlarr_search_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prowlarr_indexer_id integer REFERENCES prowlarr_indexer (id) ON DELETE SET NULL,
  query text NOT NULL,
  results integer NOT NULL DEFAULT 0,
  duration_ms integer NOT NULL,
  error text,
  searched_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT prowlarr_search_log_counts_check CHECK (results >= 0 AND duration_ms >= 0)
);

-- Rows arrive in the order of time, so a BRIN index of a few pages is enough for reports.
CREATE INDEX prowlarr_search_log_searched_at_idx ON prowlarr_search_log USING brin (searched_at);
CREATE INDEX prowlarr_search_log_indexer_idx ON prowlarr_search_log (prowlarr_indexer_id, searched_at DESC);
CREATE INDEX prowlarr_search_log_error_idx ON prowlarr_search_log (searched_at) WHERE error IS NOT NULL;

-- +goose Down
DROP TABLE prowlarr_search_log;
