-- Where each learner stands with each cell, over all days: what class views read, so that they cost as much on the last day of a term
-- as on the first. Derived from cell_days and active_times; computable anew (docs/metrics.md).
CREATE TABLE cell_standings (
    course        text        NOT NULL,
    notebook      text        NOT NULL,  -- '' when unknown
    learner       text        NOT NULL,
    cell          text        NOT NULL,
    executions    integer     NOT NULL,  -- 0 of a cell that was worked in and never run
    tries         integer     NOT NULL,  -- executions up to the first that succeeded, that one included; all without one
    first_at      timestamptz,           -- the first execution
    first_success timestamptz,
    last_at       timestamptz,           -- the last execution
    last_error    text,                  -- of the last execution; null when it succeeded
    streak        integer     NOT NULL,  -- how many of the last executions failed with last_error
    active        real        NOT NULL,  -- seconds at work in it before the first success, or so far
    active_at     timestamptz,           -- the last event at work in it before the first success
    PRIMARY KEY (course, notebook, learner, cell),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);

CREATE INDEX cell_standings_of_learner ON cell_standings (course, learner);
CREATE INDEX cell_standings_solved ON cell_standings (course, notebook, cell, active) WHERE first_success IS NOT NULL;
CREATE INDEX cell_standings_unsolved ON cell_standings (course, active_at) WHERE first_success IS NULL;

-- Who has run something in which notebook.
CREATE TABLE notebook_learners (
    course   text        NOT NULL,
    notebook text        NOT NULL,
    learner  text        NOT NULL,
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (course, notebook, learner),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);

CREATE INDEX notebook_learners_of_learner ON notebook_learners (course, learner);

-- How long a learner was at work in a cell that was not solved yet, by stretches of ten minutes, so that a late event costs those it
-- changes and not the day.
CREATE TABLE active_times (
    course   text        NOT NULL,
    learner  text        NOT NULL,
    start    timestamptz NOT NULL,
    notebook text        NOT NULL,
    cell     text        NOT NULL,
    seconds  real        NOT NULL,
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (course, learner, start, notebook, cell),
    FOREIGN KEY (course, learner) REFERENCES learners ON DELETE CASCADE
);

CREATE INDEX active_times_of_cell ON active_times (course, learner, notebook, cell);

-- How long those took who have solved a cell.
CREATE TABLE cell_thresholds (
    course   text    NOT NULL,
    notebook text    NOT NULL,
    cell     text    NOT NULL,
    share    real    NOT NULL,  -- which percentile it is: Activity:StuckShare when it was computed
    solved   integer NOT NULL,  -- by how many learners
    seconds  real    NOT NULL,
    PRIMARY KEY (course, notebook, cell)
);

CREATE INDEX code_states_of_notebook ON code_states (course, notebook);

-- What is kept so far is put together anew.
UPDATE learners SET changed_since = '1970-01-01Z', edited_since = '1970-01-01Z';

-- Room for a row's next version beside it, so that indexes need not be told of it; and numbers that only have to differ need no log each.
ALTER TABLE learners SET (fillfactor = 70);
ALTER SEQUENCE learner_changes CACHE 100;
