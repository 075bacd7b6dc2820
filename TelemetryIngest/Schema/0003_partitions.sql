-- Events in one partition a month, so that old ones can go at once instead of row by row.
--
-- A partitioned table cannot be unique by an id that is not its key, so that ids have a table of their own: each event once, in
-- whatever month it was placed the first time. Months are by live_at, which views go by and which is never in the future.
CREATE TABLE event_ids (
    id uuid PRIMARY KEY
);

ALTER TABLE events RENAME TO events_before;
ALTER TABLE events_before DROP CONSTRAINT events_pkey;
DROP INDEX events_of_learner, events_counted;

CREATE TABLE events (LIKE events_before) PARTITION BY RANGE (live_at);
CREATE INDEX events_of_learner ON events (course, learner, live_at, id);
-- What the class view counts, without the many edits and scrolls between.
CREATE INDEX events_counted ON events (course, learner, live_at, id) WHERE success IS NOT NULL OR type = 'TutorQuestion';
-- Errors are shown by the event's id; failures are few.
CREATE INDEX events_failed ON events (id) WHERE NOT success;

-- Makes the partition that holds a time, where there is none. Replicas wait for one another.
CREATE FUNCTION make_events_month(held timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamp := date_trunc('month', held AT TIME ZONE 'UTC');
    month text := 'events_' || to_char(first, 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('events months'));
    IF to_regclass(month) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
            month, first AT TIME ZONE 'UTC', (first + interval '1 month') AT TIME ZONE 'UTC');
    END IF;
END $$;

SELECT make_events_month(month)
FROM generate_series((SELECT coalesce(min(live_at), now()) FROM events_before) - interval '1 day', now() + interval '1 month', interval '1 day') AS month;

INSERT INTO event_ids SELECT id FROM events_before;
INSERT INTO events SELECT * FROM events_before;
DROP TABLE events_before;
