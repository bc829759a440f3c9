-- Which title and episode a file is. Most paths say it themselves (S02E05), so the rows that are there are filled from them.

-- +goose Up
ALTER TABLE torrent_stream
  ADD COLUMN title_id text NOT NULL DEFAULT '',
  ADD COLUMN season smallint,
  ADD COLUMN episode smallint;

COMMENT ON COLUMN torrent_stream.title_id IS 'tt0903747, kitsu:1376 …; empty where unknown';

UPDATE torrent_stream
SET season = substring(path FROM '[Ss]([0-9]{1,2})[Ee][0-9]{1,3}')::smallint,
    episode = substring(path FROM '[Ss][0-9]{1,2}[Ee]([0-9]{1,3})')::smallint
WHERE path ~ '[Ss][0-9]{1,2}[Ee][0-9]{1,3}';

ALTER TABLE torrent_stream
  ADD CONSTRAINT torrent_stream_episode_check CHECK (episode IS NULL OR season IS NOT NULL);

CREATE INDEX torrent_stream_title_id_idx ON torrent_stream (title_id, season, episode) WHERE title_id <> '';

-- +goose Down
DROP INDEX torrent_stream_title_id_idx;

ALTER TABLE torrent_stream
  DROP CONSTRAINT torrent_stream_episode_check,
  DROP COLUMN episode,
  DROP COLUMN season,
  DROP COLUMN title_id;
