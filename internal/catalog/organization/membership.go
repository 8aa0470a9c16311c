package organization

import (
	"context"
	"database/sql"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
)

// Request is that somebody is to become a member: they asked, or they were
// invited.
type Request struct {
	ID           string
	Organization string
	Kind         string
	Status       string
	// Person is whom it is about; "" while an invitation waits at Email for
	// somebody who has no account.
	Person string
	Email  string
	// Role is what they will be.
	Role    auth.Role
	Comment string
	// Assignments are what an invited partial editor may change.
	Assignments []ref.Ref

	CreatedAt      time.Time
	CreatedBy      string
	HandledAt      time.Time
	HandledBy      string
	RefusalComment string
}

// The kinds and statuses of requests.
const (
	Asked   = "request"
	Invited = "invitation"

	Pending  = "pending"
	Accepted = "accepted"
	Refused  = "refused"
	Canceled = "canceled"
)

// What the log tells of requests and of invitations alike; the extras are those
// of Request.about.
const (
	requested = "organization:membership:requested"
	accepted  = "organization:membership:accepted"
	refused   = "organization:membership:refused"
	canceled  = "organization:membership:canceled"
)

var (
	kinds    = []string{Asked, Invited}
	statuses = []string{Pending, Accepted, Refused, Canceled}
)

func errUnknownRequest() error {
	return errs.New(http.StatusNotFound, "Unknown membership request id")
}

// handled marks the request as answered.
func (m *Request) handled(status string, by *auth.Actor, now time.Time) {
	m.Status, m.HandledBy, m.HandledAt = status, by.ID, now
}

// about is what the log says of a request: who it is about, and whether they
// asked or were asked.
func (m *Request) about() map[string]any {
	about := map[string]any{"request": m.ID, "kind": m.Kind, "role": m.Role}
	if m.Person != "" {
		about["user"] = m.Person
	}
	return about
}

// Ask asks for membership; a request that waits already gets the new comment,
// and created is false. Errors: 410, 400 when the comment is not named, or when
// an invitation waits for an answer.
func (s *Service) Ask(ctx context.Context, a *auth.Actor, org string, b *patch.Object, t func(string, ...any) string) (m *Request, created bool, err error) {
	if !b.Has("comment") {
		b.Fail("comment", "'comment' is required when 'kind' is 'request'")
	}
	comment, state := b.Text("comment")
	if state == patch.Bad {
		// udata's clients look for it where it stores requests.
		b.Fail("requests", patch.NotText)
	}
	if err := b.Err(t); err != nil {
		return nil, false, err
	}
	now := s.clock()
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := s.open(ctx, tx, org); err != nil {
			return err
		}
		m, err = pendingOf(ctx, tx, org, a.ID)
		switch {
		case err != nil:
			return err
		case m != nil && m.Kind == Invited:
			return errs.BadRequest("An invitation is already pending: accept or refuse it")
		}
		if created = m == nil; created {
			m = &Request{
				ID: id.UUID(), Organization: org, Kind: Asked, Status: Pending, Person: a.ID, Role: auth.Editor,
				CreatedAt: now, CreatedBy: a.ID,
			}
		}
		m.Comment = comment
		if err := saveRequest(ctx, tx, m); err != nil || !created {
			return err
		}
		return s.tell(ctx, tx, now, fact{key: requested, about: m.about()}, org, a)
	})
	return m, created, err
}

// open locks an organization that must be there and not deleted.
func (s *Service) open(ctx context.Context, tx *sql.Tx, org string) error {
	if err := lock(ctx, tx, org); err != nil {
		return err
	}
	found, err := byIDs(ctx, tx, []string{org})
	switch {
	case err != nil:
		return err
	case found[org] == nil:
		return errs.NotFound()
	case !found[org].Deleted.IsZero():
		return errDeleted()
	}
	return nil
}

// Accept makes somebody who asked a member. conflict is true, and nothing
// changes, when they are one already. Errors: 403, 404, 400 for an invitation.
func (s *Service) Accept(ctx context.Context, a *auth.Actor, org, request string) (member Member, conflict bool, err error) {
	_, err = s.change(ctx, a, org, func(tx *sql.Tx, o *Organization) (fact, error) {
		m, err := s.asked(ctx, tx, a, org, request)
		if err != nil {
			return fact{}, err
		}
		if i := o.member(m.Person); i >= 0 {
			member, conflict = o.Members[i], true
			return fact{}, nil
		}
		now := s.clock()
		m.handled(Accepted, a, now)
		member = Member{Person: m.Person, Role: m.Role, Since: now}
		o.Members = append(o.Members, member)
		return fact{key: accepted, about: m.about()}, saveRequest(ctx, tx, m)
	})
	return member, conflict, err
}

// asked loads a request that an admin of the organization may answer.
func (s *Service) asked(ctx context.Context, tx *sql.Tx, a *auth.Actor, org, request string) (*Request, error) {
	if !administers(a, org) {
		return nil, errs.Forbidden()
	}
	m, err := requestOf(ctx, tx, org, request)
	if err != nil {
		return nil, err
	}
	if m.Kind == Invited {
		return nil, errs.BadRequest("Use the cancel endpoint for invitations")
	}
	return m, nil
}

// handle answers a request in a transaction in which the organization changes
// no other way.
func (s *Service) handle(ctx context.Context, a *auth.Actor, org, key string, f func(tx *sql.Tx) (*Request, error)) error {
	now := s.clock()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := lock(ctx, tx, org); err != nil {
			return err
		}
		m, err := f(tx)
		if err != nil || m == nil {
			return err
		}
		if err := saveRequest(ctx, tx, m); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, fact{key: key, about: m.about()}, org, a)
	})
}

// Refuse refuses a request. Errors: 403, 404, 400 without a comment, for an
// invitation, or when the request was accepted.
func (s *Service) Refuse(ctx context.Context, a *auth.Actor, org, request string, b *patch.Object, t func(string, ...any) string) error {
	return s.handle(ctx, a, org, refused, func(tx *sql.Tx) (*Request, error) {
		m, err := s.asked(ctx, tx, a, org, request)
		if err != nil {
			return nil, err
		}
		comment, state := b.Text("comment")
		if state == patch.Absent || state == patch.Null {
			b.Fail("comment", "Comment is required")
		}
		if err := b.Err(t); err != nil {
			return nil, err
		}
		if m.Status == Accepted {
			return nil, errs.BadRequest("The request was accepted: remove the member instead")
		}
		m.handled(Refused, a, s.clock())
		m.RefusalComment = comment
		return m, nil
	})
}

// Cancel takes an invitation back. Errors: 403, 404, 400 for a request or an
// invitation that was answered.
func (s *Service) Cancel(ctx context.Context, a *auth.Actor, org, request string) error {
	return s.handle(ctx, a, org, canceled, func(tx *sql.Tx) (*Request, error) {
		if !administers(a, org) {
			return nil, errs.Forbidden()
		}
		m, err := requestOf(ctx, tx, org, request)
		switch {
		case err != nil:
			return nil, err
		case m.Kind != Invited:
			return nil, errs.BadRequest("Only invitations can be canceled")
		case m.Status != Pending:
			return nil, errs.BadRequest("Only pending invitations can be canceled")
		}
		m.handled(Canceled, a, s.clock())
		return m, nil
	})
}

// Invite invites somebody, by their id or their address. Errors: 403, 410, 400
// with what is wrong by field.
func (s *Service) Invite(ctx context.Context, a *auth.Actor, org string, b *patch.Object, t func(string, ...any) string) (*Request, error) {
	now := s.clock()
	m := &Request{ID: id.UUID(), Organization: org, Kind: Invited, Status: Pending, Role: auth.Editor, CreatedAt: now, CreatedBy: a.ID}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := s.open(ctx, tx, org); err != nil {
			return err
		}
		if err := s.readInvitation(ctx, tx, m, b); err != nil {
			return err
		}
		if err := b.Err(t); err != nil {
			return err
		}
		if err := saveRequest(ctx, tx, m); err != nil {
			return err
		}
		return s.tell(ctx, tx, now, fact{key: requested, about: m.about()}, org, a)
	})
	return m, err
}

// readInvitation fills m from the body, in which it collects what is wrong.
func (s *Service) readInvitation(ctx context.Context, tx *sql.Tx, m *Request, b *patch.Object) error {
	m.Comment, _ = b.Text("comment")
	if v, st := b.Text("role"); st == patch.Set {
		if m.Role = auth.Role(v); !m.Role.Valid() {
			b.Fail("role", "Invalid role '%s'", v)
		}
	}
	person, personState := b.Ref("user")
	email, emailState := b.Text("email")
	switch {
	case personState == patch.Bad || emailState == patch.Bad:
	case personState == patch.Set && emailState == patch.Set:
		b.Fail("user", "Cannot provide both user and email")
	case personState == patch.Set:
		found, err := s.refs.Find(ctx, tx, ref.User, []string{person})
		if err != nil {
			return err
		}
		if u, ok := found[person]; !ok || u.Deleted {
			b.Fail("user", "Unknown user '%s'", person)
			break
		}
		m.Person = person
	case emailState == patch.Set:
		if err := s.readEmail(ctx, tx, m, b, email); err != nil {
			return err
		}
	default:
		b.Fail("user", "Either user or email is required")
	}
	var err error
	if m.Assignments, err = s.readAssignments(ctx, tx, m.Organization, b); err != nil {
		return err
	}
	return notYetIn(ctx, tx, m, b)
}

// readEmail takes the person whose address it is, or the address.
func (s *Service) readEmail(ctx context.Context, tx *sql.Tx, m *Request, b *patch.Object, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email || len(email) > 255 {
		b.Fail("email", "Invalid email address")
		return nil
	}
	ids, err := db.Strings(ctx, tx, "SELECT id FROM person WHERE email = $1 AND deleted IS NULL", email)
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		m.Person = ids[0]
	} else {
		m.Email = email
	}
	return nil
}

// notYetIn finds a member, or one who waits to be.
func notYetIn(ctx context.Context, tx *sql.Tx, m *Request, b *patch.Object) error {
	if m.Person == "" && m.Email == "" {
		return nil
	}
	var n int
	if m.Person != "" {
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM organization_member WHERE organization = $1 AND person = $2",
			m.Organization, m.Person).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			b.Fail("user", "User is already a member")
			return nil
		}
	}
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM organization_request
		WHERE organization = $1 AND status = 'pending' AND (person = $2 OR email = $3)`,
		m.Organization, db.Null(m.Person), db.Null(m.Email)).Scan(&n)
	if n > 0 {
		b.Fail("user", "A request or invitation is already pending for this user")
	}
	return err
}

// Answer accepts or refuses an invitation of the actor's. Errors: 404 for
// another's, 400 when it is not pending.
func (s *Service) Answer(ctx context.Context, a *auth.Actor, request string, accept bool) error {
	m, err := s.invitationOf(ctx, s.db.Read(), a, request)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, a, m.Organization, func(tx *sql.Tx, o *Organization) (fact, error) {
		m, err := s.invitationOf(ctx, tx, a, request)
		if err != nil {
			return fact{}, err
		}
		if m.Status != Pending {
			return fact{}, errs.BadRequest("Invitation is not pending")
		}
		now := s.clock()
		m.Person = a.ID // who was invited by their address has an account now
		if !accept {
			m.handled(Refused, a, now)
			return fact{key: refused, about: m.about()}, saveRequest(ctx, tx, m)
		}
		if !o.Deleted.IsZero() {
			return fact{}, errDeleted()
		}
		m.handled(Accepted, a, now)
		if o.member(a.ID) < 0 {
			o.Members = append(o.Members, Member{Person: a.ID, Role: m.Role, Since: now})
			if err := s.assignInvited(ctx, tx, m, now); err != nil {
				return fact{}, err
			}
		}
		return fact{key: accepted, about: m.about()}, saveRequest(ctx, tx, m)
	})
	return err
}

// assignInvited gives an invited partial editor what they were promised, as
// far as it still belongs to the organization.
func (s *Service) assignInvited(ctx context.Context, tx *sql.Tx, m *Request, now time.Time) error {
	if m.Role != auth.PartialEditor {
		return nil
	}
	for _, object := range m.Assignments {
		found, err := s.refs.Find(ctx, tx, object.Class, []string{object.ID})
		if err != nil {
			return err
		}
		if found[object.ID].Organization != m.Organization {
			continue
		}
		if err := assign(ctx, tx, &Assignment{ID: id.New(now), Person: m.Person, Organization: m.Organization, Object: object, CreatedAt: now}); err != nil {
			return err
		}
	}
	return nil
}

// SetRole changes a member's role when the body names one. Errors: 403, 404
// when they are no member, 400 for a role that there is not.
func (s *Service) SetRole(ctx context.Context, a *auth.Actor, org, person string, b *patch.Object, t func(string, ...any) string) (member Member, err error) {
	_, err = s.change(ctx, a, org, func(tx *sql.Tx, o *Organization) (fact, error) {
		i, err := memberFor(a, o, person)
		if err != nil {
			return fact{}, err
		}
		v, st := b.Enum("role", roleIDs)
		if err := b.Err(t); err != nil {
			return fact{}, err
		}
		member = o.Members[i]
		if st != patch.Set || auth.Role(v) == member.Role {
			return fact{}, nil
		}
		if member.Role == auth.PartialEditor {
			if err := unassign(ctx, tx, org, person); err != nil {
				return fact{}, err
			}
		}
		member.Role = auth.Role(v)
		o.Members[i] = member
		return fact{key: "organization:member:updated", about: map[string]any{"user": person, "role": v}}, nil
	})
	return member, err
}

// RemoveMember takes a member out, with what is assigned to them. Errors: 403,
// 404 when they are none. As in udata, the last admin may go: a sysadmin can
// always make another one.
func (s *Service) RemoveMember(ctx context.Context, a *auth.Actor, org, person string) error {
	_, err := s.change(ctx, a, org, func(tx *sql.Tx, o *Organization) (fact, error) {
		i, err := memberFor(a, o, person)
		if err != nil {
			return fact{}, err
		}
		o.Members = slices.Delete(o.Members, i, i+1)
		return fact{key: "organization:member:removed", about: map[string]any{"user": person}}, unassign(ctx, tx, org, person)
	})
	return err
}

// memberFor finds a member for somebody who may change them.
func memberFor(a *auth.Actor, o *Organization, person string) (int, error) {
	if !administers(a, o.ID) {
		return 0, errs.Forbidden()
	}
	i := o.member(person)
	if i < 0 {
		return 0, errs.NotFound()
	}
	return i, nil
}

var roleIDs = func() []string {
	var ids []string
	for _, r := range auth.Roles {
		ids = append(ids, string(r))
	}
	return ids
}()
