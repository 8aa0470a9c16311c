-- +goose Up
-- The catalogue's generation: a number that each transaction moves which may
-- change what a visitor is answered (internal/kernel/db/generation.go). Of what
-- was touched in generations up to floor, nothing is known any more. at is when
-- it moved, later than the time before whatever the clocks of nodes say.
CREATE TABLE generation (one INTEGER PRIMARY KEY, n BIGINT NOT NULL, at BIGINT NOT NULL, floor BIGINT NOT NULL);
INSERT INTO generation VALUES (1, 1, 0, 0);

-- The objects that each generation of late touched, by themselves or by a row
-- of a side table. Triggers write it, so no statement can forget to.
CREATE TABLE touched (
  n      BIGINT NOT NULL,
  class  TEXT COLLATE "C" NOT NULL,
  object TEXT COLLATE "C" NOT NULL
);
CREATE INDEX touched_n ON touched (n);

-- Each line names a table, its class and the column that holds the object's
-- id; migrate.go makes the triggers of it that the engine knows.
-- touches person User id
-- touches organization Organization id
-- touches organization_badge Organization organization
-- touches license License id
-- touches contact_point ContactPoint id
-- touches dataset Dataset id
-- touches dataset_badge Dataset dataset
-- touches dataset_resource Dataset dataset
-- touches community_resource Dataset dataset
-- touches dataservice Dataservice id
-- touches dataservice_dataset Dataservice dataservice
-- touches reuse Reuse id
-- touches reuse_dataset Reuse reuse
-- touches reuse_dataservice Reuse reuse
-- touches topic Topic id
-- touches topic_element Topic topic
-- touches geo_zone Zone id
-- touches geo_level Zone id

-- Requests that carried an Idempotency-Key, for a day: who sent it, what it
-- asked for, and how it was answered. status and answer are NULL from the
-- commit of the write until its answer was noted.
CREATE TABLE idempotent_request (
  person      TEXT COLLATE "C" NOT NULL,
  key         TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  at          BIGINT NOT NULL,
  status      INTEGER,
  answer      TEXT,
  PRIMARY KEY (person, key)
);
CREATE INDEX idempotent_request_at ON idempotent_request (at);
