-- APIs that the members of a course may ask the model to call. JSON is kept as it came: jsonb takes no \u0000.
CREATE TABLE api (
    id            uuid PRIMARY KEY,
    course        text NOT NULL,
    name          text NOT NULL,
    document      text NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    UNIQUE (course, name)
);

-- A call that a model proposed, what its user decided, and what came of it. It outlives its API: it is the record of what was sent.
CREATE TABLE action (
    id            uuid PRIMARY KEY,
    subject       text NOT NULL,
    course        text NOT NULL,
    api_id        uuid NOT NULL,
    api           text NOT NULL,
    operation     text NOT NULL,
    request       text NOT NULL,
    model         text NOT NULL,
    method        text NOT NULL,
    url           text NOT NULL,
    body          text,
    status        text NOT NULL CHECK (status IN ('proposed', 'rejected', 'sending', 'done', 'failed')),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    decided_at    timestamptz,
    answer_status integer,
    answer        text,
    failure       text
);

CREATE INDEX action_of_subject ON action (subject, id DESC);
