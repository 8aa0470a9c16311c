package site

import (
	"context"
	"database/sql"
	"slices"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/patch"
)

// Limits.
const (
	maxTitle    = 255
	maxKeywords = 100
	maxFeedSize = 500
)

const msgTooLong = "Field cannot be longer than %d characters."

// A translator renders a message in the client's language.
type translator = func(msgid string, args ...any) string

// Update changes the fields that the body names; a sysadmin's verb. Errors:
// 400 with what is wrong by field.
func (s *Service) Update(ctx context.Context, a *auth.Actor, o *patch.Object, t translator) (*Site, error) {
	return s.change(ctx, a.ID, "site:updated", func(tx *sql.Tx, site *Site) ([]string, error) {
		changes, err := s.apply(ctx, tx, site, o, a, t)
		if err != nil {
			return nil, err
		}
		return changes, o.Err(t)
	})
}

// apply changes the site as the body says and returns the names of the fields
// whose value is another now. What is wrong is collected in the body.
func (s *Service) apply(ctx context.Context, tx *sql.Tx, site *Site, o *patch.Object, a *auth.Actor, t translator) (changes []string, err error) {
	o.NotBlank("title", "feed_size")
	if v, st := o.Text("title"); st == patch.Set {
		if utf8.RuneCountInString(v) > maxTitle {
			o.Fail("title", msgTooLong, maxTitle)
		}
		if v != site.Title {
			// The portal's own from now on; sending an answer back pins nothing.
			site.Title, site.OwnTitle = v, true
			changes = append(changes, "title")
		}
	}
	if v, st := o.Int("feed_size"); st == patch.Set {
		if v < 1 || v > maxFeedSize {
			o.Fail("feed_size", "A number between %d and %d is expected", 1, maxFeedSize)
		}
		if int(v) != site.FeedSize {
			changes = append(changes, "feed_size")
		}
		site.FeedSize = int(v)
	}
	if v, st := o.Strings("keywords"); st == patch.Set || st == patch.Null {
		if len(v) > maxKeywords {
			o.Fail("keywords", "At most %d may be given", maxKeywords)
		}
		if slices.ContainsFunc(v, func(k string) bool { return utf8.RuneCountInString(k) > maxTitle }) {
			o.Fail("keywords", msgTooLong, maxTitle)
		}
		if !slices.Equal(v, site.Keywords) {
			changes = append(changes, "keywords")
		}
		site.Keywords = v
	}
	for _, name := range blocNames {
		blocs, st, err := bloc.Reader{Refs: s.refs, Query: tx, Actor: a, T: t}.Read(ctx, o, name)
		if err != nil {
			return nil, err
		}
		if st == patch.Set || st == patch.Null {
			site.Blocs[name] = blocs
			changes = append(changes, name)
		}
	}
	return changes, nil
}
