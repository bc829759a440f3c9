-- An assignment names its slot, so that a device is served without a look at its user first.
-- The rows that are there get the slot that their user holds; without one they wait, as a new assignment does.

-- +goose Up
ALTER TABLE torbox_assignments ADD COLUMN slot_id uuid;

UPDATE torbox_assignments AS assignment
SET slot_id = slot.id
FROM torbox_slots AS slot
WHERE slot.user_id = assignment.user_id;

ALTER TABLE torbox_assignments
  ADD CONSTRAINT torbox_assignments_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES torbox_slots (id) ON DELETE SET NULL;

COMMENT ON COLUMN torbox_assignments.slot_id IS 'NULL: waits for a free slot';

CREATE INDEX torbox_assignments_slot_id_idx ON torbox_assignments (slot_id) WHERE slot_id IS NOT NULL;
CREATE INDEX torbox_assignments_waiting_idx ON torbox_assignments (assigned_at) WHERE slot_id IS NULL;

-- +goose Down
DROP INDEX torbox_assignments_waiting_idx;
DROP INDEX torbox_assignments_slot_id_idx;
ALTER TABLE torbox_assignments DROP CONSTRAINT torbox_assignments_slot_id_fkey;
ALTER TABLE torbox_assignments DROP COLUMN slot_id;
