-- The indexers of our Prowlarr instances, read from them every hour.

-- +goose Up
CREATE TYPE indexer_protocol AS ENUM ('torrent', 'usenet');

CREATE TABLE prowlarr_indexer (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  instance_url text NOT NULL,
  indexer_id integer NOT NULL,
  name text NOT NULL,
  protocol indexer_protocol NOT NULL,
  priority smallint NOT NULL DEFAULT 25,
  is_enabled boolean NOT NULL DEFAULT true,
  capabilities text[] NOT NULL DEFAULT '{}',
  synced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (instance_url, indexer_id),
  CONSTRAINT prowlarr_indexer_priority_check CHECK (priority BETWEEN 1 AND 50)
);

COMMENT ON COLUMN prowlarr_indexer.indexer_id IS 'Its number within the instance';

CREATE INDEX prowlarr_indexer_enabled_idx ON prowlarr_indexer (priority, id) WHERE is_enabled;

-- +goose Down
DROP TABLE prowlarr_indexer;
DROP TYPE indexer_protocol;
