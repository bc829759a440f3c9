-- What the background jobs did. The lock on a job's name is a row here too: one that runs, runs once.

-- +goose Up
CREATE TYPE job_status AS ENUM ('running', 'done', 'failed');

CREATE TABLE job_log (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  status job_status NOT NULL DEFAULT 'running',
  data jsonb NOT NULL DEFAULT '{}',
  error text,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CONSTRAINT job_log_finished_check CHECK ((status = 'running') = (finished_at IS NULL)),
  CONSTRAINT job_log_error_check CHECK (status = 'failed' OR error IS NULL)
);

CREATE UNIQUE INDEX job_log_running_idx ON job_log (name) WHERE status = 'running';
CREATE INDEX job_log_started_at_idx ON job_log (name, started_at DESC);

-- The log is read for weeks, not for years; the newest entries of each job stay, however old they are.
CREATE FUNCTION prune_job_log(older_than interval, keep integer DEFAULT 20) RETURNS bigint
LANGUAGE sql AS $$
  WITH ranked AS (
    SELECT id, started_at, row_number() OVER (PARTITION BY name ORDER BY started_at DESC) AS place
    FROM job_log
    WHERE status <> 'running'
  ), pruned AS (
    DELETE FROM job_log
    USING ranked
    WHERE job_log.id = ranked.id AND ranked.place > keep AND ranked.started_at < now() - older_than
    RETURNING job_log.id
  )
  SELECT count(*) FROM pruned
$$;

-- +goose Down
DROP FUNCTION prune_job_log(interval, integer);
DROP TABLE job_log;
DROP TYPE job_status;
