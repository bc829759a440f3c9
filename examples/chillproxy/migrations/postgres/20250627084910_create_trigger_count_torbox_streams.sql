-- As with the slots: the log's triggers take over torbox_pool.current_concurrent_streams from the servers.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION count_torbox_streams() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE torbox_pool SET current_concurrent_streams = current_concurrent_streams + 1 WHERE id = NEW.pool_key_id;
  ELSE
    UPDATE torbox_pool
    SET current_concurrent_streams = greatest(current_concurrent_streams - 1, 0)
    WHERE id = OLD.pool_key_id;
  END IF;
  RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER torbox_concurrency_log_start AFTER INSERT ON torbox_concurrency_log
  FOR EACH ROW WHEN (NEW.stream_ended_at IS NULL)
  EXECUTE FUNCTION count_torbox_streams();

CREATE TRIGGER torbox_concurrency_log_end AFTER UPDATE OF stream_ended_at ON torbox_concurrency_log
  FOR EACH ROW WHEN (OLD.stream_ended_at IS NULL AND NEW.stream_ended_at IS NOT NULL)
  EXECUTE FUNCTION count_torbox_streams();

CREATE TRIGGER torbox_concurrency_log_delete AFTER DELETE ON torbox_concurrency_log
  FOR EACH ROW WHEN (OLD.stream_ended_at IS NULL)
  EXECUTE FUNCTION count_torbox_streams();

-- +goose Down
DROP TRIGGER torbox_concurrency_log_delete ON torbox_concurrency_log;
DROP TRIGGER torbox_concurrency_log_end ON torbox_concurrency_log;
DROP TRIGGER torbox_concurrency_log_start ON torbox_concurrency_log;
DROP FUNCTION count_torbox_streams();
