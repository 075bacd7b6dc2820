-- A piece of code that somebody works on with a model.
CREATE TABLE code_session (
    id           uuid PRIMARY KEY,
    subject      text NOT NULL,
    title        text NOT NULL,
    language     text NOT NULL,
    -- counts up and never down, so that a deleted version's number does not come back
    last_version integer NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);

CREATE INDEX code_session_of_subject ON code_session (subject, updated_at DESC, id DESC);

CREATE TABLE snippet (
    session_id uuid NOT NULL REFERENCES code_session ON DELETE CASCADE,
    version    integer NOT NULL,
    code       text NOT NULL,
    prompt     text NOT NULL,
    feedback   text,
    model      text NOT NULL,
    created_at timestamptz NOT NULL,
    -- of its last test, if any
    tests      text,
    outcome    text CHECK (outcome IN ('passed', 'failed', 'timed_out', 'too_much_output', 'kernel_died')),
    output     text,
    tested_at  timestamptz,
    PRIMARY KEY (session_id, version)
);
