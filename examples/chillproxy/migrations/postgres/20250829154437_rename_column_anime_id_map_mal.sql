-- "mal" was read as Malayalam, twice. The site is MyAnimeList.

-- +goose Up
ALTER TABLE anime_id_map RENAME COLUMN mal TO myanimelist;
ALTER INDEX anime_id_map_mal_idx RENAME TO anime_id_map_myanimelist_idx;

-- +goose Down
ALTER INDEX anime_id_map_myanimelist_idx RENAME TO anime_id_map_mal_idx;
ALTER TABLE anime_id_map RENAME COLUMN myanimelist TO mal;
