-- Learners who were erased, by SHA-256 of their pseudonym: their events of before then are not taken, however late they come.
CREATE TABLE erasures (
    learner_hash bytea       PRIMARY KEY,
    erased_at    timestamptz NOT NULL
);
