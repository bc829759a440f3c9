-- Which Stremio account is kept in step with which Trakt account, and which way.

-- +goose Up
CREATE TYPE sync_direction AS ENUM ('off', 'forward', 'backward', 'both');

CREATE TABLE sync_stremio_trakt_link (
  stremio_account_id uuid NOT NULL REFERENCES stremio_account (id) ON DELETE CASCADE,
  trakt_account_id text NOT NULL REFERENCES trakt_account (id) ON DELETE CASCADE,
  watched sync_direction NOT NULL DEFAULT 'off',
  state jsonb NOT NULL DEFAULT '{}',
  last_synced_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (stremio_account_id, trakt_account_id)
);

COMMENT ON COLUMN sync_stremio_trakt_link.watched IS 'forward: from Stremio to Trakt';
COMMENT ON COLUMN sync_stremio_trakt_link.state IS 'Where the last synchronisation stopped, as the job needs it';

CREATE INDEX sync_stremio_trakt_link_trakt_idx ON sync_stremio_trakt_link (trakt_account_id);
CREATE INDEX sync_stremio_trakt_link_due_idx ON sync_stremio_trakt_link (last_synced_at NULLS FIRST)
  WHERE watched <> 'off';

CREATE TRIGGER sync_stremio_trakt_link_touch BEFORE UPDATE ON sync_stremio_trakt_link
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE sync_stremio_trakt_link;
DROP TYPE sync_direction;
