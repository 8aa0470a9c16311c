package topic

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/territory"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	places territory.Register
	// others are nil for an import, which publishes and deletes nothing.
	assign  Assigner
	discuss Discussions
}

// Assigner lets a partial editor change what they made; the organization noun
// provides it.
type Assigner interface {
	Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error
}

// Discussions are what goes with a topic; the discussion noun provides them.
type Discussions interface {
	// Forget removes all discussions about an object.
	Forget(ctx context.Context, tx *sql.Tx, about ref.Ref) error
}

// New returns the noun. places may be nil, see territory.Apply.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, places territory.Register, assign Assigner, discuss Discussions) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, places: places, assign: assign, discuss: discuss}
}

// model describes the whole topic. People and organizations must have been
// registered before.
func (s *Service) model() *schema.Model {
	return fullModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card))
}

// Noun is what other nouns may ask of topics.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*Topic](byIDs)
	return ref.Noun{
		Class: ref.Topic,
		Card:  cardModel,
		Full:  s.model(),
		Render: load.Render(
			func(t *Topic) wire.Fragment { return t.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*Topic) (map[string]wire.Fragment, error) {
				return s.whole(ctx, q, found)
			}),
		Find:     load.Find(s.object),
		Resolve:  ref.Resolver(s.resolve, s.object),
		Table:    "topic",
		SetOwner: s.setOwner,
	}
}

func (s *Service) object(t *Topic) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.Topic, ID: t.ID},
		Owned:   t.Owned(),
		Slug:    t.Slug,
		Title:   t.Name,
		Page:    t.page(s.links),
		Private: t.private(),
	}
}

// resolve finds a topic by what stands in a path; see permalink.Resolve.
func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Topic, error) {
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
}

// whole renders loaded topics with all that they mention, in a number of
// statements that does not depend on how many they are.
func (s *Service) whole(ctx context.Context, q db.Querier, found map[string]*Topic) (map[string]wire.Fragment, error) {
	err := countElements(ctx, q, found)
	if err != nil {
		return nil, err
	}
	var users, organizations []string
	for _, t := range found {
		if t.Owner != "" {
			users = append(users, t.Owner)
		}
		if t.Organization != "" {
			organizations = append(organizations, t.Organization)
		}
	}
	var p parts
	if p.users, err = s.refs.Render(ctx, q, ref.User, ref.Card, users); err != nil {
		return nil, err
	}
	if p.organizations, err = s.refs.Render(ctx, q, ref.Organization, ref.Card, organizations); err != nil {
		return nil, err
	}
	out := make(map[string]wire.Fragment, len(found))
	for oid, t := range found {
		out[oid] = t.full(s.links, p)
	}
	return out, nil
}

// Import writes a topic of another portal as it is, over the one that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, t *Topic) error { return save(ctx, tx, t) }

// InsertMany writes new topics with their elements, for made-up catalogues.
// Each topic gets its slug.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Topic, elements []*Element) error {
	for _, t := range list {
		var err error
		if t.Slug, err = slugs.Free(ctx, tx, t.Name, "topic-"+t.ID, ""); err != nil {
			return err
		}
		if err := save(ctx, tx, t); err != nil {
			return err
		}
	}
	return saveElements(ctx, tx, elements)
}

// ImportElements writes elements of another portal as they are.
func (s *Service) ImportElements(ctx context.Context, tx *sql.Tx, list []*Element) error {
	return saveElements(ctx, tx, list)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}

// FreeSlug returns the slug that an imported topic may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "topic-"+self, self)
}
