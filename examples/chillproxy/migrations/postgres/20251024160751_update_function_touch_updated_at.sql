-- Jobs write rows back that they did not change; updated_at then said "today" for everything.

-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW IS DISTINCT FROM OLD THEN
    NEW.updated_at := now();
  END IF;
  RETURN NEW;
END
$$;
-- +goose StatementEnd

COMMENT ON FUNCTION touch_updated_at() IS 'For BEFORE UPDATE triggers: the time of the last change that changed something';

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
-- +goose StatementEnd

COMMENT ON FUNCTION touch_updated_at() IS 'For BEFORE UPDATE triggers: the time of the last change';
