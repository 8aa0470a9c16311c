package organization

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Assignment is that a partial editor may change an object.
type Assignment struct {
	ID           string
	Person       string
	Organization string
	Object       ref.Ref
	CreatedAt    time.Time
}

// assignable are the classes whose objects are assigned.
var assignable = []string{ref.Dataset, ref.Dataservice, ref.Reuse, ref.Topic}

// maxAssignments bounds how many objects one list names.
const maxAssignments = 5000

// Assign lets a partial editor change an object of the organization.
func (s *Service) Assign(ctx context.Context, tx *sql.Tx, person, org string, object ref.Ref) error {
	now := s.clock()
	return assign(ctx, tx, &Assignment{ID: id.New(now), Person: person, Organization: org, Object: object, CreatedAt: now})
}

// ImportAssignment writes an assignment of another portal as it is.
func (s *Service) ImportAssignment(ctx context.Context, tx *sql.Tx, as *Assignment) error {
	return assign(ctx, tx, as)
}

// assign writes an assignment; one that is there stays.
func assign(ctx context.Context, tx *sql.Tx, as *Assignment) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO assignment (id, person, organization, class, object, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		as.ID, as.Person, as.Organization, as.Object.Class, as.Object.ID, db.Micros(as.CreatedAt))
	return err
}

// unassign takes everything of the organization from a person.
func unassign(ctx context.Context, tx *sql.Tx, org, person string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM assignment WHERE organization = $1 AND person = $2", org, person)
	return err
}

// assignmentsOf returns an organization's assignments, the first first; person,
// when not "", is the only one asked for.
func assignmentsOf(ctx context.Context, q db.Querier, org, person string) ([]*Assignment, error) {
	w := &db.Where{}
	w.And("organization = ?", org)
	if person != "" {
		w.And("person = ?", person)
	}
	var list []*Assignment
	err := db.Each(ctx, q, "SELECT id, person, organization, class, object, created_at FROM assignment"+w.String()+
		" ORDER BY created_at, id, person", w.Args(), func(rows *sql.Rows) error {
		as := &Assignment{}
		list = append(list, as)
		return rows.Scan(&as.ID, &as.Person, &as.Organization, &as.Object.Class, &as.Object.ID, db.Time{T: &as.CreatedAt})
	})
	return list, err
}

// readAssignments reads the field `assignments`: objects of the organization.
// What is wrong is collected in the body.
func (s *Service) readAssignments(ctx context.Context, q db.Querier, org string, b *patch.Object) ([]ref.Ref, error) {
	const field = "assignments"
	raw := b.Raw(field)
	if raw == nil || b.IsNull(field) {
		return nil, nil
	}
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		b.Fail(field, "Expected a list of {class, id} objects")
		return nil, nil
	}
	if len(items) > maxAssignments {
		b.Fail(field, "At most %d may be named", maxAssignments)
		return nil, nil
	}
	var out []ref.Ref
	byClass := map[string][]string{}
	for _, item := range items {
		object, ok := s.readObject(b, field, item)
		if !ok {
			return nil, nil
		}
		if !slices.Contains(out, object) {
			out = append(out, object)
			byClass[object.Class] = append(byClass[object.Class], object.ID)
		}
	}
	found := map[ref.Ref]ref.Object{}
	for class, ids := range byClass {
		objects, err := s.refs.Find(ctx, q, class, ids)
		if err != nil {
			return nil, err
		}
		for oid, o := range objects {
			found[ref.Ref{Class: class, ID: oid}] = o
		}
	}
	for _, object := range out {
		switch o, ok := found[object]; {
		case !ok:
			b.Fail(field, "%s '%s' not found", object.Class, object.ID)
		case o.Organization != org:
			b.Fail(field, "%s '%s' does not belong to this organization", object.Class, object.ID)
		}
	}
	return out, nil
}

// readObject reads one {class, id}.
func (s *Service) readObject(b *patch.Object, field string, item []byte) (ref.Ref, bool) {
	if item[0] != '{' {
		b.Fail(field, "Expected a list of {class, id} objects")
		return ref.Ref{}, false
	}
	o, err := patch.Parse(item)
	if err != nil {
		b.Fail(field, "Expected a list of {class, id} objects")
		return ref.Ref{}, false
	}
	class, state := o.String("class")
	if state != patch.Set {
		class = "None"
	}
	if !slices.Contains(assignable, class) || !s.refs.Has(class) {
		b.Fail(field, "Invalid object class '%s'", class)
		return ref.Ref{}, false
	}
	text, _ := o.String("id")
	oid, ok := id.Parse(text)
	if !ok {
		b.Fail(field, patch.NotID, "'"+text[:min(len(text), 40)]+"'")
		return ref.Ref{}, false
	}
	return ref.Ref{Class: class, ID: oid}, true
}

// SetAssignments makes the list what is assigned to a partial editor. Errors:
// 403, 400 when they are none, or with what is wrong with the list.
func (s *Service) SetAssignments(ctx context.Context, a *auth.Actor, org, person string, b *patch.Object, t func(string, ...any) string) ([]*Assignment, error) {
	var list []*Assignment
	_, err := s.change(ctx, a, org, func(tx *sql.Tx, o *Organization) (fact, error) {
		if !administers(a, org) {
			return fact{}, errs.Forbidden()
		}
		if i := o.member(person); i < 0 || o.Members[i].Role != auth.PartialEditor {
			return fact{}, errs.BadRequest("User must be a partial_editor member of this organization")
		}
		if b.IsNull("assignments") {
			b.Fail("assignments", "Expected a list of {class, id} objects")
		}
		wanted, err := s.readAssignments(ctx, tx, org, b)
		if err != nil {
			return fact{}, err
		}
		if err := b.Err(t); err != nil {
			return fact{}, err
		}
		changed, err := s.syncAssignments(ctx, tx, org, person, wanted)
		if err != nil {
			return fact{}, err
		}
		if list, err = assignmentsOf(ctx, tx, org, person); err != nil || !changed {
			return fact{}, err
		}
		return fact{key: "organization:member:assigned", about: map[string]any{"user": person}}, nil
	})
	return list, err
}

// syncAssignments takes away what is not wanted and adds what is new.
func (s *Service) syncAssignments(ctx context.Context, tx *sql.Tx, org, person string, wanted []ref.Ref) (changed bool, err error) {
	have, err := assignmentsOf(ctx, tx, org, person)
	if err != nil {
		return false, err
	}
	kept := map[ref.Ref]bool{}
	for _, as := range have {
		if slices.Contains(wanted, as.Object) {
			kept[as.Object] = true
			continue
		}
		changed = true
		if _, err := tx.ExecContext(ctx, "DELETE FROM assignment WHERE person = $1 AND class = $2 AND object = $3",
			person, as.Object.Class, as.Object.ID); err != nil {
			return false, err
		}
	}
	for _, object := range wanted {
		if kept[object] {
			continue
		}
		changed = true
		if err := s.Assign(ctx, tx, person, org, object); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// renderAssignments writes assignments with the cards of all that they mention.
func (s *Service) renderAssignments(ctx context.Context, q db.Querier, list []*Assignment) ([]wire.Fragment, error) {
	ids := map[string][]string{}
	for _, as := range list {
		ids[ref.User] = append(ids[ref.User], as.Person)
		ids[ref.Organization] = append(ids[ref.Organization], as.Organization)
		ids[as.Object.Class] = append(ids[as.Object.Class], as.Object.ID)
	}
	cards := map[string]map[string]wire.Fragment{}
	for class, of := range ids {
		if !s.refs.Has(class) {
			continue
		}
		var err error
		if cards[class], err = s.refs.Render(ctx, q, class, ref.Card, of); err != nil {
			return nil, err
		}
	}
	var out []wire.Fragment
	for _, as := range list {
		subject := cards[as.Object.Class][as.Object.ID]
		if len(subject.Text) == 0 {
			continue // it is gone
		}
		w := wire.NewWriter(1024)
		w.Open('{')
		w.Key("created_at")
		w.Time(as.CreatedAt)
		w.Key("id")
		w.String(as.ID)
		w.Key("organization")
		w.Embed(cards[ref.Organization][as.Organization])
		w.Key("subject")
		w.Embed(subject)
		w.Key("user")
		w.Embed(cards[ref.User][as.Person])
		w.Close('}')
		out = append(out, w.Fragment())
	}
	return out, nil
}
