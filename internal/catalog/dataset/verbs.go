package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

func errDeleted() *errs.Error { return errs.Gone("Dataset has been deleted") }

// Publish makes a dataset of what the body says. Errors: 400 with what is
// wrong by field.
func (s *Service) Publish(ctx context.Context, a *auth.Actor, o *patch.Object, t translator) (*Dataset, error) {
	now := s.clock()
	d := &Dataset{ID: id.New(now), CreatedInternal: now, ModifiedInternal: now, Counts: map[string]int64{}}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := s.apply(ctx, tx, d, o, a, t, now, true); err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return err
		}
		var err error
		if d.Slug, err = slugs.Free(ctx, tx, d.Title, "dataset-"+d.ID, ""); err != nil {
			return err
		}
		d.LastUpdate = d.lastUpdate(now)
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		if assigned(a, d) {
			if err := s.assign.Assign(ctx, tx, a.ID, d.Organization, ref.Ref{Class: ref.Dataset, ID: d.ID}); err != nil {
				return err
			}
		}
		if err := s.recount(ctx, tx, nil, d, now); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, fact{key: "dataset:created"}, d, a)
	})
	if err != nil {
		return nil, err
	}
	if assigned(a, d) {
		a.Assigned[d.ID] = true // what they just made, they may change at once
	}
	return d, nil
}

// assigned tells whether a dataset that the actor made is to be assigned to
// them, as partial editors change nothing else.
func assigned(a *auth.Actor, d *Dataset) bool {
	return d.Organization != "" && !a.Sysadmin && a.Memberships[d.Organization] == auth.PartialEditor
}

// A fact is what a change did: the key of its event, with the names of the
// changed fields and, of a resource, its id. No key means that nothing was
// done.
type fact struct {
	key      string
	changes  []string
	resource string
}

// tell appends an event about the dataset.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, f fact, d *Dataset, a *auth.Actor) error {
	e := event.Event{
		At: now, Key: f.key, Subject: ref.Ref{Class: ref.Dataset, ID: d.ID}, Actor: a.ID, Organization: d.Organization, Changes: f.changes,
		// A change that no activity tells of is still a fact for the log.
		Hidden: f.key == keyUpdated && len(f.changes) == 0,
	}
	if f.resource != "" {
		extras, err := json.Marshal(map[string]string{"resource_id": f.resource})
		if err != nil {
			return err
		}
		e.Extras = extras
	}
	_, err := event.Append(ctx, tx, e)
	return err
}

const keyUpdated = "dataset:updated"

// change loads the dataset with its resources in a transaction, lets f change
// it, and writes it with its counters, slug and event.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f func(tx *sql.Tx, d *Dataset, now time.Time) (fact, error)) (d *Dataset, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		d, err = s.changeIn(ctx, tx, a, oid, f)
		return err
	})
	return d, err
}

// changeIn is change in a transaction that is open.
func (s *Service) changeIn(ctx context.Context, tx *sql.Tx, a *auth.Actor, oid string, f func(tx *sql.Tx, d *Dataset, now time.Time) (fact, error)) (*Dataset, error) {
	now := s.clock()
	before, err := loadOne(ctx, tx, oid)
	if err != nil {
		return nil, err
	}
	after := *before
	after.Resources = slices.Clone(before.Resources)
	after.Doc.Badges = slices.Clone(before.Doc.Badges)
	d := &after
	what, err := f(tx, d, now)
	if err != nil || what.key == "" {
		return d, err
	}
	d.ModifiedInternal = now
	d.LastUpdate = d.lastUpdate(now)
	if d.Title != before.Title {
		if d.Slug, err = slugs.Rename(ctx, tx, d.Title, "dataset-"+d.ID, d.ID, d.Slug); err != nil {
			return nil, err
		}
	}
	if err := save(ctx, tx, d); err != nil {
		return nil, err
	}
	if err := s.recount(ctx, tx, before, d, now); err != nil {
		return nil, err
	}
	return d, s.tell(ctx, tx, now, what, d, a)
}

// loadOne loads a dataset with its resources; errs.NotFound when there is
// none.
func loadOne(ctx context.Context, tx *sql.Tx, oid string) (*Dataset, error) {
	found, err := byIDs(ctx, tx, []string{oid})
	if err != nil {
		return nil, err
	}
	if found[oid] == nil {
		return nil, errs.NotFound()
	}
	return found[oid], loadResources(ctx, tx, found)
}

// editable returns what keeps the actor from changing the dataset: 410, 403,
// or nothing.
func editable(d *Dataset, a *auth.Actor) error {
	if !d.Deleted.IsZero() {
		return errDeleted()
	}
	if !a.CanEdit(d.Owned()) {
		return errs.Forbidden()
	}
	return nil
}

// Update changes the fields that the body names. Errors: 403, 410 for a
// deleted dataset unless the body restores it ({"deleted": null}), 400 with
// what is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t translator) (*Dataset, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, d *Dataset, now time.Time) (fact, error) {
		if !d.Deleted.IsZero() && !o.IsNull("deleted") {
			return fact{}, errDeleted()
		}
		if !a.CanEdit(d.Owned()) {
			return fact{}, errs.Forbidden()
		}
		changes, err := s.apply(ctx, tx, d, o, a, t, now, false)
		if err != nil {
			return fact{}, err
		}
		return fact{key: keyUpdated, changes: changes}, o.Err(t)
	})
}

// Delete marks the dataset as deleted. notice asks for the legal notice to
// whose it is, when a sysadmin deletes it. Errors: 410 when it is already, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, notice bool) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, d *Dataset, now time.Time) (fact, error) {
		if err := editable(d, a); err != nil {
			return fact{}, err
		}
		d.Deleted = now
		if notice {
			subject := ref.Ref{Class: ref.Dataset, ID: d.ID}
			if err := legal.Tell(ctx, tx, now, a, subject, legal.Of(ref.Dataset, d.Owned())); err != nil {
				return fact{}, err
			}
		}
		return fact{key: "dataset:deleted"}, nil
	})
	return err
}

// Feature puts the dataset on the front page, or takes it off.
func (s *Service) Feature(ctx context.Context, a *auth.Actor, oid string, featured bool) (*Dataset, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (fact, error) {
		if d.Featured == featured {
			return fact{}, nil
		}
		d.Featured = featured
		return fact{key: keyUpdated}, nil
	})
}

// AddBadge gives a badge. added is false when the dataset has it already.
// errs.BadRequest for a kind that is none.
func (s *Service) AddBadge(ctx context.Context, a *auth.Actor, oid, kind string) (added bool, err error) {
	if !slices.Contains(badgeKinds, kind) {
		return false, errs.Field("kind", "Unknown badge type for %s: %s", ref.Dataset, kind)
	}
	_, err = s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, now time.Time) (fact, error) {
		if badge.Has(d.Doc.Badges, kind) {
			return fact{}, nil
		}
		d.Doc.Badges = append(d.Doc.Badges, Badge{Kind: kind, CreatedAt: now, CreatedBy: a.ID})
		added = true
		return fact{key: keyUpdated, changes: []string{"badges"}}, nil
	})
	return added, err
}

// RemoveBadge takes a badge away; 404 when the dataset does not have it.
func (s *Service) RemoveBadge(ctx context.Context, a *auth.Actor, oid, kind string) error {
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (_ fact, err error) {
		d.Doc.Badges, err = badge.Without(d.Doc.Badges, kind)
		return fact{key: keyUpdated, changes: []string{"badges"}}, err
	})
	return err
}
