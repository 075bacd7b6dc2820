-- What a learner asked of late is looked up in every turn.
CREATE INDEX conversation_of_learner ON conversation (course, learner, updated_at DESC);
