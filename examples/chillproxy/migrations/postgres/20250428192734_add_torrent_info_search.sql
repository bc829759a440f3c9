-- Search our own torrents before asking an indexer. Dots and underscores stand for blanks in torrent titles.

-- +goose Up
ALTER TABLE torrent_info
  ADD COLUMN search_terms tsvector NOT NULL
  GENERATED ALWAYS AS (to_tsvector('simple', translate(torrent_title, '._-', '   '))) STORED;

CREATE INDEX torrent_info_search_terms_idx ON torrent_info USING gin (search_terms);

CREATE FUNCTION search_torrents(query text, max_results integer DEFAULT 100) RETURNS SETOF torrent_info
LANGUAGE sql STABLE AS $$
  SELECT *
  FROM torrent_info
  WHERE search_terms @@ plainto_tsquery('simple', query)
  ORDER BY seeders DESC, hash
  LIMIT max_results
$$;

-- +goose Down
DROP FUNCTION search_torrents(text, integer);
DROP INDEX torrent_info_search_terms_idx;
ALTER TABLE torrent_info DROP COLUMN search_terms;
