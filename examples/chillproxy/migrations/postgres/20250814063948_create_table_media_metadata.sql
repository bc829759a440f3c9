-- Posters, descriptions and episode lists as the providers gave them; what we search for becomes a column.

-- +goose Up
CREATE TABLE media_metadata (
  provider text NOT NULL,
  media_id text NOT NULL,
  document jsonb NOT NULL,
  title text NOT NULL GENERATED ALWAYS AS (coalesce(document ->> 'title', '')) STORED,
  imdb text GENERATED ALWAYS AS (document #>> '{ids,imdb}') STORED,
  is_complete boolean NOT NULL DEFAULT false,
  fetched_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, media_id),
  CONSTRAINT media_metadata_document_check CHECK (jsonb_typeof(document) = 'object')
);

COMMENT ON COLUMN media_metadata.is_complete IS 'False while only a search result is known, not the whole entry';

-- +goose Down
DROP TABLE media_metadata;
