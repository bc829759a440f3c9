-- Stremio accounts that our users connect, to keep their libraries in step.

-- +goose Up
CREATE TABLE stremio_account (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  email text NOT NULL,
  auth_token text NOT NULL DEFAULT '',
  auth_token_expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT stremio_account_email_check CHECK (position('@' IN email) > 1)
);

CREATE UNIQUE INDEX stremio_account_email_idx ON stremio_account (lower(email));
CREATE INDEX stremio_account_user_id_idx ON stremio_account (user_id);

CREATE TRIGGER stremio_account_touch BEFORE UPDATE ON stremio_account
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE stremio_account;
