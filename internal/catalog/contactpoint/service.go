package contactpoint

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Namer is a noun whose objects name contact points.
type Namer interface {
	// ForgetContactPoint takes a contact point from all objects that name it.
	// They are not modified by it, as in udata.
	ForgetContactPoint(ctx context.Context, tx *sql.Tx, oid string) error
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	namers []Namer
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, namers ...Namer) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, namers: namers}
}

// Noun is what other nouns may ask of contact points. People and
// organizations must have been registered before it is called, for its form
// holds their cards. Contact points have no slug and no counters.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*ContactPoint](byIDs)
	return ref.Noun{
		Class:    Class,
		Card:     model(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card)),
		Render:   s.render,
		Find:     load.Find((*ContactPoint).object),
		Resolve:  ref.Resolver(byKey, (*ContactPoint).object),
		Describe: s.describe,
	}
}

// byKey finds a contact point by what stands in a path: errs.NotFound when
// there is none.
func byKey(ctx context.Context, q db.Querier, key string) (*ContactPoint, error) {
	oid, ok := id.Parse(key)
	if !ok {
		return nil, errs.NotFound()
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

func (c *ContactPoint) object() ref.Object {
	return ref.Object{Ref: ref.Ref{Class: Class, ID: c.ID}, Owned: c.Owned(), Title: c.Name}
}

// render writes contact points with the cards of those whose they are.
func (s *Service) render(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	list := make([]*ContactPoint, 0, len(found))
	for _, c := range found {
		list = append(list, c)
	}
	written, err := s.write(ctx, q, list)
	if err != nil {
		return nil, err
	}
	out := make(map[string]wire.Fragment, len(list))
	for i, c := range list {
		out[c.ID] = written[i]
	}
	return out, nil
}

// write is render of contact points that are loaded, in their order.
func (s *Service) write(ctx context.Context, q db.Querier, list []*ContactPoint) ([]wire.Fragment, error) {
	var owners, orgs []string
	for _, c := range list {
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
	out := make([]wire.Fragment, len(list))
	for i, c := range list {
		out[i] = c.write(users[c.Owner], organizations[c.Organization])
	}
	return out, nil
}

// Create makes a contact point, the caller's own unless the body names an
// organization. When one that says the same is there already it is returned,
// and created is false. Errors: 400 with what is wrong by field.
func (s *Service) Create(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (c *ContactPoint, created bool, err error) {
	now := s.clock()
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		c = &ContactPoint{ID: id.New(now)}
		if err := s.apply(ctx, tx, c, o, a, t, true); err != nil {
			return err
		}
		if c.Owner == "" && c.Organization == "" {
			c.Owner = a.ID
		}
		same, err := twin(ctx, tx, c)
		if err != nil || same != nil {
			c, created = same, false
			return err
		}
		created = true
		if err := save(ctx, tx, c); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "contact_point:created", c, a)
	})
	return c, created, err
}

// Update changes a contact point. Errors: 404, 403, 400 with what is wrong by
// field, also when another says the same.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t func(string, ...any) string) (*ContactPoint, error) {
	var c *ContactPoint
	err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		if c, err = byKey(ctx, tx, oid); err != nil {
			return err
		}
		if !a.CanEdit(c.Owned()) {
			return errs.Forbidden()
		}
		before := *c
		if err := s.apply(ctx, tx, c, o, a, t, false); err != nil {
			return err
		}
		switch same, err := twin(ctx, tx, c); {
		case err != nil:
			return err
		case same != nil:
			return errs.Field("name", "An existing contact point already exists with these informations.")
		case before == *c:
			return nil
		}
		if err := save(ctx, tx, c); err != nil {
			return err
		}
		return s.tell(ctx, tx, s.clock(), "contact_point:updated", c, a)
	})
	return c, err
}

// Delete removes a contact point; nothing names it any more. Errors: 404, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		c, err := byKey(ctx, tx, oid)
		if err != nil {
			return err
		}
		if !a.CanEdit(c.Owned()) {
			return errs.Forbidden()
		}
		return s.drop(ctx, tx, s.clock(), c, a)
	})
}

// Forget removes the contact points of a person whose account goes: their
// names and addresses must not outlive it.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, person string, a *auth.Actor) error {
	var all []*ContactPoint
	err := each(ctx, tx, ofUser, person, func(c *ContactPoint) error {
		all = append(all, c)
		return nil
	})
	for _, c := range all {
		err = errors.Join(err, s.drop(ctx, tx, s.clock(), c, a))
	}
	return err
}

func (s *Service) drop(ctx context.Context, tx *sql.Tx, now time.Time, c *ContactPoint, a *auth.Actor) error {
	for _, n := range s.namers {
		if err := n.ForgetContactPoint(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	if err := remove(ctx, tx, c.ID); err != nil {
		return err
	}
	return s.tell(ctx, tx, now, "contact_point:deleted", c, a)
}

// tell appends an event about the contact point, which is no activity.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, c *ContactPoint, a *auth.Actor) error {
	_, err := event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: Class, ID: c.ID}, Actor: a.ID, Organization: c.Organization, Hidden: true,
	})
	return err
}

// Import writes a contact point of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, c *ContactPoint) error {
	return save(ctx, tx, c)
}
