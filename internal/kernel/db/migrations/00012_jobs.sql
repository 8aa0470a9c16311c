-- +goose Up
-- Work that recurs. One node at a time has a job: `holder`, until `held_until`,
-- which it moves on while it works. `due_at` moves only when the work is done,
-- so that a node which dies loses nothing.
CREATE TABLE job (
  name       TEXT COLLATE "C" PRIMARY KEY,
  due_at     BIGINT NOT NULL,
  holder     TEXT COLLATE "C",
  held_until BIGINT,
  started_at BIGINT,
  ended_at   BIGINT,
  failures   BIGINT NOT NULL,
  error      TEXT
);
