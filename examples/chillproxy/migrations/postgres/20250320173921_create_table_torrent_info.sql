-- What we know of a torrent from its title alone, whoever found it.

-- +goose Up
CREATE TYPE torrent_category AS ENUM ('movie', 'series', 'anime', 'other');

CREATE TABLE torrent_info (
  hash info_hash PRIMARY KEY,
  torrent_title text NOT NULL,
  size bigint NOT NULL DEFAULT -1,
  category torrent_category NOT NULL DEFAULT 'other',
  source text NOT NULL,
  resolution text NOT NULL DEFAULT '',
  year smallint,
  seeders integer NOT NULL DEFAULT 0,
  leechers integer NOT NULL DEFAULT 0,
  parsed_at timestamptz,
  parser_version integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT torrent_info_peers_check CHECK (seeders >= 0 AND leechers >= 0),
  CONSTRAINT torrent_info_year_check CHECK (year BETWEEN 1880 AND 2200)
);

COMMENT ON COLUMN torrent_info.parser_version IS 'Of the title parser; older rows are parsed again in the background';

-- The parser's queue: what it has never seen.
CREATE INDEX torrent_info_unparsed_idx ON torrent_info (created_at) WHERE parsed_at IS NULL;

CREATE TRIGGER torrent_info_touch BEFORE UPDATE ON torrent_info
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE torrent_info;
DROP TYPE torrent_category;
