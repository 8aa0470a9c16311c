-- +goose Up
-- Contact points are listed by whose they are, and forgotten by what names
-- them. Datasets that are there already get their rows when they are next
-- written; until then they just don't show one that is gone.
CREATE INDEX contact_point_owner ON contact_point (owner, id);
CREATE INDEX contact_point_organization ON contact_point (organization, id);
CREATE TABLE dataset_contact_point (
  dataset       TEXT COLLATE "C" NOT NULL REFERENCES dataset (id),
  contact_point TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (dataset, contact_point)
);
CREATE INDEX dataset_contact_point_contact_point ON dataset_contact_point (contact_point, dataset);

-- Territories and their levels. `builtin` ones came with the program: they go
-- when a portal that has its own list is imported. `search` holds what is
-- looked for as somebody types, folded: names and code.
CREATE TABLE geo_level (
  id          TEXT COLLATE "C" PRIMARY KEY,
  name        TEXT NOT NULL,
  admin_level INTEGER NOT NULL,
  builtin     BOOLEAN NOT NULL
);
CREATE TABLE geo_zone (
  id      TEXT COLLATE "C" PRIMARY KEY,
  slug    TEXT COLLATE "C" NOT NULL,
  name    TEXT NOT NULL,
  name_en TEXT,
  code    TEXT COLLATE "C" NOT NULL,
  level   TEXT COLLATE "C" NOT NULL,
  uri     TEXT,
  geom    TEXT,
  search  TEXT NOT NULL,
  builtin BOOLEAN NOT NULL
);
CREATE INDEX geo_zone_level ON geo_zone (level, id);
