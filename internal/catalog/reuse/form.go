package reuse

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/weburl"
)

// maxLinks bounds how many datasets a reuse may name.
const maxLinks = 5000

func errRegistered() *errs.Error { return errs.Field("url", "This URL is already registered") }

const msgNoOwner = "A reuse belongs to a person or an organization: name the new owner or the organization"

// apply changes r as the body says and returns the names of the fields whose
// value is another now, in the order in which udata's activities name them. Fields that the body does not name stay; those that
// nobody may write are ignored. creating tells that r is new, so that the
// required fields must be there. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, r *Reuse, o *patch.Object, a *auth.Actor, t func(string, ...any) string, creating bool) (changes []string, err error) {
	required := []string{"title", "description", "type", "topic", "url"}
	if creating {
		o.Require(required...)
	} else {
		o.NotBlank(required...)
	}
	changed := func(name string, is bool) {
		if is {
			changes = append(changes, name)
		}
	}
	before := r.Owned()
	if err := s.refs.ReadOwner(ctx, tx, o, a, &r.Owner, &r.Organization, creating, msgNoOwner); err != nil {
		return nil, err
	}
	changed("owner", r.Owner != before.Owner)
	changed("organization", r.Organization != before.Organization)
	if v, st := o.Text("title"); st == patch.Set {
		changed("title", v != r.Title)
		r.Title = v
	}
	if v, st := o.Text("description"); st == patch.Set {
		changed("description", v != r.Doc.Description)
		r.Doc.Description = v
	}
	if v, st := o.Enum("type", typeIDs); st == patch.Set {
		changed("type", v != r.Type)
		r.Type = v
	}
	if v, st := o.Enum("topic", topicIDs); st == patch.Set {
		changed("topic", v != r.Topic)
		r.Topic = v
	}
	if v, st := o.Text("url"); st == patch.Set {
		if err := s.applyURL(ctx, tx, r, o, v, t, changed); err != nil {
			return nil, err
		}
	}
	if v, st := o.Bool("private"); st == patch.Set || st == patch.Null {
		changed("private", v != r.Private)
		r.Private = v
	}
	if v, st := o.Time("archived"); st == patch.Set || st == patch.Null {
		changed("archived", !v.Equal(r.Archived))
		r.Archived = v.UTC()
	}
	if v, st := o.Time("deleted"); st == patch.Set || st == patch.Null {
		r.Deleted = v.UTC() // deleting and restoring are events of their own
	}
	if v, st := tags(o); st == patch.Set || st == patch.Null {
		changed("tags", !slices.Equal(slices.Sorted(slices.Values(v)), slices.Sorted(slices.Values(r.Doc.Tags))))
		r.Doc.Tags = v
	}
	if v, st := o.Extras("extras"); st == patch.Set || st == patch.Null {
		r.Doc.Extras = v
	}
	for _, field := range []struct {
		name, class string
		list        *[]string
	}{{"datasets", ref.Dataset, &r.Datasets}, {"dataservices", ref.Dataservice, &r.Dataservices}} {
		v, st := o.Refs(field.name)
		if st != patch.Set {
			continue
		}
		if len(v) > maxLinks {
			o.Fail(field.name, "At most %d may be named", maxLinks)
			continue
		}
		found, err := s.refs.Find(ctx, tx, field.class, v)
		if err != nil {
			return nil, err
		}
		for _, oid := range v {
			if _, ok := found[oid]; !ok {
				o.Fail(field.name, "Unknown reference '%s'", oid)
			}
		}
		changed(field.name, !slices.Equal(v, *field.list))
		*field.list = v
	}
	return changes, nil
}

func (s *Service) applyURL(ctx context.Context, tx *sql.Tx, r *Reuse, o *patch.Object, v string, t func(string, ...any) string, changed func(string, bool)) error {
	if v == r.URL {
		return nil // an address that older rules took may stay
	}
	clean, err := weburl.Default.Check(v)
	if err != nil {
		var bad *weburl.Error
		if errors.As(err, &bad) {
			o.Fail("url", "%s", bad.Message(t))
			return nil
		}
		return err
	}
	hash := weburl.Hash(clean)
	taken, err := urlTaken(ctx, tx, hash, r.ID)
	if err != nil {
		return err
	}
	if taken {
		o.Fail("url", "This URL is already registered")
	}
	changed("url", clean != r.URL)
	r.URL, r.URLHash = clean, hash
	return nil
}

// tags reads a list of strings, or one string with commas, and returns them
// normalised, in their order, each once.
func tags(o *patch.Object) ([]string, patch.State) {
	raw, st := o.Strings("tags")
	if st != patch.Set {
		return nil, st
	}
	var out []string
	for _, t := range raw {
		tag := slug.Tag(t)
		if n := utf8.RuneCountInString(tag); n < minTag || n > maxTag {
			o.Fail("tags", `Tag "%s" must be between %d and %d characters long.`, tag, minTag, maxTag)
			return nil, patch.Bad
		}
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out, patch.Set
}
