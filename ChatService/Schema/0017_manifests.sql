-- Plugins and connections of courses. Secrets are taken out of the manifest and sealed.
CREATE TABLE manifest (
    id         uuid PRIMARY KEY,
    course     text NOT NULL,
    kind       text NOT NULL,
    name       text NOT NULL,
    manifest   text NOT NULL,
    secrets    bytea,
    -- of a plugin: the connection that it uses
    connection text,
    applied_by text NOT NULL,
    applied_at timestamptz NOT NULL,
    UNIQUE (course, kind, name)
);
