-- Private torrents must not be handed to other trackers, and the number of files tells a pack from an episode.

-- +goose Up
ALTER TABLE torrent_info
  ADD COLUMN is_private boolean NOT NULL DEFAULT false,
  ADD COLUMN file_count integer,
  ADD COLUMN uploaded_at timestamptz;

UPDATE torrent_info
SET file_count = known.files
FROM (SELECT hash, count(*) AS files FROM torrent_stream GROUP BY hash) AS known
WHERE known.hash = torrent_info.hash;

ALTER TABLE torrent_info ADD CONSTRAINT torrent_info_file_count_check CHECK (file_count > 0);

CREATE INDEX torrent_info_uploaded_at_idx ON torrent_info (category, uploaded_at DESC) WHERE NOT is_private;

-- Category and resolution go together; the planner took them for independent and was off by a factor of forty.
CREATE STATISTICS torrent_info_category_resolution (dependencies) ON category, resolution FROM torrent_info;

-- +goose Down
DROP STATISTICS torrent_info_category_resolution;
DROP INDEX torrent_info_uploaded_at_idx;

ALTER TABLE torrent_info
  DROP CONSTRAINT torrent_info_file_count_check,
  DROP COLUMN uploaded_at,
  DROP COLUMN file_count,
  DROP COLUMN is_private;
