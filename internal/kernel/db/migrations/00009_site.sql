-- +goose Up
-- Posts: the portal's news and pages.
CREATE TABLE post (
  id            TEXT COLLATE "C" PRIMARY KEY,
  slug          TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C" NOT NULL,
  headline      TEXT COLLATE "C",
  kind          TEXT COLLATE "C" NOT NULL,
  owner         TEXT COLLATE "C",
  published     BIGINT,
  created_at    BIGINT NOT NULL,
  last_modified BIGINT NOT NULL,
  doc           TEXT NOT NULL,
  name_plain    TEXT NOT NULL,
  search        TEXT NOT NULL,
  revision      BIGINT NOT NULL
);
CREATE UNIQUE INDEX post_slug ON post (slug);
CREATE INDEX post_published ON post (published, id);
CREATE TABLE post_tag (
  post TEXT COLLATE "C" NOT NULL REFERENCES post (id) ON DELETE CASCADE,
  tag  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (post, tag)
);
CREATE INDEX post_tag_tag ON post_tag (tag, post);
-- Who is told that what was theirs is gone, and by which rule.
INSERT INTO event_reader (name, seq) SELECT 'legal', seq FROM log_position;
