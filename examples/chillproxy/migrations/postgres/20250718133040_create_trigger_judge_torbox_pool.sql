-- The status follows from the counters, by one rule in one place; servers with different rules made accounts flap.
-- An account that a person disabled stays disabled.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION judge_torbox_pool() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.failure_rate_24h := CASE
    WHEN NEW.total_requests_24h <= 0 THEN 0
    ELSE least(1, round(NEW.total_failures_24h::numeric / NEW.total_requests_24h, 4))
  END;

  IF NEW.status = 'disabled' THEN
    RETURN NEW;
  END IF;

  IF NEW.consecutive_failures >= 10 OR NEW.failure_rate_24h >= 0.5 THEN
    NEW.status := 'failing';
  ELSIF NEW.consecutive_failures >= 3 OR NEW.failure_rate_24h >= 0.1 THEN
    NEW.status := 'degraded';
  ELSE
    NEW.status := 'healthy';
  END IF;

  NEW.status_reason := CASE
    WHEN NEW.status = 'healthy' THEN NULL
    ELSE format('%s failures in a row, %s of %s requests failed',
      NEW.consecutive_failures, NEW.total_failures_24h, NEW.total_requests_24h)
  END;
  RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER torbox_pool_judge
  BEFORE UPDATE OF consecutive_failures, total_failures_24h, total_requests_24h ON torbox_pool
  FOR EACH ROW EXECUTE FUNCTION judge_torbox_pool();

-- +goose Down
DROP TRIGGER torbox_pool_judge ON torbox_pool;
DROP FUNCTION judge_torbox_pool();
