-- A turn may wait for its user to approve what the model wants to have done. It holds its conversation, but nobody writes it.
ALTER TABLE message DROP CONSTRAINT message_status_check;
ALTER TABLE message ADD CONSTRAINT message_status_check CHECK (status IN ('queued', 'running', 'waiting', 'done', 'failed', 'cancelled'));
ALTER TABLE message ADD COLUMN waiting_until timestamptz;
ALTER TABLE message ADD CONSTRAINT message_waiting_check CHECK ((status = 'waiting') = (waiting_until IS NOT NULL));

DROP INDEX one_turn_at_a_time;
CREATE UNIQUE INDEX one_turn_at_a_time ON message (conversation_id) WHERE lease_until IS NOT NULL OR waiting_until IS NOT NULL;
CREATE INDEX waiting_turn ON message (waiting_until) WHERE waiting_until IS NOT NULL;

-- One answer of a model that calls tools, with what it said beside the calls.
CREATE TABLE tool_step (
    answer_id uuid NOT NULL REFERENCES message ON DELETE CASCADE,
    step      integer NOT NULL,
    text      text NOT NULL,
    PRIMARY KEY (answer_id, step)
);

-- A call as it was made, written before it runs. The arguments are kept as they came: jsonb takes no \u0000.
CREATE TABLE tool_call (
    id          uuid PRIMARY KEY,
    answer_id   uuid NOT NULL,
    step        integer NOT NULL,
    position    integer NOT NULL,
    -- what policies call the tool, null for one that there is not; and what the model calls it
    tool        text,
    name        text NOT NULL,
    arguments   text NOT NULL,
    status      text NOT NULL CHECK (status IN ('waiting', 'approved', 'denied', 'running', 'done', 'failed')),
    -- what the model was told, cut to a limit, and how long it was before
    result        text,
    result_length integer,
    created_at  timestamptz NOT NULL,
    decided_at  timestamptz,
    duration_ms bigint,
    UNIQUE (answer_id, step, position),
    FOREIGN KEY (answer_id, step) REFERENCES tool_step ON DELETE CASCADE
);
