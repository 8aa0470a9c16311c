-- +goose Up
-- What is searched: one document for each object, written with it, and the
-- number of the last change of any (internal/kernel/search). Texts are the
-- words of the analyser, in their order.
CREATE TABLE search_position (one INTEGER PRIMARY KEY, seq BIGINT NOT NULL);
INSERT INTO search_position VALUES (1, 0);
CREATE TABLE search_document (
  class     TEXT COLLATE "C" NOT NULL,
  object    TEXT COLLATE "C" NOT NULL,
  version   BIGINT NOT NULL,
  removed   BOOLEAN NOT NULL,
  label     TEXT NOT NULL,
  title     TEXT NOT NULL,
  acronym   TEXT NOT NULL,
  tags      TEXT NOT NULL,
  body      TEXT NOT NULL,
  keys      TEXT NOT NULL,
  links     TEXT NOT NULL,
  public    BOOLEAN NOT NULL,
  featured  BOOLEAN NOT NULL,
  archived  BOOLEAN NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  followers BIGINT NOT NULL,
  views     BIGINT NOT NULL,
  reuses    BIGINT NOT NULL,
  datasets  BIGINT NOT NULL,
  PRIMARY KEY (class, object)
);
CREATE INDEX search_document_version ON search_document (version);

-- How far the documents of a class have been written for what was there
-- before. Where nothing was, nothing is to be done.
CREATE TABLE search_rebuild (
  class    TEXT COLLATE "C" PRIMARY KEY,
  analyser INTEGER NOT NULL,
  position TEXT COLLATE "C" NOT NULL,
  done     BOOLEAN NOT NULL
);
INSERT INTO search_rebuild VALUES
  ('Organization', 1, '', NOT EXISTS (SELECT 1 FROM organization)),
  ('Topic', 1, '', NOT EXISTS (SELECT 1 FROM topic)),
  ('Dataset', 1, '', NOT EXISTS (SELECT 1 FROM dataset)),
  ('Dataservice', 1, '', NOT EXISTS (SELECT 1 FROM dataservice)),
  ('Reuse', 1, '', NOT EXISTS (SELECT 1 FROM reuse));

-- The documents take the place of these.
ALTER TABLE organization DROP COLUMN search;
ALTER TABLE dataset DROP COLUMN search;
ALTER TABLE dataservice DROP COLUMN search;
ALTER TABLE reuse DROP COLUMN search;
