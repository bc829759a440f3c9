-- Who watches what right now, and watched what: the base of limits and of "continue watching".

-- +goose Up
CREATE TYPE stream_state AS ENUM ('opening', 'playing', 'paused', 'ended');

COMMENT ON TYPE stream_state IS 'What a stream session is doing';

CREATE TABLE stream_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_id uuid REFERENCES devices (id) ON DELETE SET NULL,
  hash info_hash NOT NULL,
  path text NOT NULL,
  state stream_state NOT NULL DEFAULT 'opening',
  bytes_sent bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CONSTRAINT stream_sessions_ended_check CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);

CREATE INDEX stream_sessions_open_idx ON stream_sessions (user_id, last_seen_at) WHERE state <> 'ended';
CREATE INDEX stream_sessions_hash_idx ON stream_sessions (hash, started_at);
CREATE INDEX stream_sessions_device_id_idx ON stream_sessions (device_id);

-- +goose Down
DROP TABLE stream_sessions;
DROP TYPE stream_state;
