/** The database that `init` offers for trying. */
export const tryingUrl = "pglite:./.gander";

/** The first migration that `init` makes: an example that works, to be edited. */
export const initialMigration = `-- +goose Up
-- Statements end with a semicolon and run in one transaction, together with the row in the history.
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
-- What takes the change back.
DROP TABLE notes;
`;
