-- +goose Up
-- People and how they sign in.

-- What a person is found by: their name, folded. Each write of a person makes
-- it anew; lower() is as near as SQL comes on both engines.
ALTER TABLE person ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE person SET search = lower(first_name || ' ' || last_name);
CREATE INDEX person_created ON person (created_at);

-- The programs that used a token, a JSON array.
ALTER TABLE api_token ADD COLUMN user_agents TEXT NOT NULL DEFAULT '[]';

-- Who is signed in, by the hash of what their cookie says.
CREATE TABLE session (
  hash         TEXT COLLATE "C" PRIMARY KEY,
  person       TEXT COLLATE "C" NOT NULL REFERENCES person (id),
  remember     BOOLEAN NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

-- Links that were sent by mail, by the hash of what they hold; each works once.
CREATE TABLE mail_link (
  hash       TEXT COLLATE "C" PRIMARY KEY,
  person     TEXT COLLATE "C" NOT NULL REFERENCES person (id),
  purpose    TEXT COLLATE "C" NOT NULL,
  email      TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX mail_link_person ON mail_link (person);
CREATE INDEX mail_link_expires ON mail_link (expires_at);

-- How often something was tried by an address or for an account, in a window
-- of time. A table, so that all nodes count together.
CREATE TABLE attempt (
  key     TEXT COLLATE "C" PRIMARY KEY,
  tries   BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE INDEX attempt_ends ON attempt (ends_at);

-- Mails to be sent: written with the fact that they tell of, sent afterwards.
CREATE TABLE outbox (
  id      TEXT COLLATE "C" PRIMARY KEY,
  message TEXT NOT NULL,
  tries   BIGINT NOT NULL,
  due_at  BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at);
