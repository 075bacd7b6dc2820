-- When a learner's days were last brought up to date: those who have waited longest come first, so that a class that does not pause
-- leaves nobody behind, and after an upgrade those who were seen last.
ALTER TABLE learners ADD COLUMN days_at timestamptz;
DROP INDEX learners_changed;
CREATE INDEX learners_changed ON learners (days_at NULLS FIRST) WHERE changed_since IS NOT NULL;
