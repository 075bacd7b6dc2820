CREATE TABLE experiment (
    id          uuid PRIMARY KEY,
    course      text NOT NULL,
    name        text NOT NULL,
    description text NOT NULL,
    layer       text NOT NULL,
    -- thousandths of the layer's learners, and from which on once it runs
    share       int NOT NULL CHECK (share BETWEEN 1 AND 1000),
    first       int,
    stratify    text NOT NULL CHECK (stratify IN ('none', 'assignment', 'experience')),
    arms        jsonb NOT NULL,
    status      text NOT NULL CHECK (status IN ('draft', 'running', 'ended')),
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    ended_at    timestamptz,
    CHECK ((status = 'draft') = (started_at IS NULL)),
    CHECK ((status = 'draft') = (first IS NULL))
);

CREATE UNIQUE INDEX experiment_of_name ON experiment (course, name);
CREATE INDEX experiment_running ON experiment (course) WHERE status = 'running';

-- Who was in which arm; written with the first turn, counted with each.
CREATE TABLE experiment_exposure (
    experiment_id uuid NOT NULL REFERENCES experiment ON DELETE CASCADE,
    learner       text NOT NULL,
    stratum       text NOT NULL,
    arm           text NOT NULL,
    first_at      timestamptz NOT NULL,
    turns         bigint NOT NULL,
    PRIMARY KEY (experiment_id, learner, stratum)
);
