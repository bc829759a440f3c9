-- The slot architecture, 2 of 5: the accounts that we have move into the pool, under the ids that they have.
-- Servers of the last release still write to torbox_pool_keys; until the last of them is gone, a trigger carries
-- what they add and switch off over.

-- +goose Up
INSERT INTO torbox_pool (id, api_key, is_active, created_at, updated_at)
SELECT id, api_key, is_active, created_at, updated_at
FROM torbox_pool_keys
ON CONFLICT (api_key) DO NOTHING;

-- +goose StatementBegin
CREATE FUNCTION follow_torbox_pool_keys() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO torbox_pool (id, api_key, is_active)
  VALUES (NEW.id, NEW.api_key, NEW.is_active)
  ON CONFLICT (api_key) DO UPDATE SET is_active = excluded.is_active;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER torbox_pool_keys_follow AFTER INSERT OR UPDATE OF is_active ON torbox_pool_keys
  FOR EACH ROW EXECUTE FUNCTION follow_torbox_pool_keys();

COMMENT ON TABLE torbox_pool_keys IS 'Superseded by torbox_pool; for servers older than June 2025';

-- +goose Down
COMMENT ON TABLE torbox_pool_keys IS 'TorBox accounts that all users share';
DROP TRIGGER torbox_pool_keys_follow ON torbox_pool_keys;
DROP FUNCTION follow_torbox_pool_keys();

DELETE FROM torbox_pool AS pool
USING torbox_pool_keys AS key
WHERE key.id = pool.id;
