package user

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// scopes are what a token may be allowed.
var scopes = []string{"admin"}

const (
	// touchEvery is how often the use of a token is written down at most.
	touchEvery = time.Hour
	// maxAgents is how many programs are remembered of a token, each with at
	// most maxAgent bytes.
	maxAgents = 20
	maxAgent  = 255
)

// Authenticate returns the actor of an API token. It returns
// errs.Unauthorized for a token that is unknown, revoked or expired, or whose
// person may not sign in, in udata's words. agent is the program that asks.
func (s *Service) Authenticate(ctx context.Context, token, agent string) (*auth.Actor, error) {
	hash := auth.HashToken(s.config.TokenSecret, token)
	q := s.db.Read()
	t, err := scanToken(q.QueryRowContext(ctx, "SELECT "+tokenColumns+" FROM api_token WHERE hash = $1", hash))
	if errors.Is(err, sql.ErrNoRows) || (err == nil && !auth.SameHash(t.Hash, hash)) {
		return nil, errs.Unauthorized("Invalid API token")
	}
	if err != nil {
		return nil, err
	}
	now := s.clock()
	switch {
	case !t.RevokedAt.IsZero():
		return nil, errs.Unauthorized("Revoked API token")
	case !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(now):
		return nil, errs.Unauthorized("Expired API token")
	}
	a, err := s.Actor(ctx, t.Person)
	if err != nil {
		return nil, err
	}
	agent = cleanAgent(agent)
	fresh := agent != "" && len(t.UserAgents) < maxAgents && !slices.Contains(t.UserAgents, agent)
	if fresh {
		t.UserAgents = append(t.UserAgents, agent)
	}
	if !fresh && now.Sub(t.LastUsedAt) <= touchEvery {
		return a, nil
	}
	agents, err := json.Marshal(t.UserAgents)
	if err != nil {
		return nil, err
	}
	return a, s.db.WriteAside(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE api_token SET last_used_at = $1, user_agents = $2 WHERE id = $3",
			now.UnixMicro(), string(agents), t.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE person SET last_login_at = $1 WHERE id = $2", now.UnixMicro(), t.Person)
		return err
	})
}

// cleanAgent is what is kept of a User-Agent header: text, of bounded length.
func cleanAgent(s string) string {
	s = strings.ReplaceAll(s[:min(len(s), maxAgent)], "\x00", "")
	return strings.ToValidUTF8(s, "")
}

// CreateToken makes an API token for a person and returns its text, which is
// told this once: only its hash is kept.
func (s *Service) CreateToken(ctx context.Context, person, name string) (string, error) {
	token := auth.NewToken()
	return token, s.AddToken(ctx, person, name, token)
}

// AddToken makes the given text an API token of a person.
func (s *Service) AddToken(ctx context.Context, person, name, token string) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error { return saveToken(ctx, tx, s.newToken(person, name, token)) })
}

func (s *Service) newToken(person, name, token string) *Token {
	now := s.clock()
	return &Token{
		ID: id.New(now), Hash: auth.HashToken(s.config.TokenSecret, token), Prefix: prefix(token),
		Person: person, Name: name, Kind: "api_key", Scopes: `["admin"]`, CreatedAt: now,
	}
}

// prefix is how a token is recognised by its owner.
func prefix(token string) string { return token[:min(len(token), len(auth.TokenPrefix)+8)] }

// MakeToken makes a token of a body: name, scopes and expires_at, all of them
// optional. It returns the token with its text. Errors: 400 by field.
func (s *Service) MakeToken(ctx context.Context, person string, o *patch.Object, t func(string, ...any) string) (*Token, string, error) {
	text := auth.NewToken()
	token := s.newToken(person, "", text)
	if v, st := o.Text("name"); st == patch.Set {
		if utf8.RuneCountInString(v) > maxName {
			o.Fail("name", tooLong)
		}
		token.Name = v
	}
	if v, st := o.Strings("scopes"); st == patch.Set {
		for _, scope := range v {
			if !slices.Contains(scopes, scope) {
				o.Fail("scopes", patch.NotChoice, scope, "['"+strings.Join(scopes, "', '")+"']")
			}
		}
	}
	if v, st := o.Time("expires_at"); st == patch.Set {
		if !v.After(token.CreatedAt) {
			o.Fail("expires_at", "expires_at must be in the future")
		}
		token.ExpiresAt = v.UTC()
	}
	if err := o.Err(t); err != nil {
		return nil, "", err
	}
	return token, text, s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := saveToken(ctx, tx, token); err != nil {
			return err
		}
		return s.tell(ctx, tx, token.CreatedAt, "user:token-created", person, person, nil)
	})
}

// Tokens returns a person's tokens that work or have expired, the oldest
// first.
func (s *Service) Tokens(ctx context.Context, person string) ([]*Token, error) {
	var out []*Token
	err := db.Each(ctx, s.db.Read(), "SELECT "+tokenColumns+" FROM api_token WHERE person = $1 AND revoked_at IS NULL ORDER BY created_at, id",
		[]any{person}, func(rows *sql.Rows) error {
			t, err := scanToken(rows)
			out = append(out, t)
			return err
		})
	return out, err
}

// RevokeToken ends a token of a person. Errors: 404 when they have none with
// this id, 410 when it was revoked before.
func (s *Service) RevokeToken(ctx context.Context, person, oid string) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND person = $3 AND revoked_at IS NULL",
			now.UnixMicro(), oid, person)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return errors.Join(err, s.tell(ctx, tx, now, "user:token-revoked", person, person, nil))
		}
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM api_token WHERE id = $1 AND person = $2", oid, person).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return errs.New(http.StatusNotFound, "Token not found")
		}
		return errs.Gone("Token already revoked")
	})
}

// ImportToken writes an API token of another portal; its hash must have been
// made with this portal's secret. It takes the place of the one that ImportKey
// made of the same text.
func (s *Service) ImportToken(ctx context.Context, tx *sql.Tx, t *Token) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM api_token WHERE id = $1 AND hash = $2", t.Person, t.Hash); err != nil {
		return err
	}
	return saveToken(ctx, tx, t)
}

// ImportKey makes an API key of another portal, which kept it in the clear, a
// token of the person's. It does nothing when that is a token already.
func (s *Service) ImportKey(ctx context.Context, tx *sql.Tx, person, key string) error {
	hash := auth.HashToken(s.config.TokenSecret, key)
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM api_token WHERE hash = $1", hash).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	return saveToken(ctx, tx, &Token{
		ID:   person, // nobody had more than one
		Hash: hash, Prefix: prefix(key),
		Person: person, Name: "imported", Kind: "api_key", Scopes: `["admin"]`, CreatedAt: s.clock(),
	})
}

// tell appends an event about a person, which is no part of an activity.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key, person, actor string, changes []string) error {
	_, err := event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: ref.User, ID: person}, Actor: actor, Changes: changes, Hidden: true,
	})
	return err
}

const tokenColumns = "id, hash, prefix, person, name, kind, scopes, created_at, last_used_at, revoked_at, expires_at, user_agents"

func scanToken(row interface{ Scan(...any) error }) (*Token, error) {
	t := &Token{}
	var agents string
	err := row.Scan(&t.ID, &t.Hash, &t.Prefix, &t.Person, db.Text{S: &t.Name}, &t.Kind, &t.Scopes, db.Time{T: &t.CreatedAt},
		db.Time{T: &t.LastUsedAt}, db.Time{T: &t.RevokedAt}, db.Time{T: &t.ExpiresAt}, &agents)
	if err != nil {
		return nil, err
	}
	return t, json.Unmarshal([]byte(agents), &t.UserAgents)
}

func saveToken(ctx context.Context, tx *sql.Tx, t *Token) error {
	agents, err := json.Marshal(append([]string{}, t.UserAgents...))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO api_token ("+tokenColumns+") VALUES "+db.Values(1, 12)+`
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, prefix = excluded.prefix, person = excluded.person,
		name = excluded.name, kind = excluded.kind, scopes = excluded.scopes, created_at = excluded.created_at,
		last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at, expires_at = excluded.expires_at,
		user_agents = excluded.user_agents`,
		t.ID, t.Hash, t.Prefix, t.Person, db.Null(t.Name), t.Kind, t.Scopes, t.CreatedAt.UnixMicro(),
		db.Micros(t.LastUsedAt), db.Micros(t.RevokedAt), db.Micros(t.ExpiresAt), string(agents))
	return err
}

// wire writes the token; text is its secret, "" when that is not to be told.
func (t *Token) wire(text string) wire.Fragment {
	w := wire.NewWriter(512)
	w.Open('{')
	w.Key("created_at")
	w.Time(t.CreatedAt)
	w.Key("expires_at")
	w.Time(t.ExpiresAt)
	w.Key("id")
	w.String(t.ID)
	w.Key("kind")
	w.String(t.Kind)
	w.Key("last_used_at")
	w.Time(t.LastUsedAt)
	w.Key("name")
	w.StringOrNull(t.Name)
	w.Key("revoked_at")
	w.Time(t.RevokedAt)
	w.Key("scopes")
	w.Raw([]byte(t.Scopes))
	if text != "" {
		w.Key("token")
		w.String(text)
	}
	w.Key("token_prefix")
	w.String(t.Prefix)
	w.Key("user_agents")
	w.Strings(t.UserAgents)
	w.Close('}')
	return w.Fragment()
}
