-- The first day: a cache, locks between servers, the users, and the TorBox accounts that they share.

-- +goose Up
CREATE TABLE cache (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);

COMMENT ON COLUMN cache.expires_at IS 'NULL: kept until it is overwritten';

-- The sweeper looks for what has expired; most rows never do.
CREATE INDEX cache_expires_at_idx ON cache (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE locks (
  name text PRIMARY KEY,
  holder text NOT NULL,
  acquired_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT locks_expire_later CHECK (expires_at > acquired_at)
);

COMMENT ON TABLE locks IS 'Leases between servers; one that has expired may be taken over';

CREATE TYPE user_role AS ENUM ('owner', 'member', 'guest');

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  password_hash text,
  role user_role NOT NULL DEFAULT 'member',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_name_not_blank CHECK (btrim(name) <> '')
);

COMMENT ON COLUMN users.password_hash IS 'NULL: signs in through another service';

-- Names differ by more than their case.
CREATE UNIQUE INDEX users_name_idx ON users (lower(name));

CREATE TABLE torbox_pool_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  api_key text NOT NULL UNIQUE,
  label text NOT NULL DEFAULT '',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE torbox_pool_keys IS 'TorBox accounts that all users share';

-- +goose StatementBegin
CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
-- +goose StatementEnd

COMMENT ON FUNCTION touch_updated_at() IS 'For BEFORE UPDATE triggers: the time of the last change';

CREATE TRIGGER users_touch BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TRIGGER torbox_pool_keys_touch BEFORE UPDATE ON torbox_pool_keys
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE torbox_pool_keys;
DROP TABLE users;
DROP FUNCTION touch_updated_at();
DROP TYPE user_role;
DROP TABLE locks;
DROP TABLE cache;
