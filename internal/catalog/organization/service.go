package organization

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
	blobs blob.Store
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, blobs blob.Store) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, blobs: blobs}
}

// Noun is what other nouns may ask of organizations.
func (s *Service) Noun() ref.Noun {
	load := ref.Loader[*Organization](byIDs)
	return ref.Noun{
		Class: ref.Organization,
		Card:  cardModel,
		Render: load.Render(
			func(o *Organization) wire.Fragment { return o.card(s.links) },
			func(ctx context.Context, q db.Querier, _ ref.Form, found map[string]*Organization) (map[string]wire.Fragment, error) {
				return ref.RenderList(found, func(list []*Organization) ([]wire.Fragment, error) {
					return s.renderFrom(ctx, q, nil, fmt.Sprintf, list, false) // as anybody sees them
				})
			}),
		Find:       load.Find(s.object),
		Resolve:    ref.Resolver(s.resolve, s.object),
		SetMetrics: Counters.Set,
		Counters:   &Counters,
		Describe:   s.describe,
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
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
}

// Found makes a new organization; who founds it is its first admin. Errors:
// 400 with what is wrong by field.
func (s *Service) Found(ctx context.Context, a *auth.Actor, b *patch.Object, t func(string, ...any) string) (*Organization, error) {
	now := s.clock()
	o := &Organization{
		ID: id.New(now), CreatedAt: now, LastModified: now, Counts: map[string]int64{},
		Members: []Member{{Person: a.ID, Role: auth.Admin, Since: now}},
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := s.apply(ctx, tx, o, b, a, t, true); err != nil {
			return err
		}
		if err := b.Err(t); err != nil {
			return err
		}
		var err error
		if o.Slug, err = slugs.Free(ctx, tx, o.Name, "organization-"+o.ID, ""); err != nil {
			return err
		}
		if err := o.countMembers(); err != nil {
			return err
		}
		if err := save(ctx, tx, o); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, fact{key: "organization:created"}, o.ID, a)
	})
	return o, err
}

// countMembers sets the counter of members.
func (o *Organization) countMembers() error {
	merged, err := metric.Merge([]byte(o.Metrics), map[string]any{"members": len(o.Members)})
	o.Metrics = string(merged)
	return err
}

// fact is what happened to an organization; one without a key is nothing.
type fact struct {
	key string
	// changes are the fields that an update changed.
	changes []string
	// about is more to say in the log: whom it was about.
	about map[string]any
}

// tell appends an event about an organization. What is about its members is
// for the readers of the log alone, as is a change that no activity tells of.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, f fact, org string, a *auth.Actor) error {
	e := event.Event{
		At: now, Key: f.key, Subject: ref.Ref{Class: ref.Organization, ID: org}, Actor: a.ID, Organization: org, Changes: f.changes,
		Hidden: f.key != "organization:created" && (f.key != "organization:updated" || len(f.changes) == 0),
	}
	if f.about != nil {
		var err error
		if e.Extras, err = json.Marshal(f.about); err != nil {
			return err
		}
	}
	_, err := event.Append(ctx, tx, e)
	return err
}

// change loads the organization in a transaction that no other one of its
// changes runs beside, lets f change it, and writes it with its slug, its
// counter of members and the event.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f func(tx *sql.Tx, o *Organization) (fact, error)) (*Organization, error) {
	now := s.clock()
	var o *Organization
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := lock(ctx, tx, oid); err != nil {
			return err
		}
		before, err := byID(ctx, tx, oid)
		if err != nil {
			return err
		}
		after := *before
		after.Members, after.Badges = slices.Clone(before.Members), slices.Clone(before.Badges)
		o = &after
		what, err := f(tx, o)
		if err != nil || what.key == "" {
			return err
		}
		o.LastModified = now
		if o.Name != before.Name {
			if o.Slug, err = slugs.Rename(ctx, tx, o.Name, "organization-"+o.ID, o.ID, o.Slug); err != nil {
				return err
			}
		}
		if len(o.Members) != len(before.Members) {
			if err := o.countMembers(); err != nil {
				return err
			}
		}
		if err := save(ctx, tx, o); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, what, oid, a)
	})
	return o, err
}

// administers tells whether the actor may change the organization and its
// members.
func administers(a *auth.Actor, org string) bool { return a.IsSysadmin() || a.AdminOf(org) }

// Update changes the fields that the body names. Errors: 403, 410 for a
// deleted organization unless the body names "deleted" as null, 400 with what
// is wrong by field. As in udata, that null restores nothing.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, b *patch.Object, t func(string, ...any) string) (*Organization, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, o *Organization) (fact, error) {
		if !o.Deleted.IsZero() && !b.IsNull("deleted") {
			return fact{}, errDeleted()
		}
		if !administers(a, oid) {
			return fact{}, errs.Forbidden()
		}
		changes, err := s.apply(ctx, tx, o, b, a, t, false)
		if err != nil {
			return fact{}, err
		}
		return fact{key: "organization:updated", changes: changes}, b.Err(t)
	})
}

// Delete marks the organization as deleted. notice asks for the legal notice to
// its admins, when a sysadmin deletes it. Errors: 410 when it is already, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, notice bool) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, o *Organization) (fact, error) {
		if !o.Deleted.IsZero() {
			return fact{}, errDeleted()
		}
		if !administers(a, oid) {
			return fact{}, errs.Forbidden()
		}
		o.Deleted = s.clock()
		if notice {
			subject := ref.Ref{Class: ref.Organization, ID: o.ID}
			if err := legal.Tell(ctx, tx, o.Deleted, a, subject, legal.Of(ref.Organization, o.owned())); err != nil {
				return fact{}, err
			}
		}
		return fact{key: "organization:deleted"}, nil
	})
	return err
}

// AddBadge gives a badge. added is false when the organization has it already.
// errs.BadRequest for a kind that there is not.
func (s *Service) AddBadge(ctx context.Context, a *auth.Actor, oid, kind string) (added bool, err error) {
	if !slices.Contains(BadgeKinds, kind) {
		return false, errs.Field("kind", "Unknown badge type for Organization: %s", kind)
	}
	_, err = s.change(ctx, a, oid, func(tx *sql.Tx, o *Organization) (fact, error) {
		if added = !badge.Has(o.Badges, kind); !added {
			return fact{}, nil
		}
		now := s.clock()
		o.Badges = append(o.Badges, Badge{Kind: kind, CreatedAt: now, CreatedBy: a.ID})
		// The activity tells that the badges changed, this which one it was.
		err := s.tell(ctx, tx, now, fact{key: "organization:badge:added", about: map[string]any{"kind": kind}}, oid, a)
		return fact{key: "organization:updated", changes: []string{"badges"}}, err
	})
	return added, err
}

// RemoveBadge takes a badge away; 404 when the organization does not have it.
func (s *Service) RemoveBadge(ctx context.Context, a *auth.Actor, oid, kind string) error {
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, o *Organization) (_ fact, err error) {
		o.Badges, err = badge.Without(o.Badges, kind)
		return fact{key: "organization:updated", changes: []string{"badges"}}, err
	})
	return err
}

// SetExtras lets f change the client's own members; 403, 410.
func (s *Service) SetExtras(ctx context.Context, a *auth.Actor, oid string, f func(extras map[string]json.RawMessage) error) (*Organization, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, o *Organization) (fact, error) {
		if !o.Deleted.IsZero() {
			return fact{}, errDeleted()
		}
		if !administers(a, oid) {
			return fact{}, errs.Forbidden()
		}
		extras := map[string]json.RawMessage{}
		if err := json.Unmarshal(orEmpty(o.Doc.Extras), &extras); err != nil {
			return fact{}, err
		}
		if err := f(extras); err != nil {
			return fact{}, err
		}
		text, err := json.Marshal(extras)
		o.Doc.Extras = text
		return fact{key: "organization:updated"}, err
	})
}

// Import writes an organization of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, o *Organization) error {
	return save(ctx, tx, o)
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
