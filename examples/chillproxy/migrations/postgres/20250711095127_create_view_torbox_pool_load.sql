-- How full the accounts are. Without the keys: the dashboard may read this, and not torbox_pool.

-- +goose Up
CREATE VIEW torbox_pool_load AS
SELECT
  id,
  status,
  max_user_slots - current_user_slots AS free_slots,
  max_concurrent_streams - current_concurrent_streams AS free_streams
FROM torbox_pool
WHERE is_active;

COMMENT ON VIEW torbox_pool_load IS 'Free slots and streams of the accounts in use';

-- +goose Down
DROP VIEW torbox_pool_load;
