-- +goose Up
-- What lists of dataservices are filtered and sorted by. Dataservices that are
-- there already get it when they are next written, by an import run again or a
-- change; no portal had a list of dataservices before.
ALTER TABLE dataservice ADD COLUMN base_api_url TEXT COLLATE "C";
ALTER TABLE dataservice ADD COLUMN access_type TEXT NOT NULL DEFAULT 'open';
CREATE INDEX dataservice_created ON dataservice (created_at, id);
CREATE TABLE dataservice_tag (
  dataservice TEXT COLLATE "C" NOT NULL REFERENCES dataservice (id),
  tag         TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (dataservice, tag)
);
CREATE INDEX dataservice_tag_tag ON dataservice_tag (tag, dataservice);
CREATE TABLE dataservice_contact_point (
  dataservice   TEXT COLLATE "C" NOT NULL REFERENCES dataservice (id),
  contact_point TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (dataservice, contact_point)
);
CREATE INDEX dataservice_contact_point_contact_point ON dataservice_contact_point (contact_point, dataservice);
