-- The front page's list. Materialized: it may be an hour old, and counting all sessions takes seconds.

-- +goose Up
CREATE MATERIALIZED VIEW popular_torrents AS
SELECT
  s.hash,
  coalesce(t.torrent_title, '') AS torrent_title,
  count(*) AS sessions,
  count(DISTINCT s.user_id) AS users,
  max(s.started_at) AS last_started_at
FROM stream_sessions AS s
LEFT JOIN torrent_info AS t ON t.hash = s.hash
GROUP BY s.hash, t.torrent_title;

-- REFRESH … CONCURRENTLY asks for a unique index.
CREATE UNIQUE INDEX popular_torrents_hash_idx ON popular_torrents (hash);
CREATE INDEX popular_torrents_users_idx ON popular_torrents (users DESC, sessions DESC);

-- +goose Down
DROP MATERIALIZED VIEW popular_torrents;
