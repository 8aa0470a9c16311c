package dataservice

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// contactPoint is the class of the people and desks to ask about an API.
const contactPoint = "ContactPoint"

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
	// assign is nil for an import, which publishes nothing.
	assign Assigner
	index  *search.Index
}

// Assigner lets a partial editor change what they made; the organization noun
// provides it.
type Assigner interface {
	Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, assign Assigner) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, assign: assign}
}

// Noun is what other nouns may ask of dataservices. People, organizations and
// contact points must have been registered before it is called, for its whole
// form holds their cards.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*Dataservice](byIDs)
	return ref.Noun{
		Class: ref.Dataservice,
		Card:  cardModel,
		Full:  s.model(),
		Render: load.Render(
			func(d *Dataservice) wire.Fragment { return d.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*Dataservice) (map[string]wire.Fragment, error) {
				return s.whole(ctx, q, found)
			}),
		Find:       load.Find(s.object),
		Resolve:    ref.Resolver(s.resolve, s.object),
		SetMetrics: Counters.Set,
		Counters:   &Counters,
		Describe:   s.describe,
		Table:      "dataservice",
		Uses:       uses,
		SetOwner:   s.setOwner,
	}
}

func (s *Service) object(d *Dataservice) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.Dataservice, ID: d.ID},
		Owned:   d.Owned(),
		Slug:    d.Slug,
		Title:   d.Title,
		Page:    d.page(s.links),
		Private: d.Private,
		Deleted: !d.Deleted.IsZero(),
	}
}

// resolve finds a dataservice by what stands in a path; see
// permalink.Resolve.
func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Dataservice, error) {
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
}

// whole renders loaded dataservices with all that they mention, in a number of
// statements that does not depend on how many they are.
func (s *Service) whole(ctx context.Context, q db.Querier, found map[string]*Dataservice) (map[string]wire.Fragment, error) {
	err := loadDatasets(ctx, q, found)
	if err != nil {
		return nil, err
	}
	users, organizations, contacts := set{}, set{}, set{}
	for _, d := range found {
		users.add(d.Owner)
		organizations.add(d.Organization)
		contacts.add(d.Doc.ContactPoints...)
	}
	var p parts
	if p.users, err = s.refs.Render(ctx, q, ref.User, ref.Card, users.list()); err != nil {
		return nil, err
	}
	if p.organizations, err = s.refs.Render(ctx, q, ref.Organization, ref.Card, organizations.list()); err != nil {
		return nil, err
	}
	if p.contactPoints, err = s.refs.Render(ctx, q, contactPoint, ref.Card, contacts.list()); err != nil {
		return nil, err
	}
	out := make(map[string]wire.Fragment, len(found))
	for oid, d := range found {
		out[oid] = d.full(s.links, p)
	}
	return out, nil
}

// set collects ids, each once.
type set map[string]bool

func (s set) add(ids ...string) {
	for _, oid := range ids {
		if oid != "" {
			s[oid] = true
		}
	}
}

func (s set) list() []string {
	out := make([]string, 0, len(s))
	for oid := range s {
		out = append(out, oid)
	}
	return out
}

// Import writes a dataservice of another portal as it is, over the one that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, d *Dataservice) error {
	return save(ctx, tx, d)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}

// FreeSlug returns the slug that an imported dataservice may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "dataservice-"+self, self)
}
