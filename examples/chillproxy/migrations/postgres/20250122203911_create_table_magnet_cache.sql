-- Whether a store has a torrent ready; asking it for every search result is slow and rate limited.

-- +goose Up
CREATE DOMAIN info_hash AS text
  CONSTRAINT info_hash_is_hex CHECK (VALUE ~ '^[0-9a-f]{40}$');

COMMENT ON DOMAIN info_hash IS 'The SHA-1 of a torrent, 40 lower-case hex digits';

CREATE TABLE magnet_cache (
  store text NOT NULL,
  hash info_hash NOT NULL,
  is_cached boolean NOT NULL,
  modified_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (store, hash)
);

CREATE INDEX magnet_cache_cached_idx ON magnet_cache (hash) WHERE is_cached;

-- +goose Down
DROP TABLE magnet_cache;
DROP DOMAIN info_hash;
