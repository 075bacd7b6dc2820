-- What of the configuration an export's files depend on, as it was; null for exports of before, which go by what holds now.
ALTER TABLE study_exports
    ADD COLUMN id_pattern text,
    ADD COLUMN iri_base   text;
