-- +goose Up
-- How far each reader of the event log has come. A reader begins where the
-- log stands when its row is made: what happened before is nobody's news.
CREATE TABLE event_reader (
  name TEXT COLLATE "C" PRIMARY KEY,
  seq  BIGINT NOT NULL
);
INSERT INTO event_reader (name, seq) SELECT 'notification', seq FROM log_position;
INSERT INTO event_reader (name, seq) SELECT 'report', seq FROM log_position;

CREATE TABLE discussion (
  id                     TEXT COLLATE "C" PRIMARY KEY,
  class                  TEXT COLLATE "C" NOT NULL,
  object                 TEXT COLLATE "C" NOT NULL,
  person                 TEXT COLLATE "C",
  organization           TEXT COLLATE "C",
  title                  TEXT COLLATE "C" NOT NULL,
  created_at             BIGINT NOT NULL,
  closed                 BIGINT,
  closed_by              TEXT COLLATE "C",
  closed_by_organization TEXT COLLATE "C",
  first_posted           BIGINT NOT NULL,
  last_posted            BIGINT NOT NULL,
  doc                    TEXT NOT NULL,
  title_plain            TEXT NOT NULL,
  search                 TEXT NOT NULL,
  revision               BIGINT NOT NULL
);
CREATE INDEX discussion_object ON discussion (object, created_at);
CREATE INDEX discussion_created ON discussion (created_at, id);
CREATE TABLE discussion_message (
  discussion   TEXT COLLATE "C" NOT NULL REFERENCES discussion (id) ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  id           TEXT COLLATE "C" NOT NULL,
  person       TEXT COLLATE "C",
  organization TEXT COLLATE "C",
  posted_on    BIGINT NOT NULL,
  modified     BIGINT,
  content      TEXT NOT NULL,
  PRIMARY KEY (discussion, position)
);
CREATE INDEX discussion_message_person ON discussion_message (person, discussion);

CREATE TABLE transfer (
  id               TEXT COLLATE "C" PRIMARY KEY,
  person           TEXT COLLATE "C",
  owner_class      TEXT COLLATE "C" NOT NULL,
  owner            TEXT COLLATE "C" NOT NULL,
  recipient_class  TEXT COLLATE "C" NOT NULL,
  recipient        TEXT COLLATE "C" NOT NULL,
  class            TEXT COLLATE "C" NOT NULL,
  object           TEXT COLLATE "C" NOT NULL,
  comment          TEXT,
  status           TEXT COLLATE "C" NOT NULL,
  created_at       BIGINT NOT NULL,
  responded        BIGINT,
  responder        TEXT COLLATE "C",
  response_comment TEXT
);
CREATE INDEX transfer_object ON transfer (object);
CREATE INDEX transfer_recipient ON transfer (recipient);

CREATE TABLE report (
  id           TEXT COLLATE "C" PRIMARY KEY,
  person       TEXT COLLATE "C",
  class        TEXT COLLATE "C",
  object       TEXT COLLATE "C",
  embed        TEXT COLLATE "C",
  label        TEXT,
  reason       TEXT COLLATE "C" NOT NULL,
  message      TEXT,
  reported_at  BIGINT NOT NULL,
  dismissed_at BIGINT,
  dismissed_by TEXT COLLATE "C",
  deleted_at   BIGINT,
  deleted_by   TEXT COLLATE "C",
  callbacks    BIGINT NOT NULL
);
CREATE INDEX report_reported ON report (reported_at, id);
CREATE INDEX report_object ON report (object);

CREATE TABLE notification (
  id            TEXT COLLATE "C" PRIMARY KEY,
  person        TEXT COLLATE "C" NOT NULL,
  kind          TEXT COLLATE "C" NOT NULL,
  created_at    BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  handled_at    BIGINT,
  doc           TEXT NOT NULL
);
CREATE INDEX notification_person ON notification (person, created_at);
-- What a notification is about: it goes when that goes.
CREATE TABLE notification_object (
  notification TEXT COLLATE "C" NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  name         TEXT COLLATE "C" NOT NULL,
  class        TEXT COLLATE "C" NOT NULL,
  object       TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (notification, name)
);
CREATE INDEX notification_object_object ON notification_object (object, notification);
