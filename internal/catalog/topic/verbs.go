package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// The keys of the events. That a topic was deleted or featured is no activity,
// as in udata, but a fact for the log's readers.
const (
	keyCreated        = "topic:created"
	keyUpdated        = "topic:updated"
	keyDeleted        = "topic:deleted"
	keyElementCreated = "topic:element:created"
	keyElementUpdated = "topic:element:updated"
	keyElementDeleted = "topic:element:deleted"
)

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

// fact is what an event tells.
type fact struct {
	key     string
	changes []string
	// element is the id of the element that it is about, "" for none.
	element string
	hidden  bool
}

// tell appends events about the topic.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, t *Topic, a *auth.Actor, facts ...fact) error {
	for _, f := range facts {
		e := event.Event{
			At: now, Key: f.key, Subject: ref.Ref{Class: ref.Topic, ID: t.ID}, Actor: a.ID, Organization: t.Organization,
			Changes: f.changes, Hidden: f.hidden,
		}
		if f.element != "" {
			extras, err := json.Marshal(map[string]string{"element_id": f.element})
			if err != nil {
				return err
			}
			e.Extras = extras
		}
		if _, err := event.Append(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Publish makes a topic of a body. It belongs to the actor unless the body says
// otherwise. Errors: 400 with what is wrong by field, in the language of t.
func (s *Service) Publish(ctx context.Context, a *auth.Actor, o *patch.Object, tr translator) (*Topic, error) {
	now := s.clock()
	var t *Topic
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		t = &Topic{ID: id.New(now), CreatedAt: now, LastModified: now}
		_, elements, err := s.apply(ctx, tx, t, o, a, true)
		if err != nil {
			return err
		}
		if err := o.Err(tr); err != nil {
			return err
		}
		if t.Owner == "" && t.Organization == "" {
			t.Owner = a.ID
		}
		if t.Slug, err = slugs.Free(ctx, tx, t.Name, "topic-"+t.ID, ""); err != nil {
			return err
		}
		if err := save(ctx, tx, t); err != nil {
			return err
		}
		if t.Organization != "" && a.Memberships[t.Organization] == auth.PartialEditor && !a.Sysadmin {
			if err := s.assign.Assign(ctx, tx, a.ID, t.Organization, ref.Ref{Class: ref.Topic, ID: t.ID}); err != nil {
				return err
			}
		}
		if err := s.tell(ctx, tx, now, t, a, fact{key: keyCreated}); err != nil {
			return err
		}
		if err := s.add(ctx, tx, now, t, elements, a); err != nil {
			return err
		}
		return index(ctx, tx, t.ID)
	})
	if err != nil {
		return nil, err
	}
	if a.Memberships[t.Organization] == auth.PartialEditor {
		a.Assigned[t.ID] = true // what they just made, they may change at once
	}
	return t, nil
}

// change loads the topic in a transaction, lets f change it, and writes it with
// its slug and the events that f returns; none write nothing.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, f func(tx *sql.Tx, now time.Time, t *Topic) ([]fact, error)) (*Topic, error) {
	var t *Topic
	err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		t, err = s.changeIn(ctx, tx, a, oid, f)
		return err
	})
	return t, err
}

// changeIn is change in a transaction of the caller's.
func (s *Service) changeIn(ctx context.Context, tx *sql.Tx, a *auth.Actor, oid string, f func(tx *sql.Tx, now time.Time, t *Topic) ([]fact, error)) (*Topic, error) {
	now := s.clock()
	t, err := byID(ctx, tx, oid)
	if err != nil {
		return nil, err
	}
	name := t.Name
	facts, err := f(tx, now, t)
	if err != nil || len(facts) == 0 {
		return t, err
	}
	t.LastModified = now
	if t.Name != name {
		if t.Slug, err = slugs.Rename(ctx, tx, t.Name, "topic-"+t.ID, t.ID, t.Slug); err != nil {
			return t, err
		}
	}
	if err := save(ctx, tx, t); err != nil {
		return t, err
	}
	if err := index(ctx, tx, t.ID); err != nil {
		return t, err
	}
	return t, s.tell(ctx, tx, now, t, a, facts...)
}

// Update changes the fields that the body names; elements that it names take
// the place of all that are there. Errors: 403, 400 with what is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, tr translator) (*Topic, error) {
	return s.change(ctx, a, oid, func(tx *sql.Tx, now time.Time, t *Topic) ([]fact, error) {
		if !a.CanEdit(t.Owned()) {
			return nil, errs.Forbidden()
		}
		changes, elements, err := s.apply(ctx, tx, t, o, a, false)
		if err != nil {
			return nil, err
		}
		if err := o.Err(tr); err != nil {
			return nil, err
		}
		facts := []fact{{key: keyUpdated, changes: changes, hidden: len(changes) == 0}}
		if elements != nil {
			gone, err := removeElements(ctx, tx, t.ID)
			if err != nil {
				return nil, err
			}
			for _, e := range gone {
				facts = append(facts, fact{key: keyElementDeleted, element: e})
			}
			if err := s.insert(ctx, tx, now, elements); err != nil {
				return nil, err
			}
			facts = append(facts, created(elements)...)
		}
		return facts, nil
	})
}

// Delete removes the topic for good, with what is its own. Errors: 404, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		t, err := byID(ctx, tx, oid)
		if err != nil {
			return err
		}
		if !a.CanEdit(t.Owned()) {
			return errs.Forbidden()
		}
		about := ref.Ref{Class: ref.Topic, ID: oid}
		if err := s.discuss.Forget(ctx, tx, about); err != nil {
			return err
		}
		if err := slugs.Forget(ctx, tx, oid); err != nil {
			return err
		}
		if err := remove(ctx, tx, oid); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, t, a, fact{key: keyDeleted, hidden: true})
	})
}

// Feature puts the topic on the front page, or takes it off.
func (s *Service) Feature(ctx context.Context, a *auth.Actor, oid string, featured bool) (*Topic, error) {
	return s.change(ctx, a, oid, func(_ *sql.Tx, _ time.Time, t *Topic) ([]fact, error) {
		if t.Featured == featured {
			return nil, nil
		}
		t.Featured = featured
		return []fact{{key: keyUpdated, hidden: true}}, nil
	})
}

// setOwner gives the topic to a person or an organization; see
// ref.Noun.SetOwner.
func (s *Service) setOwner(ctx context.Context, tx *sql.Tx, oid string, to ref.Ref, by *auth.Actor) error {
	_, err := s.changeIn(ctx, tx, by, oid, func(_ *sql.Tx, _ time.Time, t *Topic) ([]fact, error) {
		t.Owner, t.Organization = "", to.ID
		if to.Class == ref.User {
			t.Owner, t.Organization = to.ID, ""
		}
		return []fact{{key: keyUpdated, changes: []string{"owner", "organization"}}}, nil
	})
	return err
}
