package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/territory"
)

// Limits, in characters and in number. udata has none but that of the slug.
const (
	maxName     = 500
	maxTag      = 200
	maxTags     = 1000
	maxElements = 5000
)

const (
	msgTooLong = "String value is too long"
	msgTooMany = "At most %d may be named"
	msgNoOwner = "A topic belongs to a person or an organization: name the new owner or the organization"
	msgNothing = "A topic element must have a title or an element."
)

// apply changes t as the body says and returns the names of the fields that an
// activity tells of. Fields that the body does not name stay; those that nobody
// may write are ignored. elements is not nil when the body says what the topic
// holds. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, t *Topic, o *patch.Object, a *auth.Actor, creating bool) (changes []string, elements []*Element, err error) {
	if creating {
		o.Require("name")
	} else {
		o.NotBlank("name")
	}
	before := *t
	if err := s.refs.ReadOwner(ctx, tx, o, a, &t.Owner, &t.Organization, creating, msgNoOwner); err != nil {
		return nil, nil, err
	}
	switch v, st := o.Text("name"); {
	case utf8.RuneCountInString(v) > maxName:
		o.Fail("name", msgTooLong)
	case st == patch.Set:
		t.Name = v
	}
	if v, st := o.Text("description"); st == patch.Set || st == patch.Null {
		t.Doc.Description = v
	}
	if v, st := tags(o); st == patch.Set || st == patch.Null {
		t.Doc.Tags = v
	}
	switch v, st := o.Int("color"); st {
	case patch.Set:
		t.Doc.Color = &v
	case patch.Null:
		t.Doc.Color = nil
	}
	switch v, st := o.Bool("private"); st {
	case patch.Set:
		t.Private = &v
	case patch.Null:
		t.Private = nil
	}
	if v, st := o.Extras("extras"); st == patch.Set || st == patch.Null {
		t.Doc.Extras = v
	}
	if o.IsNull("spatial") {
		t.Doc.Spatial = nil
	}
	c, ok, err := territory.Apply(ctx, tx, s.places, o, t.Doc.Spatial)
	if err != nil {
		return nil, nil, err
	}
	if ok {
		t.Doc.Spatial = c
	}
	if elements, err = s.applyElements(ctx, tx, t, o); err != nil {
		return nil, nil, err
	}
	return changed(&before, t), elements, nil
}

// applyElements reads what the topic is to hold; nil when the body does not
// say. The link that stands for the elements in answers says nothing.
func (s *Service) applyElements(ctx context.Context, tx *sql.Tx, t *Topic, o *patch.Object) ([]*Element, error) {
	const name = "elements"
	raw := o.Raw(name)
	switch {
	case raw == nil, raw[0] == 'n', patch.IsLink(raw):
		return nil, nil
	}
	items, ok := list(raw)
	switch {
	case !ok:
		o.Fail(name, "A list is expected")
		return nil, nil
	case len(items) > maxElements:
		o.Fail(name, msgTooMany, maxElements)
		return nil, nil
	}
	elements := make([]*Element, 0, len(items))
	for _, item := range items {
		inner, err := patch.Parse(item)
		if err != nil {
			o.Fail(name, patch.NotObject)
			return nil, nil
		}
		e := &Element{Topic: t.ID}
		if _, err := s.applyElement(ctx, tx, e, inner); err != nil {
			return nil, err
		}
		for _, field := range []string{"element", "title", "description", "tags", "extras"} {
			if problem, bad := inner.Errors()[field]; bad {
				o.Fail(name, "%s", field+": "+problem)
				return nil, nil
			}
		}
		elements = append(elements, e)
	}
	return elements, nil
}

// applyElement changes an element as a body says and returns the names of the
// fields that changed. What is wrong is collected in the body.
func (s *Service) applyElement(ctx context.Context, tx *sql.Tx, e *Element, o *patch.Object) (changes []string, err error) {
	before := *e
	switch v, st := o.Text("title"); {
	case utf8.RuneCountInString(v) > maxName:
		o.Fail("title", msgTooLong)
	case st == patch.Set || st == patch.Null:
		e.Doc.Title = v
	}
	if v, st := o.Text("description"); st == patch.Set || st == patch.Null {
		e.Doc.Description = v
	}
	if v, st := tags(o); st == patch.Set || st == patch.Null {
		e.Doc.Tags = v
	}
	if v, st := o.Extras("extras"); st == patch.Set || st == patch.Null {
		e.Doc.Extras = v
	}
	switch class, oid, st := o.ClassRef("element"); {
	case st == patch.Null:
		e.Object = ref.Ref{}
	case st != patch.Set:
	case !slices.Contains(classes, class):
		o.Fail("element", "An element names a dataset, a reuse or a dataservice")
	case e.Object != ref.Ref{Class: class, ID: oid}:
		found, err := s.refs.Find(ctx, tx, class, []string{oid})
		if err != nil {
			return nil, err
		}
		if _, ok := found[oid]; !ok {
			o.Fail("element", patch.UnknownRef, oid)
		}
		e.Object = ref.Ref{Class: class, ID: oid}
	}
	if e.Doc.Title == "" && e.Object.ID == "" {
		o.Fail("element", msgNothing)
	}
	for _, f := range []struct {
		name string
		same bool
	}{
		{"title", before.Doc.Title == e.Doc.Title},
		{"description", before.Doc.Description == e.Doc.Description},
		{"tags", slices.Equal(before.Doc.Tags, e.Doc.Tags)},
		{"extras", string(before.Doc.Extras) == string(e.Doc.Extras)},
		{"element", before.Object == e.Object},
	} {
		if !f.same {
			changes = append(changes, f.name)
		}
	}
	return changes, nil
}

// tags reads a list of texts, or one text with commas, and returns them as they
// are, each once.
func tags(o *patch.Object) ([]string, patch.State) {
	raw, st := o.Strings("tags")
	if st != patch.Set {
		return nil, st
	}
	if len(raw) > maxTags {
		o.Fail("tags", msgTooMany, maxTags)
		return nil, patch.Bad
	}
	var out []string
	for _, t := range raw {
		if utf8.RuneCountInString(t) > maxTag {
			o.Fail("tags", msgTooLong)
			return nil, patch.Bad
		}
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, patch.Set
}

// list takes a JSON list apart; ok is false when it is none.
func list(raw []byte) (items []json.RawMessage, ok bool) {
	return items, raw[0] == '[' && json.Unmarshal(raw, &items) == nil
}

// changed names the fields whose value is another, for the activities. As in
// udata they tell nothing of slug, featured and extras.
func changed(a, b *Topic) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", a.Name == b.Name},
		{"description", a.Doc.Description == b.Doc.Description},
		{"tags", slices.Equal(a.Doc.Tags, b.Doc.Tags)},
		{"color", reflect.DeepEqual(a.Doc.Color, b.Doc.Color)},
		{"private", reflect.DeepEqual(a.Private, b.Private)},
		{"spatial", reflect.DeepEqual(a.Doc.Spatial, b.Doc.Spatial)},
		{"owner", a.Owner == b.Owner},
		{"organization", a.Organization == b.Organization},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}
