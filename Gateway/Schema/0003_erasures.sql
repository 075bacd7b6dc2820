-- People who were to be forgotten, and the proof that they were. Whose it was is there, sealed, only until it is done; afterwards a hash.
CREATE TABLE erasures (
    id           uuid        PRIMARY KEY,
    number       bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    subject_hash text        NOT NULL,  -- SHA-256 of the learner's pseudonym
    course       text        NOT NULL,
    requested_by text        NOT NULL,  -- 'learner', 'instructor' or 'owner'
    requested_at timestamptz NOT NULL,
    who          bytea,
    removed      jsonb       NOT NULL,  -- by service, by table
    done_at      timestamptz,
    previous     text,                  -- the proof before this one, so that none can be taken out
    proof        text,                  -- SHA-256 of all that
    signature    text                   -- HMAC-SHA256 of the proof
);

CREATE UNIQUE INDEX erasures_unfinished ON erasures (subject_hash) WHERE done_at IS NULL;
CREATE INDEX erasures_of_course ON erasures (course, number DESC);
