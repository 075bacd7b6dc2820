-- What is derived from events, kept as they come and computable anew from them at any time (docs/metrics.md).

CREATE SEQUENCE learner_changes;

ALTER TABLE learners
    ADD COLUMN changes       bigint      NOT NULL DEFAULT nextval('learner_changes'),  -- another one with every commit of the learner's events
    ADD COLUMN changed_since timestamptz,  -- the earliest execution or question that is not in the *_days yet; null when all are
    ADD COLUMN edited_since  timestamptz,  -- the earliest event about code that is not in code_states yet; null when all are
    ADD COLUMN code_at       timestamptz;  -- when the learner's code_states were looked at last

CREATE INDEX learners_changed ON learners (course, learner) WHERE changed_since IS NOT NULL;
CREATE INDEX learners_edited ON learners (code_at NULLS FIRST) WHERE edited_since IS NOT NULL;

UPDATE learners SET changed_since = '1970-01-01Z', edited_since = '1970-01-01Z';

-- A learner's executions of a cell on a day (UTC), each once.
CREATE TABLE cell_days (
    course        text        NOT NULL,
    learner       text        NOT NULL,
    day           date        NOT NULL,
    notebook      text        NOT NULL,  -- '' when unknown
    cell          text        NOT NULL,
    executions    integer     NOT NULL,
    failures      integer     NOT NULL,
    tries         integer     NOT NULL,  -- executions up to the first that succeeded, that one included; all without one
    first_at      timestamptz NOT NULL,
    first_success timestamptz,
    last_at       timestamptz NOT NULL,
    last_error    text,                  -- of the last execution; null when it succeeded
    streak        integer     NOT NULL,  -- how many of the last executions failed with last_error
    PRIMARY KEY (course, learner, day, notebook, cell),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);

CREATE INDEX cell_days_of_notebook ON cell_days (course, notebook, learner, cell, day);

-- A learner's questions to the tutor on a day (UTC).
CREATE TABLE question_days (
    course    text    NOT NULL,
    learner   text    NOT NULL,
    day       date    NOT NULL,
    notebook  text    NOT NULL,  -- '' when unknown
    class     text    NOT NULL,  -- instrumental, executive, other; '' when unknown
    objective text    NOT NULL,  -- '' without one
    questions integer NOT NULL,
    PRIMARY KEY (course, learner, day, notebook, class, objective),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);

-- The last known state of a learner's notebook: characters of code by origin, and what is needed to go on from there.
CREATE TABLE code_states (
    course   text        NOT NULL,
    learner  text        NOT NULL,
    notebook text        NOT NULL,
    up_to    timestamptz NOT NULL,  -- the last event that is in it
    existing integer     NOT NULL,
    typed    integer     NOT NULL,
    pasted   integer     NOT NULL,
    tutor    integer     NOT NULL,
    unknown  integer     NOT NULL,
    state    text,                  -- JSON; null when it is too large to keep and is rebuilt instead
    PRIMARY KEY (course, learner, notebook),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);
