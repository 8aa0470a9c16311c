package reuse

import (
	"context"
	"database/sql"
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
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Assigner lets a partial editor change what they made; the organization noun
// provides it.
type Assigner interface {
	Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error
}

// Config is what a portal decides about reuses.
type Config struct {
	// Badges are the kinds that may be given, with their labels.
	Badges []Label
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	blobs  blob.Store
	assign Assigner
	config Config
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, blobs blob.Store, assign Assigner, config Config) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, blobs: blobs, assign: assign, config: config}
}

// Noun is what other nouns may ask of reuses. Those that a reuse mentions must
// have been registered before it is called.
func (s *Service) Noun() ref.Noun {
	load := ref.Listed(byIDs, (*Reuse).id)
	return ref.Noun{
		Class: ref.Reuse,
		Card:  cardModel,
		Light: s.models().light,
		Render: load.Render(
			func(r *Reuse) wire.Fragment { return r.card(s.links) },
			func(ctx context.Context, q db.Querier, form ref.Form, found map[string]*Reuse) (map[string]wire.Fragment, error) {
				return ref.RenderList(found, func(list []*Reuse) ([]wire.Fragment, error) {
					return s.renderFrom(ctx, q, list, form == ref.Full)
				})
			}),
		Find:       load.Find(s.object),
		Resolve:    ref.Resolver(s.resolve, s.object),
		SetMetrics: s.setMetrics,
		Counters:   &Counters,
		Table:      "reuse",
		Uses:       uses,
		SetOwner:   s.setOwner,
		Recount:    s.recountOwners,
	}
}

// setMetrics sets counters. As in udata they are a modification of the reuse,
// so that a mirror that asks for what changed gets the new counts.
func (s *Service) setMetrics(ctx context.Context, tx *sql.Tx, oid string, values map[string]any) error {
	if err := Counters.Set(ctx, tx, oid, values); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE reuse SET last_modified = $1 WHERE id = $2", s.clock().UnixMicro(), oid)
	return err
}

func (s *Service) object(r *Reuse) ref.Object {
	return ref.Object{
		Ref:     ref.Ref{Class: ref.Reuse, ID: r.ID},
		Owned:   r.Owned(),
		Slug:    r.Slug,
		Title:   r.Title,
		Page:    r.page(s.links),
		Private: r.Private,
		Deleted: !r.Deleted.IsZero(),
	}
}

// resolve finds a reuse by what stands in a path; see permalink.Resolve.
func (s *Service) resolve(ctx context.Context, q db.Querier, key string) (*Reuse, error) {
	oid, err := slugs.Resolve(ctx, q, key)
	if err != nil {
		return nil, err
	}
	return byID(ctx, q, oid)
}

func errDeleted() *errs.Error { return errs.Gone("This reuse has been deleted") }

// Publish makes a reuse of a body. It belongs to the actor unless the body
// says otherwise. Errors: 400 with what is wrong by field, in the language of
// t.
func (s *Service) Publish(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (*Reuse, error) {
	now := s.clock()
	var r *Reuse
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		r = &Reuse{ID: id.New(now), CreatedAt: now, LastModified: now, Counts: map[string]int64{}}
		if _, err := s.apply(ctx, tx, r, o, a, t, true); err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return err
		}
		if r.Owner == "" && r.Organization == "" {
			r.Owner = a.ID
		}
		var err error
		if r.Slug, err = slugs.Free(ctx, tx, r.Title, "reuse-"+r.ID, ""); err != nil {
			return err
		}
		r.Counts["datasets"] = int64(len(r.Datasets))
		if err := save(ctx, tx, r); err != nil {
			return err
		}
		if r.Organization != "" && a.Memberships[r.Organization] == auth.PartialEditor && !a.Sysadmin {
			if err := s.assign.Assign(ctx, tx, a.ID, r.Organization, ref.Ref{Class: ref.Reuse, ID: r.ID}); err != nil {
				return err
			}
		}
		if err := s.recount(ctx, tx, nil, r, now); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "reuse:created", r, a, nil)
	})
	if err != nil {
		return nil, err
	}
	if a.Memberships[r.Organization] == auth.PartialEditor {
		a.Assigned[r.ID] = true // what they just made, they may change at once
	}
	return r, nil
}

// tell appends an event about the reuse.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, r *Reuse, a *auth.Actor, changes []string) error {
	_, err := event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: ref.Reuse, ID: r.ID}, Actor: a.ID, Organization: r.Organization,
		Changes: changes,
		// A change that no activity tells of is still a fact for the log.
		Hidden: key == "reuse:updated" && len(changes) == 0,
	})
	return err
}

// change loads the reuse in a transaction, lets f change it, and writes it
// with its counters, slug and event. f returns the event's key and the names
// of the changed fields; an empty key writes nothing.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f func(tx *sql.Tx, r *Reuse) (key string, changes []string, err error)) (*Reuse, error) {
	var r *Reuse
	err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		r, err = s.changeIn(ctx, tx, a, oid, f)
		return err
	})
	return r, err
}

// changeIn is change in a transaction of the caller's.
func (s *Service) changeIn(ctx context.Context, tx *sql.Tx, a *auth.Actor, oid string, f func(tx *sql.Tx, r *Reuse) (key string, changes []string, err error)) (*Reuse, error) {
	now := s.clock()
	before, err := byID(ctx, tx, oid)
	if err != nil {
		return nil, err
	}
	after := *before
	after.Datasets, after.Dataservices = slices.Clone(before.Datasets), slices.Clone(before.Dataservices)
	after.Doc.Badges = slices.Clone(before.Doc.Badges)
	r := &after
	key, changes, err := f(tx, r)
	if err != nil || key == "" {
		return r, err
	}
	r.LastModified = now
	r.Counts["datasets"] = int64(len(r.Datasets))
	if r.Title != before.Title {
		if r.Slug, err = slugs.Rename(ctx, tx, r.Title, "reuse-"+r.ID, r.ID, r.Slug); err != nil {
			return r, err
		}
	}
	if err := save(ctx, tx, r); err != nil {
		return r, err
	}
	if err := s.recount(ctx, tx, before, r, now); err != nil {
		return r, err
	}
	return r, s.tell(ctx, tx, now, key, r, a, changes)
}

// Update changes the fields that the body names. Errors: 403, 410 for a
// deleted reuse unless the body restores it ({"deleted": null}), 400 with what
// is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t func(string, ...any) string) (*Reuse, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, r *Reuse) (string, []string, error) {
		if !r.Deleted.IsZero() && !o.IsNull("deleted") {
			return "", nil, errDeleted()
		}
		if !a.CanEdit(r.Owned()) {
			return "", nil, errs.Forbidden()
		}
		before := r.Deleted
		changes, err := s.apply(ctx, tx, r, o, a, t, false)
		if err != nil {
			return "", nil, err
		}
		if before.IsZero() && !r.Deleted.IsZero() {
			return "reuse:deleted", nil, o.Err(t)
		}
		return "reuse:updated", changes, o.Err(t)
	})
}

// Delete marks the reuse as deleted. notice asks for the legal notice to whose
// it is, when a sysadmin deletes it. Errors: 410 when it is already, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, notice bool) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, r *Reuse) (string, []string, error) {
		if !r.Deleted.IsZero() {
			return "", nil, errDeleted()
		}
		if !a.CanEdit(r.Owned()) {
			return "", nil, errs.Forbidden()
		}
		r.Deleted = s.clock()
		if notice {
			subject := ref.Ref{Class: ref.Reuse, ID: r.ID}
			if err := legal.Tell(ctx, tx, r.Deleted, a, subject, legal.Of(ref.Reuse, r.Owned())); err != nil {
				return "", nil, err
			}
		}
		return "reuse:deleted", nil, nil
	})
	return err
}

// Feature puts the reuse on the front page, or takes it off.
func (s *Service) Feature(ctx context.Context, a *auth.Actor, oid string, featured bool) (*Reuse, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, r *Reuse) (string, []string, error) {
		if r.Featured != nil && *r.Featured == featured {
			return "", nil, nil
		}
		r.Featured = &featured
		return "reuse:updated", nil, nil
	})
}

// Link adds a dataset or a dataservice. added is false when it was there
// already. Errors: 403, 404 when there is no such object.
func (s *Service) Link(ctx context.Context, a *auth.Actor, oid, class, target string) (r *Reuse, added bool, err error) {
	r, err = s.change(ctx, a, oid, func(tx *sql.Tx, r *Reuse) (string, []string, error) {
		list, name := &r.Datasets, "datasets"
		if class == ref.Dataservice {
			list, name = &r.Dataservices, "dataservices"
		}
		if !a.CanEdit(r.Owned()) {
			return "", nil, errs.Forbidden()
		}
		found, err := s.refs.Find(ctx, tx, class, []string{target})
		if err != nil {
			return "", nil, err
		}
		if len(found) == 0 {
			return "", nil, errs.NotFound()
		}
		if slices.Contains(*list, target) {
			return "", nil, nil
		}
		if len(*list) >= maxLinks {
			return "", nil, errs.Field("id", "A reuse names at most %d %s", maxLinks, name)
		}
		*list = append(*list, target)
		added = true
		return "reuse:updated", []string{name}, nil
	})
	return r, added, err
}

// AddBadge gives a badge. added is false when the reuse has it already.
// errs.BadRequest for a kind that the portal does not know.
func (s *Service) AddBadge(ctx context.Context, a *auth.Actor, oid, kind string) (added bool, err error) {
	if !slices.ContainsFunc(s.config.Badges, func(l Label) bool { return l.ID == kind }) {
		return false, errs.Field("kind", "Unknown badge type for Reuse: %s", kind)
	}
	_, err = s.change(ctx, a, oid, func(_ *sql.Tx, r *Reuse) (string, []string, error) {
		if badge.Has(r.Doc.Badges, kind) {
			return "", nil, nil
		}
		r.Doc.Badges = append(r.Doc.Badges, Badge{Kind: kind, CreatedAt: s.clock(), CreatedBy: a.ID})
		added = true
		return "reuse:updated", []string{"badges"}, nil
	})
	return added, err
}

// RemoveBadge takes a badge away; 404 when the reuse does not have it.
func (s *Service) RemoveBadge(ctx context.Context, a *auth.Actor, oid, kind string) error {
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, r *Reuse) (key string, changes []string, err error) {
		r.Doc.Badges, err = badge.Without(r.Doc.Badges, kind)
		return "reuse:updated", []string{"badges"}, err
	})
	return err
}

// Import writes a reuse of another portal as it is, over the one that an
// earlier run of the same import wrote. errs.Field("url") when another reuse
// has its address.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, r *Reuse) error {
	return save(ctx, tx, r)
}

// ImportOldSlug keeps a link that another portal redirected.
func (s *Service) ImportOldSlug(ctx context.Context, tx *sql.Tx, old, oid string) error {
	return slugs.Remember(ctx, tx, old, oid)
}

// FreeSlug returns the slug that an imported reuse may have, made of what it
// would be called: numbered when another one has it. self is its own id.
func (s *Service) FreeSlug(ctx context.Context, q db.Querier, wanted, self string) (string, error) {
	return slugs.Free(ctx, q, wanted, "reuse-"+self, self)
}
