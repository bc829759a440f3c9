-- The slot architecture, 5 of 5: each stream of an account, so that "too many streams" can be traced to who had them.

-- +goose Up
CREATE TABLE torbox_concurrency_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pool_key_id uuid NOT NULL REFERENCES torbox_pool (id) ON DELETE CASCADE,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  slot_id uuid REFERENCES torbox_slots (id) ON DELETE SET NULL,
  stream_started_at timestamptz NOT NULL DEFAULT now(),
  stream_ended_at timestamptz,
  CONSTRAINT torbox_concurrency_log_order_check CHECK (stream_ended_at >= stream_started_at)
);

COMMENT ON COLUMN torbox_concurrency_log.stream_ended_at IS 'NULL: still streaming';

CREATE INDEX torbox_concurrency_log_open_idx ON torbox_concurrency_log (pool_key_id) WHERE stream_ended_at IS NULL;
CREATE INDEX torbox_concurrency_log_user_id_idx ON torbox_concurrency_log (user_id, stream_started_at DESC);
CREATE INDEX torbox_concurrency_log_slot_id_idx ON torbox_concurrency_log (slot_id);

-- +goose Down
DROP TABLE torbox_concurrency_log;
