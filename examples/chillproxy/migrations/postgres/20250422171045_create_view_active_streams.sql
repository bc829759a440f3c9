-- What the dashboard shows. A view, because three places had three ideas of "active".

-- +goose Up
CREATE VIEW active_streams AS
SELECT
  s.id,
  u.name AS user_name,
  d.name AS device_name,
  s.hash,
  s.path,
  s.state,
  s.started_at,
  s.last_seen_at
FROM stream_sessions AS s
JOIN users AS u ON u.id = s.user_id
LEFT JOIN devices AS d ON d.id = s.device_id
WHERE s.state <> 'ended';

COMMENT ON VIEW active_streams IS 'Sessions that have not ended';

-- +goose Down
DROP VIEW active_streams;
