package dataset

import (
	"context"
	"database/sql"
	"sync"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// contactPoint is the class of the people and desks to ask about a dataset.
const contactPoint = "ContactPoint"

// licenseClass is the class of licences.
const licenseClass = "License"

// Assigner lets a partial editor change what they made; the organization noun
// provides it.
type Assigner interface {
	Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	blobs  blob.Store
	assign Assigner
	places Places
	portal Portal
	// writing are the keys of files that are being written.
	writing sync.Map
	index   *search.Index
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, blobs blob.Store, assign Assigner) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, blobs: blobs, assign: assign}
}

// Noun is what other nouns may ask of datasets. People, organizations and
// contact points must have been registered before it is called, for its whole
// form holds their cards.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*Dataset](byIDs)
	return ref.Noun{
		Class: ref.Dataset,
		Card:  cardModel,
		Full:  s.model(),
		Render: load.Render(
			func(d *Dataset) wire.Fragment { return d.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*Dataset) (map[string]wire.Fragment, error) {
				return s.whole(ctx, q, found)
			}),
		Find:       load.Find(s.object),
		Resolve:    ref.Resolver(s.resolve, s.object),
		SetMetrics: Counters.Set,
		Counters:   &Counters,
		Describe:   s.describe,
		Table:      "dataset",
		SetOwner:   s.setOwner,
		Recount:    s.recountOwners,
	}
}

func (s *Service) object(d *Dataset) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.Dataset, ID: d.ID},
		Owned:   d.Owned(),
		Slug:    d.Slug,
		Title:   d.Title,
		Page:    d.page(s.links),
		Private: d.Private,
		Deleted: !d.Deleted.IsZero(),
	}
}

// resolve finds a dataset by what stands in a path, without its resources; see
// permalink.Resolve.
func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Dataset, error) {
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	found, err := byIDs(ctx, q, []string{oid})
	if err != nil {
		return nil, err
	}
	if found[oid] == nil {
		return nil, errs.NotFound()
	}
	return found[oid], nil
}

// hide returns what somebody is told who may not see the dataset: 404 while
// it is private, 410 when it was deleted, and nil when they may.
func hide(private, deleted bool, o auth.Owned, a *auth.Actor) error {
	switch {
	case a.CanReadHidden(o):
		return nil
	case private:
		return errs.NotFound()
	case deleted:
		return errs.Gone("Dataset has been deleted")
	}
	return nil
}

// whole renders loaded datasets with all that is in them, in a number of
// statements that does not depend on how many they are.
func (s *Service) whole(ctx context.Context, q db.Querier, found map[string]*Dataset) (map[string]wire.Fragment, error) {
	p, err := s.parts(ctx, q, found, true)
	if err != nil {
		return nil, err
	}
	now := s.clock()
	out := make(map[string]wire.Fragment, len(found))
	for oid, d := range found {
		out[oid] = d.full(s.links, p, now)
	}
	return out, nil
}

// parts loads the resources of datasets and renders what they mention, with
// their community resources when asked for.
func (s *Service) parts(ctx context.Context, q db.Querier, found map[string]*Dataset, communities bool) (p parts, err error) {
	if err := loadResources(ctx, q, found); err != nil {
		return p, err
	}
	users, organizations, contacts := set{}, set{}, set{}
	for _, d := range found {
		users.add(d.Owner)
		organizations.add(d.Organization)
		contacts.add(d.Doc.ContactPoints...)
	}
	if communities {
		if p.communities, err = communitiesOf(ctx, q, found); err != nil {
			return p, err
		}
		p.datasets = map[string]wire.Fragment{}
		for oid, list := range p.communities {
			p.datasets[oid] = found[oid].card(s.links)
			for _, c := range list {
				users.add(c.Owner)
				organizations.add(c.Organization)
			}
		}
	}
	if p.users, err = s.refs.Render(ctx, q, ref.User, ref.Card, users.list()); err != nil {
		return p, err
	}
	if p.organizations, err = s.refs.Render(ctx, q, ref.Organization, ref.Card, organizations.list()); err != nil {
		return p, err
	}
	p.contactPoints, err = s.refs.Render(ctx, q, contactPoint, ref.Card, contacts.list())
	return p, err
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

// Import writes a dataset of another portal as it is, with its resources, over
// the one that an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, d *Dataset) error {
	return save(ctx, tx, d)
}

// ImportCommunityResource writes a community resource of another portal as it
// is, over the one that an earlier run of the same import wrote.
func (s *Service) ImportCommunityResource(ctx context.Context, tx *sql.Tx, c *CommunityResource) error {
	return saveCommunity(ctx, tx, c)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}

// FreeSlug returns the slug that an imported dataset may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "dataset-"+self, self)
}
