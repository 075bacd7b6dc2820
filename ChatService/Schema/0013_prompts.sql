-- Prompts that instructors wrote for their course, by name and SHA-256.
CREATE TABLE prompt_version (
    course       text NOT NULL,
    version      text NOT NULL,
    name         text NOT NULL,
    body         text NOT NULL,
    status       text NOT NULL CHECK (status IN ('draft', 'published')),
    author       text NOT NULL,
    author_name  text NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    -- how its regression cases went last; null before they ran
    report       jsonb,
    PRIMARY KEY (course, version),
    CHECK ((status = 'published') = (published_at IS NOT NULL))
);

-- Which of them the course uses; without a row the one that comes with the service.
CREATE TABLE prompt_in_use (
    course  text NOT NULL,
    name    text NOT NULL,
    version text NOT NULL,
    PRIMARY KEY (course, name),
    FOREIGN KEY (course, version) REFERENCES prompt_version
);

-- A course's own regression cases.
CREATE TABLE prompt_case (
    course text NOT NULL,
    id     text NOT NULL,
    body   jsonb NOT NULL,
    PRIMARY KEY (course, id)
);
