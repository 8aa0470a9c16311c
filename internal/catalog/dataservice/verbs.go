package dataservice

import (
	"context"
	"database/sql"
	"net/http"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// The keys of the events.
const (
	keyCreated = "dataservice:created"
	keyUpdated = "dataservice:updated"
	keyDeleted = "dataservice:deleted"
)

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

func errDeleted() *errs.Error { return errs.Gone("Dataservice has been deleted") }

// Publish makes a dataservice of a body. It belongs to the actor unless the
// body says otherwise. Errors: 400 with what is wrong by field, in the
// language of t.
func (s *Service) Publish(ctx context.Context, a *auth.Actor, o *patch.Object, t translator) (*Dataservice, error) {
	now := s.clock()
	var d *Dataservice
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		d = &Dataservice{ID: id.New(now), CreatedAt: now, LastModified: now, Counts: map[string]int64{}}
		if _, err := s.apply(ctx, tx, d, o, a, t, true); err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return err
		}
		if d.Owner == "" && d.Organization == "" {
			d.Owner = a.ID
		}
		var err error
		if d.Slug, err = slugs.Free(ctx, tx, d.Title, "dataservice-"+d.ID, ""); err != nil {
			return err
		}
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		if d.Organization != "" && a.Memberships[d.Organization] == auth.PartialEditor && !a.Sysadmin {
			if err := s.assign.Assign(ctx, tx, a.ID, d.Organization, ref.Ref{Class: ref.Dataservice, ID: d.ID}); err != nil {
				return err
			}
		}
		if err := s.recount(ctx, tx, nil, d, now); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, keyCreated, d, a, nil)
	})
	if err != nil {
		return nil, err
	}
	if a.Memberships[d.Organization] == auth.PartialEditor {
		a.Assigned[d.ID] = true // what they just made, they may change at once
	}
	return d, nil
}

// tell appends an event about the dataservice.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, d *Dataservice, a *auth.Actor, changes []string) error {
	_, err := event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: ref.Dataservice, ID: d.ID}, Actor: a.ID, Organization: d.Organization,
		Changes: changes,
		// A change that no activity tells of is still a fact for the log.
		Hidden: key == keyUpdated && len(changes) == 0,
	})
	return err
}

// A changer changes a dataservice in a transaction, and returns the event's
// key and the names of the changed fields; an empty key writes nothing.
type changer = func(tx *sql.Tx, d *Dataservice) (key string, changes []string, err error)

// change loads the dataservice in a transaction, lets f change it, and writes
// it with its counters, slug and event.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f changer) (*Dataservice, error) {
	var d *Dataservice
	err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		d, err = s.changeIn(ctx, tx, a, oid, f)
		return err
	})
	return d, err
}

// changeIn is change in a transaction of the caller's.
func (s *Service) changeIn(ctx context.Context, tx *sql.Tx, a *auth.Actor, oid string, f changer) (*Dataservice, error) {
	now := s.clock()
	before, err := byID(ctx, tx, oid)
	if err != nil {
		return nil, err
	}
	after := *before
	after.Datasets = slices.Clone(before.Datasets)
	d := &after
	key, changes, err := f(tx, d)
	if err != nil || key == "" {
		return d, err
	}
	d.LastModified = now
	if d.Title != before.Title {
		if d.Slug, err = slugs.Rename(ctx, tx, d.Title, "dataservice-"+d.ID, d.ID, d.Slug); err != nil {
			return d, err
		}
	}
	if err := save(ctx, tx, d); err != nil {
		return d, err
	}
	if err := s.recount(ctx, tx, before, d, now); err != nil {
		return d, err
	}
	return d, s.tell(ctx, tx, now, key, d, a, changes)
}

// writable tells whether the actor may change the dataservice: 410 when it is
// deleted, 403.
func writable(a *auth.Actor, d *Dataservice) error {
	switch {
	case !d.Deleted.IsZero():
		return errDeleted()
	case !a.CanEdit(d.Owned()):
		return errs.Forbidden()
	}
	return nil
}

// Update changes the fields that the body names. Errors: 403, 410 for a
// deleted dataservice unless the body restores it ({"deleted_at": null}), 400
// with what is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t translator) (*Dataservice, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, d *Dataservice) (string, []string, error) {
		if !d.Deleted.IsZero() && !o.IsNull("deleted_at") {
			return "", nil, errDeleted()
		}
		if !a.CanEdit(d.Owned()) {
			return "", nil, errs.Forbidden()
		}
		changes, err := s.apply(ctx, tx, d, o, a, t, false)
		if err != nil {
			return "", nil, err
		}
		return keyUpdated, changes, o.Err(t)
	})
}

// Delete marks the dataservice as deleted. notice asks for the legal notice to
// whose it is, when a sysadmin deletes it. Errors: 410 when it is already, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, notice bool) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, d *Dataservice) (string, []string, error) {
		if err := writable(a, d); err != nil {
			return "", nil, err
		}
		d.Deleted = s.clock()
		if notice {
			subject := ref.Ref{Class: ref.Dataservice, ID: d.ID}
			if err := legal.Tell(ctx, tx, d.Deleted, a, subject, legal.Of(ref.Dataservice, d.Owned())); err != nil {
				return "", nil, err
			}
		}
		return keyDeleted, nil, nil
	})
	return err
}

// Feature puts the dataservice on the front page, or takes it off.
func (s *Service) Feature(ctx context.Context, a *auth.Actor, oid string, featured bool) (*Dataservice, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataservice) (string, []string, error) {
		if d.Featured != nil && *d.Featured == featured {
			return "", nil, nil
		}
		d.Featured = &featured
		return keyUpdated, nil, nil
	})
}

// Link adds datasets. Those that are there already stay where they are.
// Errors: 410, 403, 400 when one is unknown.
func (s *Service) Link(ctx context.Context, a *auth.Actor, oid string, datasets []string) (*Dataservice, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, d *Dataservice) (string, []string, error) {
		if err := writable(a, d); err != nil {
			return "", nil, err
		}
		found, err := s.refs.Find(ctx, tx, ref.Dataset, datasets)
		if err != nil {
			return "", nil, err
		}
		was := len(d.Datasets)
		for _, dataset := range datasets {
			if _, ok := found[dataset]; !ok {
				return "", nil, errs.Field("datasets", patch.UnknownRef, dataset)
			}
			if !slices.Contains(d.Datasets, dataset) {
				d.Datasets = append(d.Datasets, dataset)
			}
		}
		switch {
		case len(d.Datasets) == was:
			return "", nil, nil
		case len(d.Datasets) > maxLinks:
			return "", nil, errs.Field("datasets", msgTooMany, maxLinks)
		}
		return keyUpdated, []string{"datasets"}, nil
	})
}

// Unlink takes a dataset away. Errors: 410, 403, 404 when it is not there.
func (s *Service) Unlink(ctx context.Context, a *auth.Actor, oid, dataset string) error {
	_, err := s.change(ctx, a, oid, func(_ *sql.Tx, d *Dataservice) (string, []string, error) {
		if err := writable(a, d); err != nil {
			return "", nil, err
		}
		if !slices.Contains(d.Datasets, dataset) {
			return "", nil, errs.New(http.StatusNotFound, "Dataset not found in dataservice")
		}
		d.Datasets = slices.DeleteFunc(d.Datasets, func(x string) bool { return x == dataset })
		return keyUpdated, []string{"datasets"}, nil
	})
	return err
}
