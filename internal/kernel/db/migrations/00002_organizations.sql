-- +goose Up
-- What organizations are filtered and searched by. The texts of rows that are
-- there already are folded fully when the organization is next written.
ALTER TABLE organization ADD COLUMN business_number_id TEXT COLLATE "C";
ALTER TABLE organization ADD COLUMN name_plain TEXT NOT NULL DEFAULT '';
ALTER TABLE organization ADD COLUMN acronym_plain TEXT NOT NULL DEFAULT '';
ALTER TABLE organization ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE organization SET name_plain = lower(name), acronym_plain = lower(coalesce(acronym, '')), search = lower(name);
CREATE INDEX organization_created ON organization (created_at, id);

-- Requests of people who want to be members, and invitations by those who
-- already are. One that was handled keeps its row. `person` is NULL while an
-- invitation waits for somebody who has no account; `assignments` is a JSON
-- list that SQL never looks into.
CREATE TABLE organization_request (
  id              TEXT COLLATE "C" PRIMARY KEY,
  organization    TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
  kind            TEXT NOT NULL,
  status          TEXT NOT NULL,
  person          TEXT COLLATE "C",
  email           TEXT COLLATE "C",
  role            TEXT NOT NULL,
  comment         TEXT,
  created_at      BIGINT NOT NULL,
  created_by      TEXT COLLATE "C",
  handled_at      BIGINT,
  handled_by      TEXT COLLATE "C",
  refusal_comment TEXT,
  assignments     TEXT NOT NULL
);
CREATE INDEX organization_request_organization ON organization_request (organization, created_at);
CREATE INDEX organization_request_person ON organization_request (person);
CREATE INDEX organization_request_email ON organization_request (email);

-- An assignment is shown with its id and since when it is one.
ALTER TABLE assignment ADD COLUMN id TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE assignment ADD COLUMN created_at BIGINT;
UPDATE assignment SET id = object;
CREATE INDEX assignment_organization ON assignment (organization, created_at);
