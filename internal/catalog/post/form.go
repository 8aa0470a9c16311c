package post

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/weburl"
)

// Limits, in characters where they are those of texts.
const (
	maxName    = 255
	maxLine    = 1000
	maxContent = 500_000
	maxLinks   = 1000
	maxTags    = 100
)

const msgTooLong = "Field cannot be longer than %d characters."

// apply changes p as the body says and returns the names of the fields whose
// value is another now. Fields that the body does not name stay; those that
// nobody may write are ignored. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, p *Post, o *patch.Object, a *auth.Actor, t translator, creating bool) (changes []string, err error) {
	if creating {
		o.Require("name")
	} else {
		o.NotBlank("name")
	}
	set := func(name string, field *string, most int, blank bool) {
		v, st := o.Text(name)
		if st != patch.Set && (st != patch.Null || !blank) {
			return
		}
		if utf8.RuneCountInString(v) > most {
			o.Fail(name, msgTooLong, most)
		}
		if v != *field {
			changes = append(changes, name)
		}
		*field = v
	}
	set("name", &p.Name, maxName, false)
	set("headline", &p.Headline, maxLine, true)
	set("content", &p.Doc.Content, maxContent, true)
	set("image_url", &p.Doc.ImageURL, maxLine, true)
	set("credit_to", &p.Doc.CreditTo, maxLine, true)
	before := p.Doc.CreditURL
	set("credit_url", &p.Doc.CreditURL, maxLine, true)
	if v := p.Doc.CreditURL; v != "" && v != before {
		if p.Doc.CreditURL, err = weburl.Default.Check(v); err != nil {
			var bad *weburl.Error
			if !errors.As(err, &bad) {
				return nil, err
			}
			o.Fail("credit_url", "%s", bad.Message(t))
		}
	}
	choose := func(name string, field *string, choices []string) {
		v, st := o.Enum(name, choices)
		if st == patch.Null {
			v, st = choices[0], patch.Set
		}
		if st == patch.Set && v != *field {
			*field = v
			changes = append(changes, name)
		}
	}
	choose("body_type", &p.Doc.BodyType, BodyTypes)
	choose("kind", &p.Kind, Kinds)
	if v, st := tags(o); st == patch.Set || st == patch.Null {
		if !slices.Equal(v, p.Doc.Tags) {
			changes = append(changes, "tags")
		}
		p.Doc.Tags = v
	}
	for _, field := range []struct {
		name, class string
		list        *[]string
	}{{"datasets", ref.Dataset, &p.Doc.Datasets}, {"reuses", ref.Reuse, &p.Doc.Reuses}} {
		changed, err := s.applyLinks(ctx, tx, o, field.name, field.class, field.list)
		if err != nil {
			return nil, err
		}
		if changed {
			changes = append(changes, field.name)
		}
	}
	blocs, st, err := bloc.Reader{Refs: s.refs, Query: tx, Actor: a, T: t}.Read(ctx, o, "blocs")
	if err != nil {
		return nil, err
	}
	if st == patch.Set || st == patch.Null {
		p.Doc.Blocs = blocs
		changes = append(changes, "blocs")
	}
	if p.Doc.BodyType != Blocs && p.Doc.Content == "" {
		o.Fail("content", "content is required when body_type is 'markdown' or 'html'")
	}
	return changes, nil
}

func (s *Service) applyLinks(ctx context.Context, tx *sql.Tx, o *patch.Object, name, class string, list *[]string) (changed bool, err error) {
	v, st := o.Refs(name)
	if st != patch.Set {
		return false, nil
	}
	if len(v) > maxLinks {
		o.Fail(name, "At most %d may be named", maxLinks)
		return false, nil
	}
	found, err := s.refs.Find(ctx, tx, class, v)
	if err != nil {
		return false, err
	}
	for _, oid := range v {
		if _, ok := found[oid]; !ok {
			o.Fail(name, patch.UnknownRef, oid)
		}
	}
	changed = !slices.Equal(v, *list)
	*list = v
	return changed, nil
}

// tags reads the tags, which are kept as they were written, as in udata, each
// once.
func tags(o *patch.Object) ([]string, patch.State) {
	raw, st := o.Strings("tags")
	if st != patch.Set {
		return nil, st
	}
	if len(raw) > maxTags {
		o.Fail("tags", "At most %d may be given", maxTags)
		return nil, patch.Bad
	}
	var out []string
	for _, t := range raw {
		if utf8.RuneCountInString(t) > maxName {
			o.Fail("tags", msgTooLong, maxName)
			return nil, patch.Bad
		}
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out, patch.Set
}
