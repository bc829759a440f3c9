-- The files no longer come from the magnet cache alone, so "magnet cache file" (mcf) becomes "torrent stream".
-- Everything that carries the old name is renamed too: an error that names a constraint should name its table.

-- +goose Up
ALTER TABLE magnet_cache_file RENAME TO torrent_stream;
ALTER TABLE torrent_stream RENAME COLUMN idx TO file_index;
ALTER TABLE torrent_stream RENAME CONSTRAINT magnet_cache_file_pkey TO torrent_stream_pkey;
ALTER TABLE torrent_stream RENAME CONSTRAINT magnet_cache_file_size_check TO torrent_stream_size_check;
ALTER INDEX magnet_cache_file_size_idx RENAME TO torrent_stream_size_idx;
ALTER TABLE torrent_stream ADD COLUMN source text NOT NULL DEFAULT 'mcf';

COMMENT ON TABLE torrent_stream IS 'Files of torrents that can be streamed';
COMMENT ON COLUMN torrent_stream.source IS 'Who told us about the file; mcf: the magnet cache';

-- +goose Down
ALTER TABLE torrent_stream DROP COLUMN source;
ALTER INDEX torrent_stream_size_idx RENAME TO magnet_cache_file_size_idx;
ALTER TABLE torrent_stream RENAME CONSTRAINT torrent_stream_size_check TO magnet_cache_file_size_check;
ALTER TABLE torrent_stream RENAME CONSTRAINT torrent_stream_pkey TO magnet_cache_file_pkey;
ALTER TABLE torrent_stream RENAME COLUMN file_index TO idx;
ALTER TABLE torrent_stream RENAME TO magnet_cache_file;

COMMENT ON TABLE magnet_cache_file IS 'Files of torrents that a store has';
