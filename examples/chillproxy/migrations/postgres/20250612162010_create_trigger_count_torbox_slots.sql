-- Servers counted torbox_pool.current_user_slots themselves, and one that crashed in between left it wrong.
-- From here on a trigger goes on counting where they stopped; Down hands the counting back to them.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION count_torbox_slots() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') AND OLD.user_id IS NOT NULL THEN
    UPDATE torbox_pool
    SET current_user_slots = greatest(current_user_slots - 1, 0)
    WHERE id = OLD.pool_key_id;
  END IF;

  IF TG_OP IN ('UPDATE', 'INSERT') AND NEW.user_id IS NOT NULL THEN
    UPDATE torbox_pool
    SET current_user_slots = current_user_slots + 1
    WHERE id = NEW.pool_key_id;
  END IF;

  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER torbox_slots_count AFTER INSERT OR DELETE OR UPDATE OF user_id, pool_key_id ON torbox_slots
  FOR EACH ROW EXECUTE FUNCTION count_torbox_slots();

-- +goose Down
DROP TRIGGER torbox_slots_count ON torbox_slots;
DROP FUNCTION count_torbox_slots();
