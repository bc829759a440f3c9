-- Languages and codecs, as read from the first bytes of a file: titles lie about them.

-- +goose Up
CREATE TABLE torrent_detail (
  hash info_hash PRIMARY KEY REFERENCES torrent_info (hash) ON DELETE CASCADE,
  video_codec text NOT NULL DEFAULT '',
  audio_languages text[] NOT NULL DEFAULT '{}',
  subtitle_languages text[] NOT NULL DEFAULT '{}',
  media_info jsonb NOT NULL DEFAULT '{}',
  probed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX torrent_detail_audio_languages_idx ON torrent_detail USING gin (audio_languages);

CREATE FUNCTION torrent_speaks(detail torrent_detail, language text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT language = ANY (detail.audio_languages) $$;

-- +goose Down
DROP FUNCTION torrent_speaks(torrent_detail, text);
DROP TABLE torrent_detail;
