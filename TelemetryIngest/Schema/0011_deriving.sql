-- A learner's code is rebuilt from deriving_since on while edited_since takes note of what comes meanwhile.
ALTER TABLE learners ADD COLUMN deriving_since timestamptz;

DROP INDEX learners_edited;
CREATE INDEX learners_edited ON learners (code_at NULLS FIRST) WHERE edited_since IS NOT NULL OR deriving_since IS NOT NULL;

-- The first event that is in a state: where it is gone, past retention, the state goes on and is not rebuilt from what is left.
ALTER TABLE code_states ADD COLUMN began_at timestamptz;
