-- What is to be learned with an assignment, as an array of texts.
ALTER TABLE assignment ADD COLUMN objectives jsonb NOT NULL DEFAULT '[]';

-- of a question: which of them it is about
ALTER TABLE message ADD COLUMN objective text;

-- What a learner asked of late.
CREATE INDEX conversation_of_learner ON conversation (course, learner, updated_at DESC);
