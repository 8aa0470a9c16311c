-- +goose Up
-- Other programs that act for people (OAuth 2). Secrets, codes and tokens are
-- kept as keyed hashes alone.
CREATE TABLE oauth2_client (
  id           TEXT COLLATE "C" PRIMARY KEY,
  name         TEXT NOT NULL,
  owner        TEXT COLLATE "C" REFERENCES person (id),
  -- '' for a public client, which proves itself by PKCE.
  secret       TEXT COLLATE "C" NOT NULL,
  -- Shown no consent page: the portal's own.
  internal     BOOLEAN NOT NULL,
  created_at   BIGINT NOT NULL,
  -- Redirect URIs, scopes and grant types, as JSON.
  doc          TEXT NOT NULL
);

CREATE TABLE oauth2_code (
  hash         TEXT COLLATE "C" PRIMARY KEY,
  client       TEXT COLLATE "C" NOT NULL REFERENCES oauth2_client (id),
  person       TEXT COLLATE "C" NOT NULL REFERENCES person (id),
  -- As the request gave it, '' when it gave none.
  redirect_uri TEXT NOT NULL,
  scope        TEXT NOT NULL,
  challenge    TEXT COLLATE "C" NOT NULL,
  -- What all tokens have in common that come from this code.
  family       TEXT COLLATE "C" NOT NULL,
  expires_at   BIGINT NOT NULL,
  used_at      BIGINT
);
CREATE INDEX oauth2_code_client ON oauth2_code (client);
CREATE INDEX oauth2_code_person ON oauth2_code (person);
CREATE INDEX oauth2_code_expires ON oauth2_code (expires_at);

CREATE TABLE oauth2_token (
  id              TEXT COLLATE "C" PRIMARY KEY,
  client          TEXT COLLATE "C" NOT NULL REFERENCES oauth2_client (id),
  person          TEXT COLLATE "C" NOT NULL REFERENCES person (id),
  access_hash     TEXT COLLATE "C" NOT NULL,
  refresh_hash    TEXT COLLATE "C",
  scope           TEXT NOT NULL,
  family          TEXT COLLATE "C" NOT NULL,
  created_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  refresh_until   BIGINT NOT NULL,
  revoked_at      BIGINT
);
CREATE UNIQUE INDEX oauth2_token_access ON oauth2_token (access_hash);
CREATE UNIQUE INDEX oauth2_token_refresh ON oauth2_token (refresh_hash);
CREATE INDEX oauth2_token_client ON oauth2_token (client);
CREATE INDEX oauth2_token_person ON oauth2_token (person);
CREATE INDEX oauth2_token_family ON oauth2_token (family);
CREATE INDEX oauth2_token_until ON oauth2_token (refresh_until);
