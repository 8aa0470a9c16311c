-- +goose Up
-- Signing in with an OpenID Connect provider.

-- What the provider said of who signed in there: signing out shows it to the
-- provider again.
ALTER TABLE session ADD COLUMN id_token TEXT;

-- Browsers that are at the provider, by the hash of their cookie and of the
-- state that they bring back; each works once.
CREATE TABLE oidc_state (
  hash       TEXT COLLATE "C" PRIMARY KEY,
  nonce      TEXT COLLATE "C" NOT NULL,
  verifier   TEXT COLLATE "C" NOT NULL,
  next       TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX oidc_state_expires ON oidc_state (expires_at);
