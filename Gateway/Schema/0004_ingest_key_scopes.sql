-- What a key is for: events, tutor or both. Keys from before were handed out for events.
ALTER TABLE ingest_keys ADD COLUMN scopes text[] NOT NULL DEFAULT '{events}' CHECK (scopes <@ '{events,tutor}' AND cardinality(scopes) BETWEEN 1 AND 2);
