CREATE TABLE accounts (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    course     text NOT NULL,
    roles      text[] NOT NULL,
    -- SHA-256 of the token: tokens are random and long, so a plain hash can neither be guessed nor reversed.
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX accounts_course ON accounts (course, name);
