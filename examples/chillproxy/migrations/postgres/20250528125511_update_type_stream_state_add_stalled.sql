-- A stream whose player waits for data is neither playing nor paused; support could not tell the two apart.

-- +goose Up
ALTER TYPE stream_state ADD VALUE 'stalled' AFTER 'playing';

-- +goose Down
-- PostgreSQL cannot take a value out of an enum: a type without it takes the place of the old one, and whatever
-- mentions the old type is made anew.
DROP VIEW active_streams;
DROP INDEX stream_sessions_open_idx;
ALTER TABLE stream_sessions DROP CONSTRAINT stream_sessions_ended_check;
ALTER TABLE stream_sessions ALTER COLUMN state DROP DEFAULT;

UPDATE stream_sessions SET state = 'playing' WHERE state = 'stalled';

ALTER TYPE stream_state RENAME TO stream_state_with_stalled;
CREATE TYPE stream_state AS ENUM ('opening', 'playing', 'paused', 'ended');
COMMENT ON TYPE stream_state IS 'What a stream session is doing';
ALTER TABLE stream_sessions ALTER COLUMN state TYPE stream_state USING state::text::stream_state;
DROP TYPE stream_state_with_stalled;

ALTER TABLE stream_sessions ALTER COLUMN state SET DEFAULT 'opening';
ALTER TABLE stream_sessions
  ADD CONSTRAINT stream_sessions_ended_check CHECK ((state = 'ended') = (ended_at IS NOT NULL));
CREATE INDEX stream_sessions_open_idx ON stream_sessions (user_id, last_seen_at) WHERE state <> 'ended';

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
