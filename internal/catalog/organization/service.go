package organization

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c}
}

// Noun is what other nouns may ask of organizations.
func (s *Service) Noun() ref.Noun {
	return ref.Noun{
		Class: ref.Organization,
		Card:  cardModel,
		Render: func(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
			found, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			out := make(map[string]wire.Fragment, len(found))
			for oid, o := range found {
				out[oid] = o.card(s.links)
			}
			return out, nil
		},
		Find: func(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Object, error) {
			found, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			out := make(map[string]ref.Object, len(found))
			for oid, o := range found {
				out[oid] = s.object(o)
			}
			return out, nil
		},
		Resolve: func(ctx context.Context, q db.Querier, key string) (ref.Object, error) {
			o, err := s.resolve(ctx, q, key)
			if err != nil {
				return ref.Object{}, err
			}
			return s.object(o), nil
		},
		SetMetrics: Counters.Set,
	}
}

func (s *Service) object(o *Organization) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.Organization, ID: o.ID},
		Owned:   o.owned(),
		Slug:    o.Slug,
		Title:   o.Name,
		Page:    o.page(s.links),
		Deleted: !o.Deleted.IsZero(),
	}
}

func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Organization, error) {
	oid, moved, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	if moved != "" {
		return nil, errs.Moved(moved)
	}
	return byID(ctx, q, oid)
}

// Assign lets a partial editor change an object of the organization.
func (s *Service) Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error {
	return assign(ctx, tx, person, org, object)
}

// Import writes an organization of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, o *Organization) error {
	return save(ctx, tx, o)
}

// members writes the JSON of the organization's members as the actor may see
// them: addresses are whole for sysadmins, masked for others.
func (s *Service) members(ctx context.Context, q db.Querier, o *Organization, a *auth.Actor, label func(string) string) ([]byte, error) {
	ids := make([]string, len(o.Members))
	for i, m := range o.Members {
		ids[i] = m.Person
	}
	cards, err := s.refs.Render(ctx, q, ref.User, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := contactsOf(ctx, q, o.ID)
	if err != nil {
		return nil, err
	}
	inside := a.IsSysadmin() || a.MemberOf(o.ID)
	w := wire.NewWriter(512 * (1 + len(ids)))
	w.Open('[')
	for _, m := range o.Members {
		card := cards[m.Person]
		if len(card.Text) == 0 {
			continue // the person is gone
		}
		w.Open('{')
		w.Key("label")
		w.String(label(m.Role.Label()))
		w.Key("role")
		w.String(string(m.Role))
		w.Key("since")
		w.Time(m.Since)
		w.Key("user")
		w.Open('{')
		w.Key("email")
		c := contacts[m.Person]
		if a.IsSysadmin() {
			w.String(c.email)
		} else {
			w.String(maskEmail(c.email, inside))
		}
		w.Key("last_login_at")
		if inside {
			w.Time(c.lastLogin)
		} else {
			w.Null()
		}
		w.Members(card.Text)
		w.Close('}')
		w.Close('}')
	}
	w.Close(']')
	return w.Bytes(), nil
}

// FreeSlug returns the slug that an imported organization may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "organization", self)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}
