-- Settings follow a user from device to device, and the number of devices gets a limit. Nobody loses one that they have.

-- +goose Up
ALTER TABLE users
  ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN max_devices smallint NOT NULL DEFAULT 10;

UPDATE users
SET max_devices = owned.devices
FROM (SELECT user_id, count(*) AS devices FROM devices GROUP BY user_id) AS owned
WHERE owned.user_id = users.id AND owned.devices > users.max_devices;

ALTER TABLE users
  ADD CONSTRAINT users_settings_check CHECK (jsonb_typeof(settings) = 'object'),
  ADD CONSTRAINT users_max_devices_check CHECK (max_devices > 0);

-- +goose StatementBegin
CREATE FUNCTION limit_devices() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  allowed smallint;
BEGIN
  -- The user's row is locked, so that two devices that register at once do not both find the last place.
  SELECT max_devices INTO allowed FROM users WHERE id = NEW.user_id FOR UPDATE;

  IF (SELECT count(*) FROM devices WHERE user_id = NEW.user_id) >= allowed THEN
    RAISE EXCEPTION 'user % has % devices already', NEW.user_id, allowed
      USING ERRCODE = 'check_violation', HINT = 'Remove a device, or raise users.max_devices.';
  END IF;
  RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER devices_limit BEFORE INSERT ON devices
  FOR EACH ROW EXECUTE FUNCTION limit_devices();

-- +goose Down
DROP TRIGGER devices_limit ON devices;
DROP FUNCTION limit_devices();

ALTER TABLE users
  DROP CONSTRAINT users_max_devices_check,
  DROP CONSTRAINT users_settings_check,
  DROP COLUMN max_devices,
  DROP COLUMN settings;
