-- Trakt accounts; their tokens are with the other OAuth tokens.

-- +goose Up
CREATE TABLE trakt_account (
  id text PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  oauth_token_id uuid NOT NULL UNIQUE REFERENCES oauth_token (id) ON DELETE RESTRICT,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN trakt_account.id IS 'The name (slug) that Trakt gives';

CREATE INDEX trakt_account_user_id_idx ON trakt_account (user_id);

CREATE TRIGGER trakt_account_touch BEFORE UPDATE ON trakt_account
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE trakt_account;
