-- A user watches on a television, a telephone, a browser: limits are counted per device.

-- +goose Up
CREATE TABLE devices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL,
  user_agent text NOT NULL DEFAULT '',
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, name)
);

COMMENT ON COLUMN devices.last_seen_at IS 'NULL: registered, and never played anything';

CREATE INDEX devices_last_seen_at_idx ON devices (last_seen_at DESC NULLS LAST);

-- +goose Down
DROP TABLE devices;
