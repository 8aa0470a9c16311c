-- +goose Up
-- What the counters of people and organizations are counted by: only what
-- counts, in the order of the index, without its rows.
CREATE INDEX reuse_counted_by_owner ON reuse (owner, id) WHERE NOT private AND deleted IS NULL;
CREATE INDEX reuse_counted_by_organization ON reuse (organization, created_at, id) WHERE NOT private AND deleted IS NULL;
CREATE INDEX dataset_counted_by_owner ON dataset (owner) WHERE NOT private AND deleted IS NULL AND archived IS NULL;
CREATE INDEX dataset_counted_by_organization ON dataset (organization, created_at, id) WHERE NOT private AND deleted IS NULL AND archived IS NULL;
