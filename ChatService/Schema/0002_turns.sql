-- A turn is queued until the model begins to answer.
ALTER TABLE message DROP CONSTRAINT message_status_check;
ALTER TABLE message DROP CONSTRAINT message_check1;
ALTER TABLE message ADD CONSTRAINT message_status_check CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled'));
ALTER TABLE message ADD CONSTRAINT message_lease_check CHECK ((status IN ('queued', 'running')) = (lease_until IS NOT NULL));
ALTER TABLE message ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false;

DROP INDEX one_turn_at_a_time;
DROP INDEX running_lease;
CREATE UNIQUE INDEX one_turn_at_a_time ON message (conversation_id) WHERE lease_until IS NOT NULL;
CREATE INDEX running_lease ON message (lease_until) WHERE lease_until IS NOT NULL;

-- What a client called its request, so that sending it again is answered by the turn that it began.
CREATE TABLE request_key (
    subject     text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    -- Checked at the end of the transaction: the key is claimed first, the answer follows.
    answer_id   uuid NOT NULL REFERENCES message ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
);

CREATE INDEX request_key_age ON request_key (created_at);
CREATE INDEX request_key_of_answer ON request_key (answer_id);
