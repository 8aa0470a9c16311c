package notification

import (
	"context"
	"database/sql"
	"log/slog"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db          *db.DB
	refs        *ref.Registry
	links       wire.Links
	clock       clock.Clock
	members     Members
	discussions Discussions
	transfers   Transfers
	reader      *event.Reader
	mailing     Mailing
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, m Members, discussions Discussions, transfers Transfers) *Service {
	s := &Service{db: d, refs: refs, links: l, clock: c, members: m, discussions: discussions, transfers: transfers}
	s.reader = event.NewReader(d, "notification", s.rules())
	return s
}

// Reader follows the log; it is to be run in the background.
func (s *Service) Reader() *event.Reader { return s.reader }

// upToDate reads the log to its end. When that fails, what is there is better
// than nothing: the reader in the background goes on trying.
func (s *Service) upToDate(ctx context.Context) {
	if err := s.reader.CatchUp(ctx); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "notifications may be behind the event log", "error", err)
	}
}

// notify tells people of an event, each once; people who are gone are told
// nothing.
func (s *Service) notify(ctx context.Context, tx *sql.Tx, e event.Event, kind string, people []string, objects map[string]ref.Ref, values map[string]string) error {
	people = once(people)
	found, err := s.refs.Find(ctx, tx, ref.User, people)
	if err != nil {
		return err
	}
	for _, person := range people {
		if u, ok := found[person]; !ok || u.Deleted {
			continue
		}
		n := &Notification{
			ID: id.UUID(), Person: person, Kind: kind, CreatedAt: e.At, LastModified: s.clock(), Objects: objects, Doc: Doc{Values: values},
		}
		if err := save(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// notifyOnce tells those of the people who were not told the same already
// without having handled it.
func (s *Service) notifyOnce(ctx context.Context, tx *sql.Tx, e event.Event, kind string, people []string, objects map[string]ref.Ref, values map[string]string) error {
	told, err := s.same(ctx, tx, kind, objects)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(slices.Clone(people), func(p string) bool {
		return slices.ContainsFunc(told, func(n *Notification) bool { return n.Person == p })
	})
	return s.notify(ctx, tx, e, kind, people, objects, values)
}

// same returns what is not handled of a kind and names exactly these objects.
func (s *Service) same(ctx context.Context, tx *sql.Tx, kind string, objects map[string]ref.Ref) ([]*Notification, error) {
	for _, o := range objects {
		list, err := open(ctx, tx, kind, o)
		return slices.DeleteFunc(list, func(n *Notification) bool { return !n.names(objects) }), err
	}
	return nil, nil
}

// handle marks as handled what a person was told about a discussion.
func (s *Service) handle(ctx context.Context, tx *sql.Tx, at time.Time, person string, discussion ref.Ref) error {
	list, err := open(ctx, tx, Discussion, discussion)
	if err != nil {
		return err
	}
	return mark(ctx, tx, at, s.clock(), slices.DeleteFunc(list, func(n *Notification) bool { return n.Person != person }))
}

// handleAll marks as handled what was told to anybody of these objects.
func (s *Service) handleAll(ctx context.Context, tx *sql.Tx, at time.Time, kind string, objects map[string]ref.Ref) error {
	list, err := s.same(ctx, tx, kind, objects)
	if err != nil {
		return err
	}
	return mark(ctx, tx, at, s.clock(), list)
}

// Read marks a notification of the actor's as handled. Errors: 404; 403 when
// it is somebody else's.
func (s *Service) Read(ctx context.Context, a *auth.Actor, oid string) (*Notification, error) {
	now := s.clock()
	var n *Notification
	err := s.db.Write(ctx, func(tx *sql.Tx) (err error) {
		if n, err = byID(ctx, tx, oid); err != nil {
			return err
		}
		if !a.Is(n.Person) {
			return errs.Forbidden()
		}
		if !n.Handled.IsZero() {
			return nil
		}
		n.Handled, n.LastModified = now, now
		return mark(ctx, tx, now, now, []*Notification{n})
	})
	return n, err
}

// keepHandled is how long a notification stays after it was handled, as in
// udata (DAYS_AFTER_NOTIFICATION_EXPIRED).
const keepHandled = 90 * 24 * time.Hour

// Expire removes what was handled long ago.
func (s *Service) Expire(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		ids, err := expired(ctx, tx, s.clock().Add(-keepHandled))
		if err != nil {
			return err
		}
		return removeAll(ctx, tx, ids)
	})
}

// Import writes a notification of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, n *Notification) error {
	if err := save(ctx, tx, n); err != nil {
		return err
	}
	// The other portal has told of it.
	_, err := tx.ExecContext(ctx, "UPDATE notification SET mailed_at = created_at WHERE id = $1", n.ID)
	return err
}
