-- Every anime site counts in its own way. One row a show; the sites that do not know it stay NULL.

-- +goose Up
CREATE TYPE anime_type AS ENUM ('tv', 'movie', 'ova', 'ona', 'special');

CREATE TABLE anime_id_map (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type anime_type NOT NULL,
  anidb integer,
  anilist integer,
  kitsu integer,
  mal integer,
  tvdb integer,
  imdb imdb_id,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT anime_id_map_maps_check CHECK (num_nonnulls(anidb, anilist, kitsu, mal, tvdb, imdb) >= 2)
);

COMMENT ON COLUMN anime_id_map.tvdb IS 'Not unique: TheTVDB has one entry for shows that the others split by season';

CREATE UNIQUE INDEX anime_id_map_anidb_idx ON anime_id_map (anidb) WHERE anidb IS NOT NULL;
CREATE UNIQUE INDEX anime_id_map_anilist_idx ON anime_id_map (anilist) WHERE anilist IS NOT NULL;
CREATE UNIQUE INDEX anime_id_map_kitsu_idx ON anime_id_map (kitsu) WHERE kitsu IS NOT NULL;
CREATE UNIQUE INDEX anime_id_map_mal_idx ON anime_id_map (mal) WHERE mal IS NOT NULL;
CREATE INDEX anime_id_map_tvdb_idx ON anime_id_map (tvdb) WHERE tvdb IS NOT NULL;
CREATE INDEX anime_id_map_imdb_idx ON anime_id_map (imdb) WHERE imdb IS NOT NULL;

CREATE TRIGGER anime_id_map_touch BEFORE UPDATE ON anime_id_map
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- +goose Down
DROP TABLE anime_id_map;
DROP TYPE anime_type;
