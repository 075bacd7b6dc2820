-- What learners did and met, each event once.
CREATE TABLE events (
    id          uuid        PRIMARY KEY,
    received_at timestamptz NOT NULL,  -- our clock
    occurred_at timestamptz NOT NULL,  -- the sender's clock, as sent
    live_at     timestamptz NOT NULL,  -- where live views place it: occurred_at, or received_at when that clock cannot be right
    clock_off   boolean     NOT NULL,  -- occurred_at is further from received_at than Events:MaxClockError
    course      text        NOT NULL,
    learner     text        NOT NULL,  -- a keyed pseudonym
    type        text        NOT NULL,
    notebook    text,
    cell        text,
    session     text,
    source      text        NOT NULL,  -- 'pioneer', 'batch', or the service that sent it
    success     boolean,               -- of an execution; null for everything else
    failure     jsonb,                 -- of a failed execution: language, code, name, value, traceback, cut to what people read
    detail      jsonb                  -- as sent, without environ, secrets and characters that PostgreSQL cannot store
);

CREATE INDEX events_of_learner ON events (course, learner, live_at, id);

-- What the class view counts, without the many edits and scrolls between.
CREATE INDEX events_counted ON events (course, learner, live_at, id) WHERE success IS NOT NULL OR type = 'TutorQuestion';

-- Who was seen when: the class view's list, kept with every commit so that it need not scan events. Derived, can be recomputed.
CREATE TABLE learners (
    course    text        NOT NULL,
    learner   text        NOT NULL,
    last_seen timestamptz NOT NULL,
    notebook  text,
    PRIMARY KEY (course, learner)
);

-- Events that were refused, with the reason; the oldest go when there are more than Events:QuarantineCapacity.
CREATE TABLE quarantine (
    id          uuid        PRIMARY KEY,  -- of the content, so that a retry is kept once
    number      bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    received_at timestamptz NOT NULL,
    course      text        NOT NULL,
    learner     text        NOT NULL,
    source      text        NOT NULL,
    reason      text        NOT NULL,
    body        text        NOT NULL      -- cleaned as detail is, then cut, so not always whole JSON
);
