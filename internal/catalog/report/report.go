package report

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

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

// Report is what somebody told about an object.
type Report struct {
	ID string
	// Person is "" when nobody was signed in.
	Person string
	// Subject may be of a class that is not served, when it was imported.
	Subject ref.Ref
	// Embed is the id of the part of the subject that it is about, a message
	// of a discussion; "" for the whole.
	Embed string
	// Label is the subject's title at the time.
	Label      string
	Reason     string
	Message    string
	ReportedAt time.Time
	// Dismissed is zero until a sysadmin dismissed it, Deleted until its
	// subject was deleted.
	Dismissed   time.Time
	DismissedBy string
	Deleted     time.Time
	DeletedBy   string
	// Callbacks is how many things another portal put off until the report is
	// dismissed; nothing is put off here.
	Callbacks int64
}

// reason is a choice: ID is what the API speaks, Label a message id.
type reason struct{ ID, Label string }

// reasons in udata's order (core/reports/constants.py).
var reasons = []reason{
	{"auto_spam", "Auto-detected spam"},
	{"explicit_content", "Explicit content"},
	{"illegal_content", "Illegal content"},
	{"others", "Others"},
	{"personal_data", "Personal data"},
	{"security", "Security"},
	{"spam", "Spam"},
}

var reasonIDs = func() (ids []string) {
	for _, r := range reasons {
		ids = append(ids, r.ID)
	}
	return ids
}()

// subjects are the classes that may be reported.
var subjects = []string{ref.Dataset, ref.Reuse, ref.Discussion, ref.Organization, ref.Dataservice, ref.User}

// maxMessage is how many characters a report holds at most: anyone may write
// one.
const maxMessage = 10_000

var isUUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString

// Service holds the verbs of the noun.
type Service struct {
	db     *db.DB
	refs   *ref.Registry
	links  wire.Links
	clock  clock.Clock
	reader *event.Reader
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry, l wire.Links, c clock.Clock) *Service {
	s := &Service{db: d, refs: refs, links: l, clock: c}
	handlers := map[string]event.Handler{"discussion:message_deleted": s.messageGone}
	for _, class := range subjects {
		handlers[strings.ToLower(class)+":deleted"] = gone
	}
	s.reader = event.NewReader(d, "report", handlers)
	return s
}

// Reader follows the log; it is to be run in the background.
func (s *Service) Reader() *event.Reader { return s.reader }

// gone notes that the subject of reports was deleted.
func gone(ctx context.Context, tx *sql.Tx, e event.Event) error {
	_, err := tx.ExecContext(ctx, "UPDATE report SET deleted_at = $1, deleted_by = $2 WHERE object = $3 AND class = $4 AND deleted_at IS NULL",
		e.At.UnixMicro(), db.Null(e.Actor), e.Subject.ID, e.Subject.Class)
	return err
}

func (s *Service) messageGone(ctx context.Context, tx *sql.Tx, e event.Event) error {
	var extras struct{ Message string }
	if err := json.Unmarshal(e.Extras, &extras); err != nil || extras.Message == "" {
		return nil // it names no message
	}
	_, err := tx.ExecContext(ctx, "UPDATE report SET deleted_at = $1, deleted_by = $2 WHERE object = $3 AND embed = $4 AND deleted_at IS NULL",
		e.At.UnixMicro(), db.Null(e.Actor), e.Subject.ID, extras.Message)
	return err
}

// upToDate reads the log to its end; a list that is a little old is better
// than none.
func (s *Service) upToDate(ctx context.Context) {
	if err := s.reader.CatchUp(ctx); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "reports may be behind the event log", "error", err)
	}
}

// File makes a report of a body. a may be nil. Errors: 400 with what is wrong
// by field, in the language of t.
func (s *Service) File(ctx context.Context, a *auth.Actor, o *patch.Object, t func(string, ...any) string) (*Report, error) {
	now := s.clock()
	x := &Report{}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		*x = Report{ID: id.New(now), ReportedAt: now}
		if a != nil {
			x.Person = a.ID
		}
		o.Require("reason", "subject")
		x.apply(o)
		about, given, err := s.refs.Read(ctx, tx, o, "subject", s.classes())
		if err != nil {
			return err
		}
		if given && (about.Private || about.Deleted) && !a.CanReadHidden(about.Owned) {
			o.Fail("subject", patch.UnknownRef, about.Ref.ID) // or its title would be told to everybody
		}
		if err := o.Err(t); err != nil {
			return err
		}
		x.Subject, x.Label = about.Ref, about.Title
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "report:created", x, a)
	})
	return x, err
}

// apply reads the fields that anyone may write.
func (x *Report) apply(o *patch.Object) {
	if v, st := o.Enum("reason", reasonIDs); st == patch.Set {
		x.Reason = v
	}
	if v, st := o.Text("message"); st == patch.Set || st == patch.Null {
		if utf8.RuneCountInString(v) > maxMessage {
			o.Fail("message", "A message has at most %d characters", maxMessage)
		}
		x.Message = v
	}
	if v, st := o.Text("subject_embed_id"); st == patch.Set || st == patch.Null {
		if v != "" && !isUUID(v) {
			o.Fail("subject_embed_id", "This is no UUID")
		}
		x.Embed = strings.ToLower(v)
	}
}

func (s *Service) classes() (out []string) {
	for _, c := range subjects {
		if s.refs.Has(c) {
			out = append(out, c)
		}
	}
	return out
}

// Update changes a report; {"dismissed_at": "…"} dismisses it, null takes that
// back. Errors: 404, 400.
func (s *Service) Update(ctx context.Context, a *auth.Actor, oid string, o *patch.Object, t func(string, ...any) string) (*Report, error) {
	now := s.clock()
	var x *Report
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		if x, err = byID(ctx, tx, oid); err != nil {
			return err
		}
		o.NotBlank("reason")
		x.apply(o)
		if v, st := o.Time("dismissed_at"); st == patch.Set || st == patch.Null {
			switch {
			case v.IsZero():
				x.DismissedBy = ""
			case !v.Equal(x.Dismissed):
				x.DismissedBy = a.ID
			}
			x.Dismissed = v.UTC()
		}
		if err := o.Err(t); err != nil {
			return err
		}
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, "report:updated", x, a)
	})
	return x, err
}

func (s *Service) tell(ctx context.Context, tx *sql.Tx, now time.Time, key string, x *Report, a *auth.Actor) error {
	e := event.Event{At: now, Key: key, Subject: ref.Ref{Class: "Report", ID: x.ID}, Hidden: true}
	if a != nil {
		e.Actor = a.ID
	}
	_, err := event.Append(ctx, tx, e)
	return err
}

// Import writes a report of another portal as it is, over the one that an
// earlier run of the same import wrote.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, x *Report) error { return save(ctx, tx, x) }

const columns = `id, person, class, object, embed, label, reason, message, reported_at, dismissed_at, dismissed_by, deleted_at,
	deleted_by, callbacks`

func scan(row interface{ Scan(...any) error }) (*Report, error) {
	x := &Report{}
	return x, row.Scan(&x.ID, db.Text{S: &x.Person}, db.Text{S: &x.Subject.Class}, db.Text{S: &x.Subject.ID}, db.Text{S: &x.Embed},
		db.Text{S: &x.Label}, &x.Reason, db.Text{S: &x.Message}, db.Time{T: &x.ReportedAt}, db.Time{T: &x.Dismissed},
		db.Text{S: &x.DismissedBy}, db.Time{T: &x.Deleted}, db.Text{S: &x.DeletedBy}, &x.Callbacks)
}

// byID loads one report; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, oid string) (*Report, error) {
	x, err := scan(q.QueryRowContext(ctx, "SELECT "+columns+" FROM report WHERE id = $1", oid))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound()
	}
	return x, err
}

func save(ctx context.Context, tx *sql.Tx, x *Report) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO report ("+columns+") VALUES "+db.Values(1, 14)+`
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, class = excluded.class, object = excluded.object,
		embed = excluded.embed, label = excluded.label, reason = excluded.reason, message = excluded.message,
		reported_at = excluded.reported_at, dismissed_at = excluded.dismissed_at, dismissed_by = excluded.dismissed_by,
		deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by, callbacks = excluded.callbacks`,
		x.ID, db.Null(x.Person), db.Null(x.Subject.Class), db.Null(x.Subject.ID), db.Null(x.Embed), db.Null(x.Label), x.Reason,
		db.Null(x.Message), x.ReportedAt.UnixMicro(), db.Micros(x.Dismissed), db.Null(x.DismissedBy), db.Micros(x.Deleted),
		db.Null(x.DeletedBy), x.Callbacks)
	return err
}
