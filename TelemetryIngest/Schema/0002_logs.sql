-- Logs that arrive in pieces cut anywhere: what has come of an event whose end has not. Whatever is in there has not been cleaned
-- yet, so it is sealed (AES-256-GCM) under a key that only the service has.
CREATE TABLE logs (
    course     text        NOT NULL,
    sender     text        NOT NULL,
    name       text        NOT NULL,
    version    bigint      NOT NULL,  -- a piece is taken only after the one that its reader has seen
    piece      bytea       NOT NULL,  -- SHA-256 of the last piece: sent again, it is read as it was the first time
    before     bytea       NOT NULL,  -- sealed: the rest that the last piece was read after
    rest       bytea       NOT NULL,  -- sealed: the rest that it left
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (course, sender, name)
);

CREATE INDEX logs_of_sender ON logs (course, sender, changed_at);
