-- Saved configurations of our Stremio addons: a short key in the addon's URL instead of all the settings.

-- +goose Up
CREATE TABLE stremio_userdata (
  addon text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  value jsonb NOT NULL,
  is_disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (addon, key),
  CONSTRAINT stremio_userdata_value_is_object CHECK (jsonb_typeof(value) = 'object')
);

CREATE TRIGGER stremio_userdata_touch BEFORE UPDATE ON stremio_userdata
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE stremio_userdata;
