-- What a model wrote down of the messages that no longer fit, and up to which of them.
ALTER TABLE conversation
    ADD COLUMN summary text,
    ADD COLUMN summary_model text,
    ADD COLUMN summary_to bigint;
