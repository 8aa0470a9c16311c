package contactpoint

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links) *Service {
	return &Service{db: d, refs: refs, links: l}
}

// Noun is what other nouns may ask of contact points. People and
// organizations must have been registered before it is called, for its form
// holds their cards. Contact points have no slug and no counters.
func (s *Service) Noun() ref.Noun {
	return ref.Noun{
		Class:  Class,
		Card:   model(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card)),
		Render: s.render,
		Find: func(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Object, error) {
			found, err := byIDs(ctx, q, ids)
			out := make(map[string]ref.Object, len(found))
			for oid, c := range found {
				out[oid] = c.object()
			}
			return out, err
		},
		Resolve: func(ctx context.Context, q db.Querier, key string) (ref.Object, error) {
			oid, ok := id.Parse(key)
			if !ok {
				return ref.Object{}, errs.NotFound()
			}
			found, err := byIDs(ctx, q, []string{oid})
			if err != nil {
				return ref.Object{}, err
			}
			if found[oid] == nil {
				return ref.Object{}, errs.NotFound()
			}
			return found[oid].object(), nil
		},
		SetMetrics: func(context.Context, *sql.Tx, string, map[string]any) error { return nil },
		Describe:   s.describe,
	}
}

func (c *ContactPoint) object() ref.Object {
	return ref.Object{
		Ref:   ref.Ref{Class: Class, ID: c.ID},
		Owned: auth.Owned{ID: c.ID, Owner: c.Owner, Organization: c.Organization},
		Title: c.Name,
	}
}

// render writes contact points with the cards of those whose they are.
func (s *Service) render(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var owners, orgs []string
	for _, c := range found {
		if c.Owner != "" {
			owners = append(owners, c.Owner)
		}
		if c.Organization != "" {
			orgs = append(orgs, c.Organization)
		}
	}
	users, err := s.refs.Render(ctx, q, ref.User, ref.Card, owners)
	if err != nil {
		return nil, err
	}
	organizations, err := s.refs.Render(ctx, q, ref.Organization, ref.Card, orgs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]wire.Fragment, len(found))
	for oid, c := range found {
		out[oid] = c.write(users[c.Owner], organizations[c.Organization])
	}
	return out, nil
}

// Import writes a contact point of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, c *ContactPoint) error {
	return save(ctx, tx, c)
}
