CREATE TABLE course_policy (
    course     text PRIMARY KEY,
    policy     jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE assignment (
    id                 uuid PRIMARY KEY,
    course             text NOT NULL,
    title              text NOT NULL,
    path_pattern       text NOT NULL,
    description        text NOT NULL,
    -- null: the course's
    policy             jsonb,
    reference_solution text,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL
);

CREATE UNIQUE INDEX assignment_of_pattern ON assignment (course, path_pattern);

-- Who changed what the tutor may do; written in the transaction of the change.
CREATE TABLE help_audit (
    id            uuid PRIMARY KEY,
    course        text NOT NULL,
    assignment_id uuid,
    actor         text NOT NULL,
    actor_name    text NOT NULL,
    action        text NOT NULL,
    before        jsonb,
    after         jsonb,
    at            timestamptz NOT NULL
);

CREATE INDEX help_audit_of_course ON help_audit (course, id DESC);
