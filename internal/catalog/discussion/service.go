package discussion

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db    *db.DB
	refs  *ref.Registry
	links wire.Links
	clock clock.Clock
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c}
}

// Noun is what other nouns may ask of discussions. What they are about, people
// and organizations must have been registered before it is called.
func (s *Service) Noun() ref.Noun {
	m := s.model()
	return ref.Noun{
		Class: ref.Discussion,
		Card:  m,
		Full:  m,
		Render: func(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
			list, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			items, err := s.render(ctx, q, list)
			out := make(map[string]wire.Fragment, len(list))
			for i := range items {
				out[list[i].ID] = items[i]
			}
			return out, err
		},
		Find: func(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Object, error) {
			list, err := byIDs(ctx, q, ids)
			if err != nil {
				return nil, err
			}
			return s.objects(ctx, q, list)
		},
		Resolve: func(ctx context.Context, q db.Querier, key string) (ref.Object, error) {
			d, err := resolve(ctx, q, key)
			if err != nil {
				return ref.Object{}, err
			}
			found, err := s.objects(ctx, q, []*Discussion{d})
			return found[d.ID], err
		},
	}
}

func (s *Service) objects(ctx context.Context, q db.Querier, list []*Discussion) (map[string]ref.Object, error) {
	about := make([]ref.Ref, len(list))
	for i, d := range list {
		about[i] = d.Subject
	}
	subjects, err := s.refs.FindAll(ctx, q, about)
	out := make(map[string]ref.Object, len(list))
	for _, d := range list {
		out[d.ID] = ref.Object{
			Ref:   ref.Ref{Class: ref.Discussion, ID: d.ID},
			Owned: auth.Owned{ID: d.ID, Owner: d.Person, Organization: d.Organization},
			Title: d.Title, Page: d.page(subjects[d.Subject].Page),
		}
	}
	return out, err
}

// resolve finds a discussion by what stands in a path: its id alone.
func resolve(ctx context.Context, q db.Querier, key string) (*Discussion, error) {
	oid, ok := id.Parse(key)
	if !ok {
		return nil, errs.NotFound()
	}
	return byID(ctx, q, oid)
}

// classes are those that there may be discussions about in this portal.
func (s *Service) classes() []string {
	return slices.DeleteFunc(slices.Clone(subjects), func(c string) bool { return !s.refs.Has(c) })
}

// comment reads a message's text. State is Set or the error is collected.
func comment(o *patch.Object) (string, patch.State) {
	text, state := o.Text("comment")
	if state == patch.Set && utf8.RuneCountInString(text) > MaxComment {
		o.Fail("comment", "A comment has at most %d characters", MaxComment)
	}
	return text, state
}

// voice reads in whose name the actor speaks: the id of an organization of
// theirs, or "".
func (s *Service) voice(ctx context.Context, q db.Querier, o *patch.Object, a *auth.Actor) (string, error) {
	org, state := o.Ref("organization")
	if state != patch.Set {
		return "", nil
	}
	found, err := s.refs.Find(ctx, q, ref.Organization, []string{org})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		o.Fail("organization", patch.UnknownRef, org)
	case !a.CanPublishFor(org):
		o.Fail("organization", "Permission denied for this organization")
	}
	return org, nil
}

// nested shows an error about the first comment where udata has it, too.
func nested(err error) error {
	e := errs.As(err)
	if e == nil || e.Fields["comment"] == "" {
		return err
	}
	out := *e
	out.Nested = map[string]any{"discussion": map[string]any{"0": map[string]any{"content": e.Fields["comment"]}}}
	return &out
}

// Open begins a discussion. Errors: 400 with what is wrong by field, in the
// language of t.
func (s *Service) Open(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (*Discussion, error) {
	now := s.clock()
	d := &Discussion{}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		*d = Discussion{ID: id.New(now), CreatedAt: now, Said: auth.Said{Person: a.ID}}
		o.Require("title", "comment", "subject")
		d.Title, _ = o.Text("title")
		text, _ := comment(o)
		if extras, state := o.Extras("extras"); state == patch.Set {
			d.Doc.Extras = extras
		}
		var err error
		if d.Organization, err = s.voice(ctx, tx, o, a); err != nil {
			return err
		}
		about, _, err := s.refs.Read(ctx, tx, o, "subject", s.classes())
		if err != nil {
			return err
		}
		if err := o.Err(t); err != nil {
			return nested(err)
		}
		d.Subject = about.Ref
		d.Messages = []Message{{ID: id.UUID(), Said: d.Said, Content: text, PostedOn: now}}
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		if err := s.recount(ctx, tx, d.Subject); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, now, "discussion:opened", d, a, ""); err != nil {
			return err
		}
		_, err = event.Append(ctx, tx, event.Event{
			At: now, Key: strings.ToLower(about.Class) + ":discussed", Subject: about.Ref, Actor: a.ID, Organization: about.Organization,
		})
		return err
	})
	return d, err
}

// tell appends an event for the readers of the log. message is the id of the
// one that it is about, if any.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, d *Discussion, a *auth.Actor, message string) error {
	e := event.Event{At: now, Key: key, Subject: ref.Ref{Class: ref.Discussion, ID: d.ID}, Actor: a.ID, Organization: d.Organization, Hidden: true}
	if message != "" {
		var err error
		if e.Extras, err = json.Marshal(map[string]string{"message": message}); err != nil {
			return err
		}
	}
	_, err := event.Append(ctx, tx, e)
	return err
}

// recount brings the subject's counters up to date.
func (s *Service) recount(ctx context.Context, tx *sql.Tx, about ref.Ref) error {
	if !s.refs.Has(about.Class) {
		return nil // imported, about something of a class that is gone
	}
	n, err := s.refs.Noun(about.Class)
	if err != nil || n.SetMetrics == nil {
		return err
	}
	values, err := count(about.Class).Of(ctx, tx, []string{about.ID}, s.clock())
	if err != nil {
		return err
	}
	return n.SetMetrics(ctx, tx, about.ID, values[about.ID])
}

// change loads the discussion, lets f change it, and writes it with its event
// and, when counts tells so, the counters of its subject. f returns the
// event's key and the message that it is about.
func (s *Service) change(ctx context.Context, a *auth.Actor, oid string, counts bool, f func(tx *sql.Tx, d *Discussion, now time.Time) (key, message string, err error)) (*Discussion, error) {
	now := s.clock()
	var d *Discussion
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if d, err = byID(ctx, tx, oid); err != nil {
			return err
		}
		key, message, err := f(tx, d, now)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		if counts {
			if err := s.recount(ctx, tx, d.Subject); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, now, key, d, a, message)
	})
	return d, err
}

// about finds what the discussion is about; nobody's, when it is gone.
func (s *Service) about(ctx context.Context, q db.Querier, d *Discussion) (auth.Owned, error) {
	found, err := s.refs.FindAll(ctx, q, []ref.Ref{d.Subject})
	return found[d.Subject].Owned, err
}

// Answer adds a message, closes the discussion, or both. Errors: 403 when it
// is closed, or for who may not close it, 400 when the body says neither.
func (s *Service) Answer(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t func(string, ...any) string) (*Discussion, error) {
	closing, _ := o.Bool("close")
	return s.change(ctx, a, oid, closing, func(tx *sql.Tx, d *Discussion, now time.Time) (string, string, error) {
		if !d.Closed.IsZero() {
			return "", "", errs.New(http.StatusForbidden, "Can't add comments on a closed discussion")
		}
		text, state := comment(o)
		org, err := s.voice(ctx, tx, o, a)
		if err != nil {
			return "", "", err
		}
		if err := o.Err(t); err != nil {
			return "", "", err
		}
		if state != patch.Set && !closing {
			return "", "", errs.BadRequest("Can only close without message. Please provide either `close` or a `comment`.")
		}
		said := auth.Said{Person: a.ID, Organization: org}
		message := ""
		if state == patch.Set {
			m := Message{ID: id.UUID(), Said: said, Content: text, PostedOn: now}
			d.Messages, message = append(d.Messages, m), m.ID
		}
		if !closing {
			return "discussion:commented", message, nil
		}
		about, err := s.about(ctx, tx, d)
		if err != nil {
			return "", "", err
		}
		if !a.CanClose(d.Said, about) {
			return "", "", errs.Forbidden()
		}
		d.Closed, d.ClosedBy = now, said
		return "discussion:closed", message, nil
	})
}

// Rename gives the discussion another title. Errors: 403, 400.
func (s *Service) Rename(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t func(string, ...any) string) (*Discussion, error) {
	return s.change(ctx, a, oid, false, func(_ *sql.Tx, d *Discussion, _ time.Time) (string, string, error) {
		if !a.Speaks(d.Said) {
			return "", "", errs.Forbidden()
		}
		o.Require("title")
		title, _ := o.Text("title")
		if err := o.Err(t); err != nil {
			return "", "", err
		}
		d.Title = title
		return "discussion:updated", "", nil
	})
}

// Delete removes the discussion. notice asks for the legal notice to who began
// it, when a sysadmin deletes it. Errors: 404, 403.
func (s *Service) Delete(ctx context.Context, a *auth.Actor, oid string, notice bool) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		d, err := byID(ctx, tx, oid)
		if err != nil {
			return err
		}
		if !a.Speaks(d.Said) {
			return errs.Forbidden()
		}
		if notice {
			subject := ref.Ref{Class: ref.Discussion, ID: oid}
			if err := legal.Tell(ctx, tx, now, a, subject, legal.Notice{Class: ref.Discussion, Person: d.Person}); err != nil {
				return err
			}
		}
		if err := remove(ctx, tx, oid); err != nil {
			return err
		}
		if err := s.recount(ctx, tx, d.Subject); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "discussion:deleted", d, a, "")
	})
}

// Forget removes all discussions about an object that goes for good. The
// events of the log stay, which tell nobody of what is gone.
func (s *Service) Forget(ctx context.Context, tx *sql.Tx, about ref.Ref) error {
	ids, err := db.Strings(ctx, tx, "SELECT id FROM discussion WHERE object = $1 AND class = $2", about.ID, about.Class)
	if err != nil {
		return err
	}
	for _, oid := range ids {
		if err := remove(ctx, tx, oid); err != nil {
			return err
		}
	}
	return nil
}

func errNoComment() *errs.Error { return errs.New(http.StatusNotFound, "Comment does not exist") }

// Edit changes what a message says. Errors: 404 when there is none with that
// number, counted from 0, 403, 400.
func (s *Service) Edit(ctx context.Context, a *auth.Actor, oid string, n int, o *patch.Object, t func(string, ...any) string) (*Discussion, error) {
	return s.change(ctx, a, oid, false, func(_ *sql.Tx, d *Discussion, now time.Time) (string, string, error) {
		if n >= len(d.Messages) {
			return "", "", errNoComment()
		}
		m := &d.Messages[n]
		if !a.Speaks(m.Said) {
			return "", "", errs.Forbidden()
		}
		o.Require("comment")
		text, _ := comment(o)
		if err := o.Err(t); err != nil {
			return "", "", err
		}
		m.Content, m.Modified = text, now
		return "discussion:message_updated", m.ID, nil
	})
}

// Unsay removes a message. notice asks for the legal notice to who said it,
// when a sysadmin removes it. Errors: 404 when there is none with that number,
// 400 for the first one, 403.
func (s *Service) Unsay(ctx context.Context, a *auth.Actor, oid string, n int, notice bool) error {
	_, err := s.change(ctx, a, oid, false, func(tx *sql.Tx, d *Discussion, now time.Time) (string, string, error) {
		switch {
		case n >= len(d.Messages):
			return "", "", errNoComment()
		case n == 0:
			return "", "", errs.BadRequest("You cannot delete the first comment of a discussion")
		case !a.Speaks(d.Messages[n].Said):
			return "", "", errs.Forbidden()
		}
		if notice {
			subject := ref.Ref{Class: ref.Discussion, ID: oid}
			if err := legal.Tell(ctx, tx, now, a, subject, legal.Notice{Class: legal.Message, Person: d.Messages[n].Person}); err != nil {
				return "", "", err
			}
		}
		gone := d.Messages[n].ID
		d.Messages = slices.Delete(d.Messages, n, n+1)
		return "discussion:message_deleted", gone, nil
	})
	return err
}

// About returns what a discussion is about and who has a part in it: who
// began it and who said something in it. errs.NotFound when it is gone.
func (s *Service) About(ctx context.Context, q db.Querier, oid string) (about ref.Ref, people []string, err error) {
	d, err := byID(ctx, q, oid)
	if err != nil {
		return ref.Ref{}, nil, err
	}
	for _, m := range d.Messages {
		if m.Person != "" && !slices.Contains(people, m.Person) {
			people = append(people, m.Person)
		}
	}
	return d.Subject, people, nil
}

// Subjects are what those of the discussions are about that exist.
func (s *Service) Subjects(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Ref, error) {
	list, err := byIDs(ctx, q, ids)
	out := make(map[string]ref.Ref, len(list))
	for _, d := range list {
		out[d.ID] = d.Subject
	}
	return out, err
}

// Import writes a discussion of another portal as it is, over the one that an
// earlier run of the same import wrote. The counters of subjects come with
// them.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, d *Discussion) error {
	return save(ctx, tx, d)
}
