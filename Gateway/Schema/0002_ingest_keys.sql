-- Keys with which a source of events that cannot sign in as anybody sends the events of a course's learners.
CREATE TABLE ingest_keys (
    id            uuid PRIMARY KEY,
    course        text NOT NULL,
    name          text NOT NULL,
    -- Where in what is sent the learner is named; see docs/telemetry.md.
    learner_field text NOT NULL,
    -- SHA-256 of the key, as for accounts' tokens.
    key_hash      bytea NOT NULL UNIQUE,
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX ingest_keys_course ON ingest_keys (course, name);
