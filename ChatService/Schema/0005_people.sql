ALTER TABLE message DROP CONSTRAINT message_sender_check;
ALTER TABLE message ADD CONSTRAINT message_sender_check CHECK (sender IN ('user', 'assistant', 'instructor'));
-- of an instructor's message: who wrote it; of an answer: what its student thinks of it
ALTER TABLE message ADD COLUMN author text;
ALTER TABLE message ADD COLUMN feedback text CHECK (feedback IN ('up', 'down'));

-- A conversation whose student asked for a person.
CREATE TABLE help_request (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
    course          text NOT NULL,
    note            text NOT NULL,
    status          text NOT NULL CHECK (status IN ('waiting', 'taken', 'closed')),
    asked_at        timestamptz NOT NULL,
    taken_by        text,
    taken_name      text,
    closed_at       timestamptz,
    CHECK (status <> 'taken' OR taken_by IS NOT NULL)
);

CREATE UNIQUE INDEX one_open_request ON help_request (conversation_id) WHERE status <> 'closed';
CREATE INDEX help_queue ON help_request (course, asked_at) WHERE status <> 'closed';
