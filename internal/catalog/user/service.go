package user

import (
	"context"
	"database/sql"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Memberships is what a person's organizations are known from; the
// organization noun provides it.
type Memberships interface {
	// MembershipsOf returns a person's role in each of their organizations,
	// and what is assigned to them as a partial editor.
	MembershipsOf(ctx context.Context, q db.Querier, person string) (map[string]auth.Role, map[string]bool, error)
	// OrganizationsOf returns the ids of each person's organizations, the
	// newest first, without deleted ones.
	OrganizationsOf(ctx context.Context, q db.Querier, people []string) (map[string][]string, error)
	// Leave takes a person out of all their organizations.
	Leave(ctx context.Context, tx *sql.Tx, person string) error
	members
}

// Follows is what a person follows; the follow noun provides it.
type Follows interface {
	// Forget ends what a person follows, and who follows them.
	Forget(ctx context.Context, tx *sql.Tx, person string, now time.Time) error
	// Count returns how many follow the objects, all together.
	Count(ctx context.Context, q db.Querier, class string, objects []string) (int64, error)
}

// Datasets is what is asked of the datasets of a person's organizations; the
// dataset noun provides it.
type Datasets interface {
	// OfOrganizations returns how many visible datasets the organizations
	// have, and how many percent of their remote resources answer.
	OfOrganizations(ctx context.Context, q db.Querier, organizations []string) (count int64, available float64, err error)
}

// Grants are what a person allowed programs to do for them; the oauth2 noun
// provides it.
type Grants interface {
	// Forget ends all of it.
	Forget(ctx context.Context, tx *sql.Tx, person string) error
}

// ContactPoints is what a person is asked by; the contact point noun provides
// it.
type ContactPoints interface {
	// Forget removes the contact points of a person.
	Forget(ctx context.Context, tx *sql.Tx, person string, by *auth.Actor) error
}

// Others are the nouns that people have to do with.
type Others struct {
	Memberships   Memberships
	Follows       Follows
	Datasets      Datasets
	ContactPoints ContactPoints
	Grants        Grants
	Discussions   Discussions
}

// Config is what a portal decides about people.
type Config struct {
	// TokenSecret keys the hashes of API tokens and of sessions.
	TokenSecret string
	// PasswordSalt is what udata's password hashes were salted with.
	PasswordSalt string
	// Title is the portal's name.
	Title string
	// Lang is the portal's language.
	Lang i18n.Lang
	// Terms are the rules that legal notices name.
	Terms legal.Terms
	// Outbox sends letters; nil sends none.
	Outbox Outbox
	// Secure tells that the portal is reached by https alone, so that its
	// cookies never travel otherwise.
	Secure bool
	// CookieDomain is the domain whose hosts all get the cookie; "" is the
	// API's host alone.
	CookieDomain string
	// Protection knows the sites that may write with the cookie.
	Protection *http.CrossOriginProtection
	// OIDC is the OpenID Connect provider, if there is one.
	OIDC OIDC
	// Proxies are the networks of the proxies that are believed about where a
	// request comes from.
	Proxies []netip.Prefix
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	blobs  blob.Store
	config Config
	others Others
	legal  *event.Reader
	// oidc is nil when the portal has no provider.
	oidc *provider
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, blobs blob.Store, config Config, others Others) *Service {
	s := &Service{db: d, refs: refs, links: l, clock: c, blobs: blobs, config: config, others: others}
	s.oidc = newProvider(config.OIDC, l.API+oidcAuthPath, c)
	s.legal = event.NewReader(d, "legal", map[string]event.Handler{legal.Key: s.notify})
	return s
}

// Noun is what other nouns may ask of people.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*User](byIDs)
	return ref.Noun{
		Class: ref.User,
		Card:  cardModel,
		Render: load.Render(
			func(u *User) wire.Fragment { return u.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*User) (map[string]wire.Fragment, error) {
				return ref.RenderList(found, func(list []*User) ([]wire.Fragment, error) {
					return s.renderFrom(ctx, q, list, false) // as anybody sees them
				})
			}),
		Find:       load.Find(s.object),
		Resolve:    ref.Resolver(s.resolve, s.object),
		SetMetrics: Counters.Set,
		Counters:   &Counters,
		Describe:   s.describe,
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
	oid, err := links.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
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
	a.Memberships, a.Assigned, err = s.others.Memberships.MembershipsOf(ctx, q, u.ID)
	return a, err
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

// FreeSlug returns the slug that an imported person may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return links.Free(ctx, q, wanted, "user", self)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return links.Remember(ctx, tx, old, oid)
}
