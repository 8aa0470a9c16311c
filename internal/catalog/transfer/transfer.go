package transfer

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// The states of a request.
const (
	Pending  = "pending"
	Accepted = "accepted"
	Refused  = "refused"
)

var (
	states = []string{Pending, Accepted, Refused}
	// recipients are the classes of those who own objects.
	recipients = []string{ref.User, ref.Organization}
)

// Transfer is a request to take an object.
type Transfer struct {
	ID string
	// Person asked.
	Person string
	// Owner is whose the subject was when they asked, Recipient whose it is to
	// be.
	Owner, Recipient, Subject ref.Ref
	Comment                   string
	Status                    string
	CreatedAt                 time.Time
	// Responded is zero while it is pending.
	Responded       time.Time
	Responder       string
	ResponseComment string
}

// Unassigner takes an object from partial editors; the organization noun
// provides it.
type Unassigner interface {
	Unassign(ctx context.Context, tx *sql.Tx, object ref.Ref) error
}

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	assign Unassigner
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock, assign Unassigner) *Service {
	return &Service{db: d, refs: refs, links: l, clock: c, assign: assign}
}

// classes are those whose objects can be given away.
func (s *Service) classes() []string {
	return s.refs.With(func(n ref.Noun) bool { return n.SetOwner != nil })
}

// canGive tells whether the actor may give away an object.
func canGive(a *auth.Actor, o auth.Owned) bool {
	return a.IsSysadmin() || a.AdminOf(o.Organization) || (o.Organization == "" && a.Is(o.Owner))
}

// canAnswer tells whether the actor may answer for those who are asked.
func canAnswer(a *auth.Actor, recipient ref.Ref) bool {
	if recipient.Class == ref.Organization {
		return a.IsSysadmin() || a.AdminOf(recipient.ID)
	}
	return a.IsSysadmin() || a.Is(recipient.ID)
}

// owner is whose an object is.
func owner(o auth.Owned) ref.Ref {
	if o.Organization != "" {
		return ref.Ref{Class: ref.Organization, ID: o.Organization}
	}
	return ref.Ref{Class: ref.User, ID: o.Owner}
}

// Ask asks somebody to take an object. Errors: 400 with what is wrong by
// field, in the language of t; 403.
func (s *Service) Ask(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (*Transfer, error) {
	now := s.clock()
	var x *Transfer
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		o.Require("subject", "recipient")
		comment, _ := o.Text("comment")
		subject, given, err := s.refs.Read(ctx, tx, o, "subject", s.classes())
		if err != nil {
			return err
		}
		to, _, err := s.refs.Read(ctx, tx, o, "recipient", recipients)
		if err != nil {
			return err
		}
		if given && !canGive(a, subject.Owned) {
			return errs.Forbidden()
		}
		if to.Deleted {
			o.Fail("recipient", patch.UnknownRef, to.Ref.ID)
		}
		if given && to.Ref == owner(subject.Owned) {
			o.Fail("recipient", "Recipient should be different than the current owner")
		}
		if err := o.Err(t); err != nil {
			return err
		}
		x = &Transfer{
			ID: id.New(now), Person: a.ID, Owner: owner(subject.Owned), Recipient: to.Ref, Subject: subject.Ref, Comment: comment,
			Status: Pending, CreatedAt: now,
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "transfer:requested", x, a)
	})
	return x, err
}

// Answer accepts or refuses a request. Errors: 404; 403; 400 when it was
// answered already, or what it is about is no longer whose it was.
func (s *Service) Answer(ctx context.Context, a *auth.Actor, oid string, accept bool, comment string) (*Transfer, error) {
	now := s.clock()
	var x *Transfer
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if x, err = byID(ctx, tx, oid); err != nil {
			return err
		}
		if !canAnswer(a, x.Recipient) {
			return errs.Forbidden()
		}
		if x.Status != Pending {
			return errs.Field("response", "This transfer request has been answered already")
		}
		x.Status, x.Responded, x.Responder, x.ResponseComment = Refused, now, a.ID, comment
		if accept {
			x.Status = Accepted
			if err := s.give(ctx, tx, x, a); err != nil {
				return err
			}
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "transfer:answered", x, a)
	})
	return x, err
}

// give makes the object the recipient's.
func (s *Service) give(ctx context.Context, tx *sql.Tx, x *Transfer, a *auth.Actor) error {
	found, err := s.refs.FindAll(ctx, tx, []ref.Ref{x.Subject})
	if err != nil {
		return err
	}
	subject, ok := found[x.Subject]
	if !ok || owner(subject.Owned) != x.Owner {
		return errs.Field("response", "What was to be transferred is no longer its owner's")
	}
	n, err := s.refs.Noun(x.Subject.Class)
	if err != nil {
		return err
	}
	if n.SetOwner == nil {
		return errs.Field("response", "This object cannot be transferred")
	}
	if err := n.SetOwner(ctx, tx, x.Subject.ID, x.Recipient, a); err != nil {
		return err
	}
	return s.assign.Unassign(ctx, tx, x.Subject)
}

func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, x *Transfer, a *auth.Actor) error {
	_, err := event.Append(ctx, tx, event.Event{At: now, Key: key, Subject: ref.Ref{Class: Class, ID: x.ID}, Actor: a.ID, Hidden: true})
	return err
}

// Class is what events about requests name as their subject's class.
const Class = "Transfer"

// Parties returns who is to give what to whom; errs.NotFound when there is no
// such request.
func (s *Service) Parties(ctx context.Context, q db.Querier, oid string) (from, to, subject ref.Ref, err error) {
	x, err := byID(ctx, q, oid)
	if err != nil {
		return from, to, subject, err
	}
	return x.Owner, x.Recipient, x.Subject, nil
}

// Import writes a request of another portal as it is, over the one that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, x *Transfer) error { return save(ctx, tx, x) }

const columns = `id, person, owner_class, owner, recipient_class, recipient, class, object, comment, status, created_at, responded,
	responder, response_comment`

func scan(row interface{ Scan(...any) error }) (*Transfer, error) {
	x := &Transfer{}
	return x, row.Scan(&x.ID, db.Text{S: &x.Person}, &x.Owner.Class, &x.Owner.ID, &x.Recipient.Class, &x.Recipient.ID,
		&x.Subject.Class, &x.Subject.ID, db.Text{S: &x.Comment}, &x.Status, db.Time{T: &x.CreatedAt}, db.Time{T: &x.Responded},
		db.Text{S: &x.Responder}, db.Text{S: &x.ResponseComment})
}

// byID loads one request; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, oid string) (*Transfer, error) {
	x, err := scan(q.QueryRowContext(ctx, "SELECT "+columns+" FROM transfer WHERE id = $1", oid))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound()
	}
	return x, err
}

func save(ctx context.Context, tx *sql.Tx, x *Transfer) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO transfer ("+columns+") VALUES "+db.Values(1, 14)+`
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, owner_class = excluded.owner_class, owner = excluded.owner,
		recipient_class = excluded.recipient_class, recipient = excluded.recipient, class = excluded.class, object = excluded.object,
		comment = excluded.comment, status = excluded.status, created_at = excluded.created_at, responded = excluded.responded,
		responder = excluded.responder, response_comment = excluded.response_comment`,
		x.ID, db.Null(x.Person), x.Owner.Class, x.Owner.ID, x.Recipient.Class, x.Recipient.ID, x.Subject.Class, x.Subject.ID,
		db.Null(x.Comment), x.Status, x.CreatedAt.UnixMicro(), db.Micros(x.Responded), db.Null(x.Responder), db.Null(x.ResponseComment))
	return err
}
