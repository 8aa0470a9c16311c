-- +goose Up
-- The rules of this file stand in internal/kernel/db/doc.go. Each table names
-- its noun; side tables begin with the noun's name.

-- The event log and its position, which is the catalogue's generation.
CREATE TABLE log_position (one INTEGER PRIMARY KEY, seq BIGINT NOT NULL);
INSERT INTO log_position VALUES (1, 0);
CREATE TABLE event (
  seq          BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  key          TEXT COLLATE "C" NOT NULL,
  class        TEXT COLLATE "C" NOT NULL,
  object       TEXT COLLATE "C" NOT NULL,
  actor        TEXT COLLATE "C",
  organization TEXT COLLATE "C",
  changes      TEXT NOT NULL,
  extras       TEXT,
  hidden       BOOLEAN NOT NULL,
  origin       TEXT COLLATE "C"
);
CREATE INDEX event_object ON event (object, at);
CREATE INDEX event_actor ON event (actor, at);
CREATE INDEX event_organization ON event (organization, at);
CREATE INDEX event_at ON event (at);
CREATE UNIQUE INDEX event_origin ON event (origin);

-- Slugs that an object had before: links to them go on working.
CREATE TABLE old_slug (
  class  TEXT COLLATE "C" NOT NULL,
  slug   TEXT COLLATE "C" NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (class, slug)
);
CREATE INDEX old_slug_object ON old_slug (object);

-- "user" is a reserved word in PostgreSQL.
CREATE TABLE person (
  id                TEXT COLLATE "C" PRIMARY KEY,
  slug              TEXT COLLATE "C" NOT NULL,
  email             TEXT COLLATE "C" NOT NULL,
  first_name        TEXT COLLATE "C" NOT NULL,
  last_name         TEXT COLLATE "C" NOT NULL,
  password          TEXT,
  active            BOOLEAN NOT NULL,
  sysadmin          BOOLEAN NOT NULL,
  lang              TEXT,
  created_at        BIGINT NOT NULL,
  confirmed_at      BIGINT,
  last_login_at     BIGINT,
  deleted           BIGINT,
  metric_datasets   BIGINT NOT NULL,
  metric_reuses     BIGINT NOT NULL,
  metric_followers  BIGINT NOT NULL,
  metric_following  BIGINT NOT NULL,
  metrics           TEXT NOT NULL,
  doc               TEXT NOT NULL,
  revision          BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_slug ON person (slug);
CREATE UNIQUE INDEX person_email ON person (email);

CREATE TABLE api_token (
  id           TEXT COLLATE "C" PRIMARY KEY,
  hash         TEXT COLLATE "C" NOT NULL,
  prefix       TEXT NOT NULL,
  person       TEXT COLLATE "C" NOT NULL REFERENCES person (id),
  name         TEXT,
  kind         TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at   BIGINT,
  expires_at   BIGINT
);
CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE INDEX api_token_person ON api_token (person);

CREATE TABLE organization (
  id               TEXT COLLATE "C" PRIMARY KEY,
  slug             TEXT COLLATE "C" NOT NULL,
  name             TEXT COLLATE "C" NOT NULL,
  acronym          TEXT COLLATE "C",
  created_at       BIGINT NOT NULL,
  last_modified    BIGINT NOT NULL,
  deleted          BIGINT,
  metric_datasets  BIGINT NOT NULL,
  metric_reuses    BIGINT NOT NULL,
  metric_followers BIGINT NOT NULL,
  metric_views     BIGINT NOT NULL,
  metrics          TEXT NOT NULL,
  doc              TEXT NOT NULL,
  revision         BIGINT NOT NULL
);
CREATE UNIQUE INDEX organization_slug ON organization (slug);
CREATE TABLE organization_member (
  organization TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
  person       TEXT COLLATE "C" NOT NULL,
  role         TEXT NOT NULL,
  since        BIGINT,
  position     INTEGER NOT NULL,
  PRIMARY KEY (organization, person)
);
CREATE INDEX organization_member_person ON organization_member (person);
CREATE TABLE organization_badge (
  organization TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
  kind         TEXT COLLATE "C" NOT NULL,
  created_at   BIGINT,
  created_by   TEXT COLLATE "C",
  position     INTEGER NOT NULL,
  PRIMARY KEY (organization, kind)
);
CREATE INDEX organization_badge_kind ON organization_badge (kind, organization);

-- What partial editors may change: one row an object and person.
CREATE TABLE assignment (
  person       TEXT COLLATE "C" NOT NULL,
  organization TEXT COLLATE "C" NOT NULL,
  class        TEXT COLLATE "C" NOT NULL,
  object       TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (person, class, object)
);
CREATE INDEX assignment_object ON assignment (object);

CREATE TABLE license (
  id         TEXT COLLATE "C" PRIMARY KEY,
  title      TEXT NOT NULL,
  created_at BIGINT,
  doc        TEXT NOT NULL
);

-- Whom to ask about a dataset or a dataservice.
CREATE TABLE contact_point (
  id           TEXT COLLATE "C" PRIMARY KEY,
  name         TEXT NOT NULL,
  owner        TEXT COLLATE "C",
  organization TEXT COLLATE "C",
  doc          TEXT NOT NULL
);

CREATE TABLE dataset (
  id                TEXT COLLATE "C" PRIMARY KEY,
  slug              TEXT COLLATE "C" NOT NULL,
  title             TEXT COLLATE "C" NOT NULL,
  acronym           TEXT COLLATE "C",
  owner             TEXT COLLATE "C",
  organization      TEXT COLLATE "C",
  license           TEXT COLLATE "C",
  private           BOOLEAN NOT NULL,
  featured          BOOLEAN,
  created_at        BIGINT NOT NULL,
  last_modified     BIGINT NOT NULL,
  last_update       BIGINT NOT NULL,
  archived          BIGINT,
  deleted           BIGINT,
  metric_reuses     BIGINT NOT NULL,
  metric_followers  BIGINT NOT NULL,
  metric_views      BIGINT NOT NULL,
  metrics           TEXT NOT NULL,
  doc               TEXT NOT NULL,
  search            TEXT NOT NULL,
  revision          BIGINT NOT NULL
);
CREATE UNIQUE INDEX dataset_slug ON dataset (slug);
CREATE INDEX dataset_created ON dataset (created_at);
CREATE INDEX dataset_owner ON dataset (owner);
CREATE INDEX dataset_organization ON dataset (organization);
CREATE TABLE dataset_tag (
  dataset  TEXT COLLATE "C" NOT NULL REFERENCES dataset (id),
  tag      TEXT COLLATE "C" NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (dataset, tag)
);
CREATE INDEX dataset_tag_tag ON dataset_tag (tag, dataset);
-- Resources carry UUIDs. udata has not always kept those of two datasets, or
-- of one, apart, so they are no key.
CREATE TABLE dataset_resource (
  dataset  TEXT COLLATE "C" NOT NULL REFERENCES dataset (id),
  position INTEGER NOT NULL,
  id       TEXT COLLATE "C" NOT NULL,
  url      TEXT NOT NULL,
  doc      TEXT NOT NULL,
  PRIMARY KEY (dataset, position)
);
CREATE INDEX dataset_resource_id ON dataset_resource (id);

CREATE TABLE dataservice (
  id               TEXT COLLATE "C" PRIMARY KEY,
  slug             TEXT COLLATE "C" NOT NULL,
  title            TEXT COLLATE "C" NOT NULL,
  acronym          TEXT COLLATE "C",
  owner            TEXT COLLATE "C",
  organization     TEXT COLLATE "C",
  private          BOOLEAN NOT NULL,
  featured         BOOLEAN,
  created_at       BIGINT NOT NULL,
  last_modified    BIGINT NOT NULL,
  archived         BIGINT,
  deleted          BIGINT,
  metric_reuses    BIGINT NOT NULL,
  metric_followers BIGINT NOT NULL,
  metric_views     BIGINT NOT NULL,
  metrics          TEXT NOT NULL,
  doc              TEXT NOT NULL,
  search           TEXT NOT NULL,
  revision         BIGINT NOT NULL
);
CREATE UNIQUE INDEX dataservice_slug ON dataservice (slug);
CREATE INDEX dataservice_owner ON dataservice (owner);
CREATE INDEX dataservice_organization ON dataservice (organization);
CREATE TABLE dataservice_dataset (
  dataservice TEXT COLLATE "C" NOT NULL REFERENCES dataservice (id),
  dataset     TEXT COLLATE "C" NOT NULL,
  position    INTEGER NOT NULL,
  PRIMARY KEY (dataservice, position)
);
CREATE INDEX dataservice_dataset_dataset ON dataservice_dataset (dataset);

CREATE TABLE reuse (
  id               TEXT COLLATE "C" PRIMARY KEY,
  slug             TEXT COLLATE "C" NOT NULL,
  title            TEXT COLLATE "C" NOT NULL,
  type             TEXT COLLATE "C" NOT NULL,
  topic            TEXT COLLATE "C",
  url              TEXT COLLATE "C" NOT NULL,
  urlhash          TEXT COLLATE "C" NOT NULL,
  owner            TEXT COLLATE "C",
  organization     TEXT COLLATE "C",
  private          BOOLEAN NOT NULL,
  featured         BOOLEAN,
  created_at       BIGINT NOT NULL,
  last_modified    BIGINT NOT NULL,
  archived         BIGINT,
  deleted          BIGINT,
  metric_datasets  BIGINT NOT NULL,
  metric_followers BIGINT NOT NULL,
  metric_views     BIGINT NOT NULL,
  metrics          TEXT NOT NULL,
  doc              TEXT NOT NULL,
  title_plain      TEXT NOT NULL,
  search           TEXT NOT NULL,
  revision         BIGINT NOT NULL
);
CREATE UNIQUE INDEX reuse_slug ON reuse (slug);
CREATE UNIQUE INDEX reuse_urlhash ON reuse (urlhash);
-- The default order of every list, for strangers and for others; counting a
-- list reads the first alone. The rest for their sorts and filters.
CREATE INDEX reuse_public ON reuse (created_at, id, private, deleted) WHERE NOT private AND deleted IS NULL;
CREATE INDEX reuse_created ON reuse (created_at, id);
CREATE INDEX reuse_modified ON reuse (last_modified);
CREATE INDEX reuse_owner ON reuse (owner, created_at);
CREATE INDEX reuse_organization ON reuse (organization, created_at);
CREATE INDEX reuse_followers ON reuse (metric_followers);
CREATE INDEX reuse_views ON reuse (metric_views);
CREATE TABLE reuse_dataset (
  reuse    TEXT COLLATE "C" NOT NULL REFERENCES reuse (id),
  position INTEGER NOT NULL,
  dataset  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (reuse, position)
);
CREATE INDEX reuse_dataset_dataset ON reuse_dataset (dataset, reuse);
CREATE TABLE reuse_dataservice (
  reuse       TEXT COLLATE "C" NOT NULL REFERENCES reuse (id),
  position    INTEGER NOT NULL,
  dataservice TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (reuse, position)
);
CREATE INDEX reuse_dataservice_dataservice ON reuse_dataservice (dataservice, reuse);
CREATE TABLE reuse_tag (
  reuse    TEXT COLLATE "C" NOT NULL REFERENCES reuse (id),
  tag      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (reuse, tag)
);
CREATE INDEX reuse_tag_tag ON reuse_tag (tag, reuse);

-- A follow that has ended keeps its row, with `until`.
CREATE TABLE follow (
  id       TEXT COLLATE "C" PRIMARY KEY,
  follower TEXT COLLATE "C" NOT NULL,
  class    TEXT COLLATE "C" NOT NULL,
  object   TEXT COLLATE "C" NOT NULL,
  since    BIGINT NOT NULL,
  until    BIGINT
);
CREATE UNIQUE INDEX follow_active ON follow (follower, class, object) WHERE until IS NULL;
CREATE INDEX follow_object ON follow (object, since);

-- The portal itself, one row.
CREATE TABLE site (
  id  TEXT COLLATE "C" PRIMARY KEY,
  doc TEXT NOT NULL
);
