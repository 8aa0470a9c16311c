-- +goose Up
-- When a notification went out by mail, or was found not to need one. What is
-- there already is old news.
ALTER TABLE notification ADD COLUMN mailed_at BIGINT;
UPDATE notification SET mailed_at = created_at;
CREATE INDEX notification_unmailed ON notification (person, created_at) WHERE mailed_at IS NULL;

-- Who wants no mails about notifications, and when a person's last one was
-- written.
CREATE TABLE notification_mail (
  person    TEXT COLLATE "C" PRIMARY KEY,
  off       BOOLEAN NOT NULL,
  digest_at BIGINT
);
