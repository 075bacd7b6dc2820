-- The order in which events were committed, for what has to find the same events again: a writer of events holds the ingest lock
-- shared while it numbers and commits them, and who takes it alone knows that no lower number will ever appear. Events of before are 0.
CREATE SEQUENCE events_number;
ALTER TABLE events ADD COLUMN number bigint NOT NULL DEFAULT 0;
ALTER TABLE events ALTER COLUMN number SET DEFAULT nextval('events_number');

-- What may leave the service for research. The definition is the one that holds; earlier ones are in study_versions.
CREATE TABLE studies (
    id         uuid        PRIMARY KEY,
    course     text        NOT NULL,
    version    integer     NOT NULL,
    definition jsonb       NOT NULL,
    key        bytea,                  -- sealed; of its pseudonyms. Null once the study has ended: none can be made again.
    created_at timestamptz NOT NULL,
    ended_at   timestamptz
);

CREATE INDEX studies_of_course ON studies (course, id DESC);

CREATE TABLE study_versions (
    study      uuid        NOT NULL REFERENCES studies ON DELETE CASCADE,
    version    integer     NOT NULL,
    definition jsonb       NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (study, version)
);

-- What learners decided, each decision a row; the newest holds, for the version that it was about.
CREATE TABLE study_consents (
    number  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    study   uuid        NOT NULL REFERENCES studies ON DELETE CASCADE,
    learner text        NOT NULL,
    version integer     NOT NULL,
    given   boolean     NOT NULL,
    at      timestamptz NOT NULL
);

CREATE INDEX study_consents_of_learner ON study_consents (study, learner, number DESC);

-- Beside the study's key, what a learner's pseudonym in it is made of: without this row nobody can make it again.
CREATE TABLE study_subjects (
    study   uuid  NOT NULL REFERENCES studies ON DELETE CASCADE,
    learner text  NOT NULL,
    secret  bytea NOT NULL,
    PRIMARY KEY (study, learner)
);

-- A question frozen, so that it has the same answer as often as it is asked.
CREATE TABLE study_exports (
    id           uuid        PRIMARY KEY,
    study        uuid        NOT NULL REFERENCES studies ON DELETE CASCADE,
    version      integer     NOT NULL,
    definition   jsonb       NOT NULL,
    bound        bigint      NOT NULL,  -- the highest number of an event in it
    oldest_month text        NOT NULL,  -- the oldest partition that there was
    report       jsonb       NOT NULL,
    names        bytea       NOT NULL,  -- sealed: the names that are masked
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz            -- a learner in it has withdrawn or was erased
);

CREATE INDEX study_exports_of_study ON study_exports (study, id DESC);

CREATE TABLE study_export_subjects (
    export  uuid   NOT NULL REFERENCES study_exports ON DELETE CASCADE,
    subject text   NOT NULL,  -- the pseudonym
    learner text   NOT NULL,
    quasi   text[] NOT NULL,  -- the values of the quasi-identifiers, in the definition's order
    PRIMARY KEY (export, subject)
);

CREATE INDEX study_export_subjects_of_learner ON study_export_subjects (learner);

-- What a file of an export was when it was first written as a whole.
CREATE TABLE study_export_files (
    export uuid   NOT NULL REFERENCES study_exports ON DELETE CASCADE,
    name   text   NOT NULL,
    length bigint NOT NULL,
    sha256 bytea  NOT NULL,
    PRIMARY KEY (export, name)
);

-- Who did what with a study. It outlives the study.
CREATE TABLE study_access (
    number     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    course     text        NOT NULL,
    study      uuid        NOT NULL,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL,
    actor_name text        NOT NULL,
    action     text        NOT NULL,
    export     uuid,
    file       text
);

CREATE INDEX study_access_of_study ON study_access (study, number DESC);
