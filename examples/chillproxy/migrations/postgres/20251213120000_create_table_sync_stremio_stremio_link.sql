-- Two Stremio accounts in one household. A pair is stored once, with the smaller id first, whoever linked whom.

-- +goose Up
CREATE TABLE sync_stremio_stremio_link (
  account_a_id uuid NOT NULL REFERENCES stremio_account (id) ON DELETE CASCADE,
  account_b_id uuid NOT NULL REFERENCES stremio_account (id) ON DELETE CASCADE,
  watched sync_direction NOT NULL DEFAULT 'off',
  state jsonb NOT NULL DEFAULT '{}',
  last_synced_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_a_id, account_b_id),
  CONSTRAINT sync_stremio_stremio_link_order_check CHECK (account_a_id < account_b_id)
);

COMMENT ON COLUMN sync_stremio_stremio_link.watched IS 'forward: from account a to account b';

CREATE INDEX sync_stremio_stremio_link_account_b_idx ON sync_stremio_stremio_link (account_b_id);
CREATE INDEX sync_stremio_stremio_link_due_idx ON sync_stremio_stremio_link (last_synced_at NULLS FIRST)
  WHERE watched <> 'off';

CREATE TRIGGER sync_stremio_stremio_link_touch BEFORE UPDATE ON sync_stremio_stremio_link
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE sync_stremio_stremio_link;
