-- In which way analytics are derived from events. Who knows only an older way derives nothing any more (docs/decisions/0027). A change
-- of the way comes with a file like this one, which updates the version first and then has everything computed anew.
CREATE TABLE derivation_version (version integer NOT NULL);
CREATE UNIQUE INDEX derivation_version_only ON derivation_version ((true));
INSERT INTO derivation_version VALUES (15);

-- Replicas from before there was a version look for these columns when they derive, and find them gone.
ALTER TABLE learners RENAME COLUMN days_at TO days_derived_at;
ALTER TABLE learners RENAME COLUMN deriving_since TO rebuilding_since;

UPDATE learners SET changed_since = '1970-01-01Z', edited_since = '1970-01-01Z', code_at = NULL, changes = nextval('learner_changes');
