-- The slot architecture, 4 of 5: which devices use the slot of their user.

-- +goose Up
CREATE TABLE torbox_assignments (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_id uuid NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  assigned_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, device_id)
);

CREATE INDEX torbox_assignments_device_id_idx ON torbox_assignments (device_id);

-- +goose Down
DROP TABLE torbox_assignments;
