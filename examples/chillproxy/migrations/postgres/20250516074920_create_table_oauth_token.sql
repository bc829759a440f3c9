-- Tokens of services that our users connect. They were in the cache, where an eviction signed people out.

-- +goose Up
CREATE TABLE oauth_token (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider text NOT NULL,
  account_id text NOT NULL,
  account_name text NOT NULL DEFAULT '',
  token_type text NOT NULL DEFAULT 'bearer',
  access_token text NOT NULL,
  refresh_token text NOT NULL DEFAULT '',
  scope text[] NOT NULL DEFAULT '{}',
  expires_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, account_id)
);

COMMENT ON COLUMN oauth_token.version IS 'Grows with each refresh, so that two servers do not use one refresh token twice';

CREATE INDEX oauth_token_refresh_idx ON oauth_token (expires_at) WHERE refresh_token <> '';

CREATE FUNCTION count_oauth_token_refresh() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN NEW.version := OLD.version + 1; RETURN NEW; END $$;

CREATE TRIGGER oauth_token_refresh BEFORE UPDATE OF access_token ON oauth_token
  FOR EACH ROW WHEN (NEW.access_token IS DISTINCT FROM OLD.access_token)
  EXECUTE FUNCTION count_oauth_token_refresh();

CREATE TRIGGER oauth_token_touch BEFORE UPDATE ON oauth_token
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE oauth_token;
DROP FUNCTION count_oauth_token_refresh();
