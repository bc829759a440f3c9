-- Release groups name a show in romaji, in English or by an abbreviation; all of them have to be found.

-- +goose Up
CREATE TABLE anime_title (
  anime_id integer NOT NULL REFERENCES anime_id_map (id) ON DELETE CASCADE,
  language text NOT NULL,
  title text NOT NULL,
  is_main boolean NOT NULL DEFAULT false,
  PRIMARY KEY (anime_id, language, title),
  CONSTRAINT anime_title_language_check CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z]+)?$')
);

CREATE UNIQUE INDEX anime_title_main_idx ON anime_title (anime_id) WHERE is_main;
CREATE INDEX anime_title_title_idx ON anime_title (lower(title) text_pattern_ops);

CREATE FUNCTION find_anime(wanted text) RETURNS TABLE (anime_id integer, title text)
LANGUAGE sql STABLE AS $find_anime$
  SELECT DISTINCT ON (found.anime_id) found.anime_id, main.title
  FROM anime_title AS found
  JOIN anime_title AS main ON main.anime_id = found.anime_id AND main.is_main
  WHERE lower(found.title) = lower(wanted)
$find_anime$;

-- +goose Down
DROP FUNCTION find_anime(text);
DROP TABLE anime_title;
