-- The slot architecture, 1 of 5: TorBox accounts with what they can bear and how well they do.
-- torbox_pool_keys said "active" or not; an account that fails one request in three is neither.

-- +goose Up
CREATE TYPE torbox_pool_status AS ENUM ('healthy', 'degraded', 'failing', 'disabled');

CREATE TABLE torbox_pool (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  api_key text NOT NULL UNIQUE,
  is_active boolean NOT NULL DEFAULT true,
  priority integer NOT NULL DEFAULT 0,
  max_user_slots integer NOT NULL DEFAULT 35,
  current_user_slots integer NOT NULL DEFAULT 0,
  max_concurrent_streams integer NOT NULL DEFAULT 35,
  current_concurrent_streams integer NOT NULL DEFAULT 0,
  status torbox_pool_status NOT NULL DEFAULT 'healthy',
  status_reason text,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  consecutive_failures integer NOT NULL DEFAULT 0,
  total_failures_24h integer NOT NULL DEFAULT 0,
  total_requests_24h integer NOT NULL DEFAULT 0,
  failure_rate_24h numeric(5, 4) NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT torbox_pool_slots_check CHECK (current_user_slots BETWEEN 0 AND max_user_slots),
  CONSTRAINT torbox_pool_streams_check CHECK (current_concurrent_streams >= 0 AND max_concurrent_streams >= 0),
  CONSTRAINT torbox_pool_failure_rate_check CHECK (failure_rate_24h BETWEEN 0 AND 1)
);

COMMENT ON TABLE torbox_pool IS 'TorBox accounts that all users share, with their limits and their health';
COMMENT ON COLUMN torbox_pool.priority IS 'The account with the highest one that has a free slot is used';
COMMENT ON COLUMN torbox_pool.status_reason IS 'For people: why it is not healthy';
COMMENT ON COLUMN torbox_pool.failure_rate_24h IS 'From 0 to 1';

-- The one query of every new stream: the best account that may be used.
CREATE INDEX torbox_pool_usable_idx ON torbox_pool (priority DESC, current_user_slots)
  WHERE is_active AND status IN ('healthy', 'degraded');

CREATE TRIGGER torbox_pool_touch BEFORE UPDATE ON torbox_pool
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE torbox_pool;
DROP TYPE torbox_pool_status;
