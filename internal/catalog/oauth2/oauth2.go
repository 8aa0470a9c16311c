package oauth2

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/wire"
)

// How long codes and tokens work; a refresh token works for refreshLife more
// than its access token. udata's.
const (
	codeLife    = 100 * time.Second
	tokenLife   = 30 * 24 * time.Hour
	refreshLife = 30 * 24 * time.Hour
)

// The scopes. A token without scopeAdmin has no rights of a sysadmin.
const (
	scopeDefault = "default"
	scopeAdmin   = "admin"
)

// The grants that a client may be allowed.
const (
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
	grantClient  = "client_credentials"
)

// Client is a program that acts for people.
type Client struct {
	ID, Name string
	// Owner is a person's id, "" for nobody.
	Owner string
	// Secret is the secret's hash, "" for a public client.
	Secret    string
	Internal  bool
	CreatedAt time.Time
	Doc       Doc
}

// Doc is what is known of a client and never looked for.
type Doc struct {
	RedirectURIs []string `json:"redirect_uris"`
	Scopes       []string `json:"scopes"`
	Grants       []string `json:"grants"`
}

// Token is what a client acts with.
type Token struct {
	ID, Client, Person, Scope, Family string
	AccessHash, RefreshHash           string
	CreatedAt, ExpiresAt              time.Time
	RefreshUntil, RevokedAt           time.Time
}

// People are asked who is signed in; the user noun provides it.
type People interface {
	// Actor loads a person; errs.Unauthorized when they may not sign in.
	Actor(ctx context.Context, person string) (*auth.Actor, error)
	// Session returns who the browser's cookie stands for, nil for nobody,
	// errs.Forbidden for a write from another site.
	Session(ctx context.Context, r *http.Request) (*auth.Actor, error)
	// FormToken is the CSRF token of the request's browser.
	FormToken(r *http.Request) string
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	links  wire.Links
	clock  clock.Clock
	secret string
	title  string
	people People
}

// New returns the noun; Know must be called before it is asked anything.
func New(d *db.DB, l wire.Links, c clock.Clock, secret, title string) *Service {
	return &Service{db: d, links: l, clock: c, secret: secret, title: title}
}

// Know tells the noun of people, who know it too.
func (s *Service) Know(p People) { s.people = p }

// Each kind of secret has hashes of its own, so that none passes for another.
func (s *Service) hash(kind, text string) string {
	return auth.HashToken(s.secret, "oauth2 "+kind+"\x00"+text)
}

// ValidRedirect tells whether people may be sent to an address with a code:
// https, http to this machine, or the scheme of an app, which is a domain
// turned round (RFC 8252). What runs in the page is no address.
func ValidRedirect(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxURI || u.User != nil || strings.ContainsAny(text, "#*\\ \t\r\n\x00") {
		return false
	}
	switch {
	case u.Scheme == "https":
		return u.Hostname() != ""
	case u.Scheme == "http":
		return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
	}
	return strings.Contains(u.Scheme, ".")
}

const (
	maxURI  = 2000
	maxName = 255
)

// Forget removes what was granted for a person, with their account.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, person string) error {
	for _, statement := range []string{
		"DELETE FROM oauth2_token WHERE person = $1",
		"DELETE FROM oauth2_code WHERE person = $1",
		"UPDATE oauth2_client SET owner = NULL WHERE owner = $1",
	} {
		if _, err := tx.ExecContext(ctx, statement, person); err != nil {
			return err
		}
	}
	return nil
}

// Sweep removes what has run out. Codes stay for a day, so that one that is
// brought again is known.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM oauth2_code WHERE expires_at < $1", now.Add(-24*time.Hour).UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM oauth2_token WHERE refresh_until < $1", now.UnixMicro())
		return err
	})
}
