-- +goose Up
-- What lists of datasets are filtered by. Datasets that are there already get
-- it when they are next written, by an import run again or a change; no portal
-- had a list of datasets before.
ALTER TABLE dataset ADD COLUMN title_plain TEXT NOT NULL DEFAULT '';
ALTER TABLE dataset ADD COLUMN access_type TEXT NOT NULL DEFAULT 'open';
ALTER TABLE dataset ADD COLUMN granularity TEXT;
ALTER TABLE dataset ADD COLUMN coverage_start TEXT COLLATE "C";
ALTER TABLE dataset ADD COLUMN coverage_end TEXT COLLATE "C";
UPDATE dataset SET title_plain = lower(title);
CREATE INDEX dataset_updated ON dataset (last_update);
CREATE INDEX dataset_reuses ON dataset (metric_reuses);
CREATE INDEX dataset_followers ON dataset (metric_followers);
CREATE INDEX dataset_views ON dataset (metric_views);

CREATE TABLE dataset_badge (
  dataset TEXT COLLATE "C" NOT NULL REFERENCES dataset (id),
  kind    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (dataset, kind)
);
CREATE INDEX dataset_badge_kind ON dataset_badge (kind, dataset);
CREATE TABLE dataset_zone (
  dataset TEXT COLLATE "C" NOT NULL REFERENCES dataset (id),
  zone    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (dataset, zone)
);
CREATE INDEX dataset_zone_zone ON dataset_zone (zone, dataset);

ALTER TABLE dataset_resource ADD COLUMN format TEXT;
ALTER TABLE dataset_resource ADD COLUMN mime TEXT;
ALTER TABLE dataset_resource ADD COLUMN schema_name TEXT;
ALTER TABLE dataset_resource ADD COLUMN schema_version TEXT;
CREATE INDEX dataset_resource_format ON dataset_resource (format, dataset);
CREATE INDEX dataset_resource_schema ON dataset_resource (schema_name, dataset);

-- Resources that others than the publisher add to a dataset. Their ids are
-- UUIDs, as those of resources.
CREATE TABLE community_resource (
  id            TEXT COLLATE "C" PRIMARY KEY,
  dataset       TEXT COLLATE "C",
  owner         TEXT COLLATE "C",
  organization  TEXT COLLATE "C",
  title         TEXT COLLATE "C" NOT NULL,
  title_plain   TEXT NOT NULL,
  url           TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  doc           TEXT NOT NULL,
  revision      BIGINT NOT NULL
);
CREATE INDEX community_resource_dataset ON community_resource (dataset);
CREATE INDEX community_resource_owner ON community_resource (owner);
CREATE INDEX community_resource_organization ON community_resource (organization);
CREATE INDEX community_resource_created ON community_resource (created_at, id);
