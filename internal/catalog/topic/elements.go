package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
)

func errNoElement() *errs.Error { return errs.New(http.StatusNotFound, "Element not found in topic") }

// insert writes new elements.
func (s *Service) insert(ctx context.Context, tx *sql.Tx, now time.Time, list []*Element) error {
	for _, e := range list {
		e.ID = id.New(now)
	}
	return saveElements(ctx, tx, list)
}

// created are the events of new elements.
func created(list []*Element) []fact {
	out := make([]fact, len(list))
	for i, e := range list {
		out[i] = fact{key: keyElementCreated, element: e.ID}
	}
	return out
}

// add writes new elements with their events.
func (s *Service) add(ctx context.Context, tx *sql.Tx, now time.Time, t *Topic, list []*Element, a *auth.Actor) error {
	if err := s.insert(ctx, tx, now, list); err != nil {
		return err
	}
	return s.tell(ctx, tx, now, t, a, created(list)...)
}

// Add adds elements, one for each of the bodies. All are added, or none.
// Errors: 403, 400 with what is wrong by field.
func (s *Service) Add(ctx context.Context, a *auth.Actor, oid string, bodies []json.RawMessage, tr translator) ([]*Element, error) {
	var list []*Element
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, now time.Time, t *Topic) ([]fact, error) {
		if !a.CanEdit(t.Owned()) {
			return nil, errs.Forbidden()
		}
		list = nil
		for _, body := range bodies {
			o, err := patch.Parse(body)
			if err != nil {
				return nil, err
			}
			e := &Element{Topic: t.ID}
			if _, err := s.applyElement(ctx, tx, e, o); err != nil {
				return nil, err
			}
			if err := o.Err(tr); err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM topic_element WHERE topic = $1", oid).Scan(&n); err != nil {
			return nil, err
		}
		if n+len(list) > maxElements {
			return nil, errs.Field("elements", msgTooMany, maxElements)
		}
		if err := s.insert(ctx, tx, now, list); err != nil {
			return nil, err
		}
		return created(list), nil
	})
	return list, err
}

// ChangeElement changes the fields of an element that the body names. Errors:
// 403, 404 when the topic has no such element, 400 with what is wrong by field.
func (s *Service) ChangeElement(ctx context.Context, a *auth.Actor, oid, element string, o *patch.Object, tr translator) (*Element, error) {
	var e *Element
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, _ time.Time, t *Topic) ([]fact, error) {
		if !a.CanEdit(t.Owned()) {
			return nil, errs.Forbidden()
		}
		var err error
		if e, err = s.element(ctx, tx, oid, element); err != nil {
			return nil, err
		}
		changes, err := s.applyElement(ctx, tx, e, o)
		if err != nil {
			return nil, err
		}
		if err := o.Err(tr); err != nil {
			return nil, err
		}
		return []fact{{key: keyElementUpdated, changes: changes, element: element, hidden: len(changes) == 0}}, saveElements(ctx, tx, []*Element{e})
	})
	return e, err
}

// element loads an element of a topic; errNoElement when it has no such one.
func (s *Service) element(ctx context.Context, tx *sql.Tx, topic, element string) (*Element, error) {
	found, err := elementsByIDs(ctx, tx, []string{element})
	if err != nil {
		return nil, err
	}
	if e := found[element]; e != nil && e.Topic == topic {
		return e, nil
	}
	return nil, errNoElement()
}

// RemoveElement takes an element out of the topic. Errors: 403, 404.
func (s *Service) RemoveElement(ctx context.Context, a *auth.Actor, oid, element string) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, _ time.Time, t *Topic) ([]fact, error) {
		if !a.CanEdit(t.Owned()) {
			return nil, errs.Forbidden()
		}
		if _, err := s.element(ctx, tx, oid, element); err != nil {
			return nil, err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM topic_element WHERE id = $1", element)
		return []fact{{key: keyElementDeleted, element: element}}, err
	})
	return err
}

// RemoveElements takes all elements out of the topic. Errors: 403.
func (s *Service) RemoveElements(ctx context.Context, a *auth.Actor, oid string) error {
	_, err := s.change(ctx, a, oid, func(tx *sql.Tx, _ time.Time, t *Topic) (facts []fact, err error) {
		if !a.CanEdit(t.Owned()) {
			return nil, errs.Forbidden()
		}
		gone, err := removeElements(ctx, tx, oid)
		for _, e := range gone {
			facts = append(facts, fact{key: keyElementDeleted, element: e})
		}
		return facts, err
	})
	return err
}
