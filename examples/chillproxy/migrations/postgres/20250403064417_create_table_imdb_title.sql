-- The titles of IMDb's public data set, to match torrent titles against.

-- +goose Up
CREATE DOMAIN imdb_id AS text
  CONSTRAINT imdb_id_is_title CHECK (VALUE ~ '^tt[0-9]{7,10}$');

CREATE TYPE imdb_title_type AS ENUM ('movie', 'tv_movie', 'tv_series', 'tv_mini_series', 'short');

CREATE TABLE imdb_title (
  id imdb_id PRIMARY KEY,
  title text NOT NULL,
  original_title text NOT NULL DEFAULT '',
  type imdb_title_type NOT NULL,
  year smallint,
  is_adult boolean NOT NULL DEFAULT false
);

CREATE INDEX imdb_title_title_idx ON imdb_title (lower(title), year);
CREATE INDEX imdb_title_original_title_idx ON imdb_title (lower(original_title), year)
  WHERE original_title <> '';

-- +goose Down
DROP TABLE imdb_title;
DROP TYPE imdb_title_type;
DROP DOMAIN imdb_id;
