-- +goose Up
-- Topics gather objects. `search` holds the whole words of name and
-- description, folded, between blanks.
CREATE TABLE topic (
  id            TEXT COLLATE "C" PRIMARY KEY,
  slug          TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  owner         TEXT COLLATE "C",
  organization  TEXT COLLATE "C",
  private       BOOLEAN,
  featured      BOOLEAN NOT NULL,
  granularity   TEXT COLLATE "C",
  created_at    BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  doc           TEXT NOT NULL,
  search        TEXT NOT NULL,
  revision      BIGINT NOT NULL
);
CREATE UNIQUE INDEX topic_slug ON topic (slug);
CREATE INDEX topic_created ON topic (created_at, id);
CREATE INDEX topic_owner ON topic (owner);
CREATE INDEX topic_organization ON topic (organization);
CREATE TABLE topic_tag (
  topic TEXT COLLATE "C" NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
  tag   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (topic, tag)
);
CREATE INDEX topic_tag_tag ON topic_tag (tag, topic);
CREATE TABLE topic_zone (
  topic TEXT COLLATE "C" NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
  zone  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (topic, zone)
);
CREATE INDEX topic_zone_zone ON topic_zone (zone, topic);
-- What a topic holds. class and object are null for what has a title alone.
CREATE TABLE topic_element (
  id     TEXT COLLATE "C" PRIMARY KEY,
  topic  TEXT COLLATE "C" NOT NULL REFERENCES topic (id) ON DELETE CASCADE,
  class  TEXT COLLATE "C",
  object TEXT COLLATE "C",
  doc    TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX topic_element_topic ON topic_element (topic, id);
CREATE INDEX topic_element_object ON topic_element (object, topic);
CREATE TABLE topic_element_tag (
  element TEXT COLLATE "C" NOT NULL REFERENCES topic_element (id) ON DELETE CASCADE,
  tag     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (element, tag)
);
