-- The slot architecture, 3 of 5: an account bears a fixed number of users at once, and each of them holds a slot.
-- A row a slot, not a counter: two servers that take the same one meet at the unique key.

-- +goose Up
CREATE TABLE torbox_slots (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pool_key_id uuid NOT NULL REFERENCES torbox_pool (id) ON DELETE CASCADE,
  slot_number integer NOT NULL,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  last_activity_at timestamptz,
  UNIQUE (pool_key_id, slot_number),
  CONSTRAINT torbox_slots_slot_number_check CHECK (slot_number > 0)
);

COMMENT ON COLUMN torbox_slots.user_id IS 'NULL: the slot is free';

-- A user holds one slot in one account: two would be counted as two people by TorBox.
CREATE UNIQUE INDEX torbox_slots_user_id_idx ON torbox_slots (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX torbox_slots_free_idx ON torbox_slots (pool_key_id, slot_number) WHERE user_id IS NULL;

CREATE FUNCTION open_torbox_slots(pool_key uuid) RETURNS bigint
LANGUAGE sql AS $$
  WITH opened AS (
    INSERT INTO torbox_slots (pool_key_id, slot_number)
    SELECT pool.id, slot_number
    FROM torbox_pool AS pool
    CROSS JOIN generate_series(1, pool.max_user_slots) AS slot_number
    WHERE pool.id = pool_key
    ON CONFLICT (pool_key_id, slot_number) DO NOTHING
    RETURNING id
  )
  SELECT count(*) FROM opened
$$;

COMMENT ON FUNCTION open_torbox_slots(uuid) IS 'Makes the slots that an account may have and does not have yet; returns how many';

-- +goose Down
DROP FUNCTION open_torbox_slots(uuid);
DROP TABLE torbox_slots;
