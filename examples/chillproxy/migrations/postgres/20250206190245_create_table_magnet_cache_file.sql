-- The files of a cached torrent, so that the right episode of a pack is found without asking the store.

-- +goose Up
CREATE TABLE magnet_cache_file (
  hash info_hash NOT NULL,
  path text NOT NULL,
  idx integer NOT NULL,
  size bigint NOT NULL DEFAULT -1,
  PRIMARY KEY (hash, path),
  CONSTRAINT magnet_cache_file_size_check CHECK (size >= -1)
);

COMMENT ON TABLE magnet_cache_file IS 'Files of torrents that a store has';
COMMENT ON COLUMN magnet_cache_file.idx IS 'Place in the torrent, from 0; -1 where the store does not say';
COMMENT ON COLUMN magnet_cache_file.size IS 'In bytes; -1 where the store does not say';

CREATE INDEX magnet_cache_file_size_idx ON magnet_cache_file (hash, size DESC);

-- +goose Down
DROP TABLE magnet_cache_file;
