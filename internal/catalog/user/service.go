package user

import (
	"context"
	"database/sql"
	"errors"
	"net/mail"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Memberships is what a person's organizations are known from; the
// organization noun provides it.
type Memberships interface {
	// MembershipsOf returns a person's role in each of their organizations,
	// and what is assigned to them as a partial editor.
	MembershipsOf(ctx context.Context, q db.Querier, person string) (map[string]auth.Role, map[string]bool, error)
	// OrganizationsOf returns the ids of a person's organizations, the newest
	// first.
	OrganizationsOf(ctx context.Context, q db.Querier, person string) ([]string, error)
}

// Service holds the verbs of the noun.
type Service struct {
	db          *db.DB
	refs        *ref.Registry
	links       wire.Links
	clock       clock.Clock
	secret      string
	memberships Memberships
}

// New returns the noun. secret keys the hashes of API tokens.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, secret string, m Memberships) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, secret: secret, memberships: m}
}

// Noun is what other nouns may ask of people.
func (s *Service) Noun() ref.Noun {
	return ref.Noun{
		Class: ref.User,
		Card:  cardModel,
		Render: func(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
			users, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			out := make(map[string]wire.Fragment, len(users))
			for oid, u := range users {
				out[oid] = u.card(s.links)
			}
			return out, nil
		},
		Find: func(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Object, error) {
			users, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			out := make(map[string]ref.Object, len(users))
			for oid, u := range users {
				out[oid] = s.object(u)
			}
			return out, nil
		},
		Resolve: func(ctx context.Context, q db.Querier, key string) (ref.Object, error) {
			u, err := s.resolve(ctx, q, key)
			if err != nil {
				return ref.Object{}, err
			}
			return s.object(u), nil
		},
		SetMetrics: Counters.Set,
	}
}

func (s *Service) object(u *User) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.User, ID: u.ID},
		Owned:   auth.Owned{ID: u.ID, Owner: u.ID},
		Slug:    u.Slug,
		Title:   u.FullName(),
		Page:    u.page(s.links),
		Deleted: !u.Deleted.IsZero(),
	}
}

// FullName is first and last name.
func (u *User) FullName() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*User, error) {
	oid, moved, err := links.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	if moved != "" {
		return nil, errs.Moved(moved)
	}
	return byID(ctx, q, oid)
}

// touchEvery is how often the use of a token is written down at most.
const touchEvery = time.Hour

// Authenticate returns the actor of an API token. It returns
// errs.Unauthorized for a token that is unknown, revoked or expired, or whose
// person may not sign in, in udata's words.
func (s *Service) Authenticate(ctx context.Context, token string) (*auth.Actor, error) {
	hash := auth.HashToken(s.secret, token)
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
	if now.Sub(t.LastUsedAt) > touchEvery {
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "UPDATE api_token SET last_used_at = $1 WHERE id = $2", now.UnixMicro(), t.ID); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE person SET last_login_at = $1 WHERE id = $2", now.UnixMicro(), t.Person)
			return err
		})
	}
	return a, err
}

// Actor loads a person as the one who asks. errs.Unauthorized when they may
// not sign in.
func (s *Service) Actor(ctx context.Context, person string) (*auth.Actor, error) {
	q := s.db.Read()
	u, err := byID(ctx, q, person)
	if errs.Is(err, 404) || (err == nil && (!u.Active || !u.Deleted.IsZero())) {
		return nil, errs.Unauthorized("Inactive user")
	}
	if err != nil {
		return nil, err
	}
	a := &auth.Actor{ID: u.ID, Sysadmin: u.Sysadmin, Lang: u.Lang}
	a.Memberships, a.Assigned, err = s.memberships.MembershipsOf(ctx, q, u.ID)
	return a, err
}

// Create makes an account. It returns errs.Field for an address that is
// taken or is none, and for a missing name.
func (s *Service) Create(ctx context.Context, email, first, last string, sysadmin bool) (*User, error) {
	email = normalEmail(email)
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 255 {
		return nil, errs.Field("email", "%q is not an e-mail address", email)
	}
	for name, v := range map[string]string{"first_name": first, "last_name": last} {
		if strings.TrimSpace(v) == "" || len(v) > 255 {
			return nil, errs.Field(name, "A name has between 1 and 255 characters")
		}
	}
	now := s.clock()
	u := &User{
		ID: id.New(now), Email: email, FirstName: strings.TrimSpace(first), LastName: strings.TrimSpace(last),
		Active: true, Sysadmin: sysadmin, CreatedAt: now, ConfirmedAt: now, Counts: map[string]int64{},
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if u.Slug, err = links.Free(ctx, tx, u.FullName(), "user", ""); err != nil {
			return err
		}
		if err := save(ctx, tx, u); err != nil {
			return err
		}
		_, err = event.Append(ctx, tx, event.Event{At: now, Key: "user:created", Subject: ref.Ref{Class: ref.User, ID: u.ID}, Hidden: true})
		return err
	})
	return u, err
}

// CreateToken makes an API token for a person and returns its text, which is
// told this once: only its hash is kept.
func (s *Service) CreateToken(ctx context.Context, person, name string) (string, error) {
	token := auth.NewToken()
	return token, s.AddToken(ctx, person, name, token)
}

// AddToken makes the given text an API token of a person.
func (s *Service) AddToken(ctx context.Context, person, name, token string) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		return saveToken(ctx, tx, &Token{
			ID: id.New(now), Hash: auth.HashToken(s.secret, token), Prefix: token[:min(len(token), len(auth.TokenPrefix)+8)],
			Person: person, Name: name, Kind: "api_key", Scopes: `["admin"]`, CreatedAt: now,
		})
	})
}

// SetPassword keeps the hash of a person's password.
func (s *Service) SetPassword(ctx context.Context, person, hash string) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE person SET password = $1, revision = revision + 1 WHERE id = $2", hash, person)
		return err
	})
}

// Import writes people of another portal as they are, over those that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, u *User) error {
	u.Email = normalEmail(u.Email)
	return save(ctx, tx, u)
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
	hash := auth.HashToken(s.secret, key)
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM api_token WHERE hash = $1", hash).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	return saveToken(ctx, tx, &Token{
		ID:   person, // nobody had more than one
		Hash: hash, Prefix: key[:min(len(key), len(auth.TokenPrefix)+8)],
		Person: person, Name: "imported", Kind: "api_key", Scopes: `["admin"]`, CreatedAt: s.clock(),
	})
}

// FreeSlug returns the slug that an imported person may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return links.Free(ctx, q, wanted, "user", self)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return links.Remember(ctx, tx, old, oid)
}
