-- +goose Up
-- Links of imported objects that led nowhere when they came in. They are kept,
-- for the portal before showed and counted them; `ouvert verify` passes over
-- them.
CREATE TABLE missing_link (
  object TEXT COLLATE "C" NOT NULL,
  target TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (object, target)
);
