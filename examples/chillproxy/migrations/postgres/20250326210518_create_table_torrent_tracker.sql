-- Trackers stand in a table of their own: a few hundred URLs are shared by millions of torrents.

-- +goose Up
CREATE TABLE torrent_tracker (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url text NOT NULL UNIQUE,
  last_answered_at timestamptz,
  CONSTRAINT torrent_tracker_url_check CHECK (url ~ '^(https?|udp|wss?)://')
);

CREATE TABLE torrent_info_tracker (
  hash info_hash NOT NULL REFERENCES torrent_info (hash) ON DELETE CASCADE,
  tracker_id integer NOT NULL REFERENCES torrent_tracker (id) ON DELETE CASCADE,
  PRIMARY KEY (hash, tracker_id)
);

-- The primary key serves the way from a torrent; this one serves the deletion of a tracker.
CREATE INDEX torrent_info_tracker_tracker_id_idx ON torrent_info_tracker (tracker_id);

-- +goose Down
DROP TABLE torrent_info_tracker;
DROP TABLE torrent_tracker;
