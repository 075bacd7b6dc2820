CREATE TABLE conversation (
    id            uuid PRIMARY KEY,
    subject       text NOT NULL,
    learner       text NOT NULL,
    course        text NOT NULL,
    title         text NOT NULL,
    notebook_path text,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

CREATE INDEX conversation_of_subject ON conversation (subject, updated_at DESC, id DESC);

-- A question is a message of the user; each try to answer it is a message of the assistant.
CREATE TABLE message (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
    position        bigint GENERATED ALWAYS AS IDENTITY,
    question_id     uuid REFERENCES message ON DELETE CASCADE,
    sender          text NOT NULL CHECK (sender IN ('user', 'assistant')),
    content         text NOT NULL,
    status          text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled')),
    created_at      timestamptz NOT NULL,
    -- of a question: what the model is shown beside the student's words
    context         jsonb,
    -- of an answer: where it came from, what it cost, why it failed
    model           text,
    prompt          text,
    input_tokens    bigint,
    output_tokens   bigint,
    failure         text,
    -- while it runs: until when its writer is taken to be alive, by the database's clock
    lease_until     timestamptz,
    CHECK ((sender = 'assistant') = (question_id IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL))
);

CREATE INDEX message_in_order ON message (conversation_id, position);
CREATE INDEX message_of_question ON message (question_id);

-- One turn at a time per conversation, whichever replica it runs on.
CREATE UNIQUE INDEX one_turn_at_a_time ON message (conversation_id) WHERE status = 'running';
CREATE INDEX running_lease ON message (lease_until) WHERE status = 'running';
