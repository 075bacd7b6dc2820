ALTER TABLE message
    -- of a question: what it is about and what kind it is
    ADD COLUMN error_key text,
    ADD COLUMN question_class text,
    -- of an answer: how far up the ladder it may go, and what the model was shown
    ADD COLUMN hint_level smallint,
    ADD COLUMN sources jsonb;

CREATE INDEX message_about_error ON message (error_key, created_at) WHERE error_key IS NOT NULL;

-- Exactly what the model was asked, for instructors.
CREATE TABLE turn_record (
    answer_id uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
    course    text NOT NULL,
    learner   text NOT NULL,
    record    jsonb NOT NULL
);

CREATE INDEX turn_record_of_course ON turn_record (course, answer_id DESC);
CREATE INDEX turn_record_of_learner ON turn_record (course, learner, answer_id DESC);
