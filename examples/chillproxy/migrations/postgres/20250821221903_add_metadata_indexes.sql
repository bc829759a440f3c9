-- media_metadata has grown to millions of rows in a week and is read with every page: its indexes are built while
-- it is in use, which PostgreSQL does outside a transaction only.

-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY media_metadata_title_idx ON media_metadata (lower(title));
CREATE INDEX CONCURRENTLY media_metadata_imdb_idx ON media_metadata (imdb) WHERE imdb IS NOT NULL;
CREATE INDEX CONCURRENTLY media_metadata_document_idx ON media_metadata USING gin (document jsonb_path_ops);

-- What the background job fetches again.
CREATE INDEX CONCURRENTLY media_metadata_incomplete_idx ON media_metadata (fetched_at) WHERE NOT is_complete;

-- +goose Down
DROP INDEX CONCURRENTLY media_metadata_incomplete_idx;
DROP INDEX CONCURRENTLY media_metadata_document_idx;
DROP INDEX CONCURRENTLY media_metadata_imdb_idx;
DROP INDEX CONCURRENTLY media_metadata_title_idx;
