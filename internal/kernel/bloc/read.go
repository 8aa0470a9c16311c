package bloc

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// Limits of a page. No page that anyone reads comes near.
const (
	maxBlocs   = 200
	maxParts   = 200
	maxObjects = 1000
	maxText    = 100_000
)

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

// Reader reads blocs of bodies.
type Reader struct {
	Refs  *ref.Registry
	Query db.Querier
	Actor *auth.Actor
	// T translates what is said about a bloc.
	T translator
}

// Read reads a list of blocs; null is the empty list. What is wrong is
// collected in the body under name, with the place in the list: "2.title:
// Field is required". An object that is unknown, or hidden from the actor, is
// wrong too.
func (r Reader) Read(ctx context.Context, o *patch.Object, name string) ([]Bloc, patch.State, error) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent, nil
	case raw[0] == 'n':
		return nil, patch.Null, nil
	}
	p := &parser{t: r.T, body: o, name: name}
	blocs := p.blocs(raw, "", Classes)
	if p.failed {
		return nil, patch.Bad, nil
	}
	seen, err := r.visible(ctx, blocs)
	if err != nil {
		return nil, patch.Bad, err
	}
	total := 0
	objects(blocs, func(class string, ids []string) {
		total += len(ids)
		for _, oid := range ids {
			if _, ok := seen[ref.Ref{Class: class, ID: oid}]; !ok {
				p.fail("", patch.UnknownRef, oid)
			}
		}
	})
	if total > maxObjects {
		p.fail("", "At most %d may be named", maxObjects)
	}
	if p.failed {
		return nil, patch.Bad, nil
	}
	return blocs, patch.Set, nil
}

// visible finds those of the objects that the actor may see.
func (r Reader) visible(ctx context.Context, lists ...[]Bloc) (map[ref.Ref]ref.Object, error) {
	var named []ref.Ref
	for _, blocs := range lists {
		objects(blocs, func(class string, ids []string) {
			for _, oid := range ids {
				named = append(named, ref.Ref{Class: class, ID: oid})
			}
		})
	}
	found, err := r.Refs.FindAll(ctx, r.Query, named)
	for key, o := range found {
		if (o.Private || o.Deleted) && !r.Actor.CanReadHidden(o.Owned) {
			delete(found, key)
		}
	}
	return found, err
}

// parser reads one list; the first thing that is wrong is told.
type parser struct {
	t      translator
	body   *patch.Object
	name   string
	failed bool
}

func (p *parser) fail(at, msgid string, args ...any) {
	p.failed = true
	text := p.t(msgid, args...)
	if at != "" {
		text = at + ": " + text
	}
	p.body.Fail(p.name, "%s", text)
}

// list reads the elements of a JSON list of objects.
func (p *parser) list(raw []byte, at string, most int) []*patch.Object {
	var items []json.RawMessage
	if len(raw) == 0 || raw[0] == 'n' {
		return nil
	}
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		p.fail(at, "A list of objects is expected")
		return nil
	}
	if len(items) > most {
		p.fail(at, "At most %d may be given", most)
		return nil
	}
	out := make([]*patch.Object, 0, len(items))
	for i, item := range items {
		o, err := patch.Parse(item)
		if err != nil {
			p.fail(join(at, strconv.Itoa(i)), "A list of objects is expected")
			return nil
		}
		out = append(out, o)
	}
	return out
}

func join(at, more string) string {
	if at == "" {
		return more
	}
	return at + "." + more
}

// blocs reads a list of blocs of the allowed classes.
func (p *parser) blocs(raw []byte, at string, allowed []string) []Bloc {
	out := []Bloc{}
	for i, o := range p.list(raw, at, maxBlocs) {
		out = append(out, p.bloc(o, join(at, strconv.Itoa(i)), allowed))
		if p.failed {
			return nil
		}
	}
	return out
}

func (p *parser) bloc(o *patch.Object, at string, allowed []string) Bloc {
	b := Bloc{ID: id.UUID()}
	o.Require("class")
	b.Class, _ = o.String("class")
	c, known := classes[b.Class]
	if b.Class != "" && known && !slices.Contains(allowed, b.Class) {
		p.fail(at, "%s cannot be nested inside an accordion", b.Class)
		return b
	}
	if b.Class != "" && !known {
		o.Fail("class", patch.NotChoice, patch.Clip(b.Class, 40), fmt.Sprint(Classes))
	}
	if text, st := o.Text("id"); st == patch.Set {
		var ok bool
		if b.ID, ok = id.ParseUUID(text); !ok {
			o.Fail("id", "%s is not a valid UUID", patch.Clip(text, 40))
		}
	}
	for _, name := range c.texts {
		p.text(o, c, name, &b)
	}
	if c.objects != "" && o.Has(c.objects) && !o.IsNull(c.objects) {
		b.Objects, _ = o.Refs(c.objects)
	}
	p.tell(o, at)
	if c.links {
		for i, l := range p.list(o.Raw("links"), join(at, "links"), maxParts) {
			b.Links = append(b.Links, p.link(l, join(at, "links."+strconv.Itoa(i))))
		}
	}
	if c.items {
		for i, x := range p.list(o.Raw("items"), join(at, "items"), maxParts) {
			b.Items = append(b.Items, p.item(x, join(at, "items."+strconv.Itoa(i))))
		}
	}
	return b
}

func (p *parser) text(o *patch.Object, c class, name string, b *Bloc) {
	if slices.Contains(c.required, name) && (!o.Has(name) || o.IsNull(name)) {
		o.Fail(name, patch.Required)
		return
	}
	var text string
	var st patch.State
	if allowed := c.choices[name]; allowed != nil {
		text, st = o.Enum(name, allowed)
	} else {
		text, st = o.String(name)
	}
	if utf8.RuneCountInString(text) > maxText {
		o.Fail(name, "Field cannot be longer than %d characters.", maxText)
	}
	if st == patch.Set {
		if b.Texts == nil {
			b.Texts = map[string]string{}
		}
		b.Texts[name] = text
	}
}

func (p *parser) link(o *patch.Object, at string) Link {
	if !o.Has("title") || o.IsNull("title") {
		o.Fail("title", patch.Required)
	}
	var l Link
	l.Title, _ = o.String("title")
	for name, into := range map[string]**string{"color": &l.Color, "url": &l.URL} {
		if text, st := o.String(name); st == patch.Set {
			*into = &text
		}
	}
	p.tell(o, at)
	return l
}

func (p *parser) item(o *patch.Object, at string) Item {
	if !o.Has("title") || o.IsNull("title") {
		o.Fail("title", patch.Required)
	}
	var x Item
	x.Title, _ = o.String("title")
	p.tell(o, at)
	if raw := o.Raw("content"); raw != nil {
		x.Content = p.blocs(raw, join(at, "content"), nested)
	}
	return x
}

// tell passes on what is wrong with a part, the first of it in the order of
// the names.
func (p *parser) tell(o *patch.Object, at string) {
	if p.failed {
		return
	}
	err := o.Err(p.t)
	if err == nil {
		return
	}
	wrong := fields(err)
	names := make([]string, 0, len(wrong))
	for name := range wrong {
		names = append(names, name)
	}
	slices.Sort(names)
	p.failed = true
	p.body.Fail(p.name, "%s", join(at, names[0])+": "+wrong[names[0]])
}
