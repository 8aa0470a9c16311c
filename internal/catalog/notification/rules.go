package notification

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"slices"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// Members knows who is in an organization; the organization noun provides it.
type Members interface {
	MembersOf(ctx context.Context, q db.Querier, org string, roles ...auth.Role) ([]string, error)
}

// Discussions knows what a discussion is about and who said something in it;
// the discussion noun provides it.
type Discussions interface {
	About(ctx context.Context, q db.Querier, oid string) (about ref.Ref, people []string, err error)
	// Subjects are what those of the discussions are about that exist.
	Subjects(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Ref, error)
}

// Transfers knows the parties of a transfer request; the transfer noun
// provides it.
type Transfers interface {
	Parties(ctx context.Context, q db.Querier, oid string) (from, to, subject ref.Ref, err error)
}

// rules are what follows from which event. An event that names what is gone
// by now has no consequences.
func (s *Service) rules() map[string]event.Handler {
	return map[string]event.Handler{
		"reuse:created":       s.usesDatasets(ReuseCreated, "reuse"),
		"dataservice:created": s.usesDatasets(DataserviceCreated, "dataservice"),

		"discussion:opened":    s.talked("new_discussion"),
		"discussion:commented": s.talked("new_comment"),
		"discussion:closed":    s.talked("closed"),

		"transfer:requested": s.transferRequested,
		"transfer:answered":  s.transferAnswered,

		// The extras of these name the person, and whether they asked
		// ("request") or were asked ("invitation"): {"user": …, "kind": …}.
		"organization:membership:requested": s.membershipRequested,
		"organization:membership:accepted":  s.membershipAnswered(MembershipAccepted),
		"organization:membership:refused":   s.membershipAnswered(MembershipRefused),
		"organization:membership:canceled":  s.membershipAnswered(""),
		// The extras name the badge: {"kind": …}.
		"organization:badge:added": s.badgeAdded,

		"reuse:deleted":              s.forget,
		"dataset:deleted":            s.forget,
		"dataservice:deleted":        s.forget,
		"organization:deleted":       s.forget,
		"discussion:deleted":         s.forget,
		"discussion:message_deleted": s.forgetMessage,
		"user:deleted":               s.forgetPerson,
	}
}

// extras are those that the rules read.
type extras struct {
	User    string `json:"user"`
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

func extrasOf(e event.Event) (x extras) {
	if len(e.Extras) > 0 {
		_ = json.Unmarshal(e.Extras, &x) // what it does not say, it does not say
	}
	return x
}

// gone passes over an error that tells that something is gone.
func gone(err error) error {
	if errs.Is(err, http.StatusNotFound) {
		return nil
	}
	return err
}

// responsible are those who answer for an object: its owner, or the members
// of its organization who have one of the roles, all when none is named.
func (s *Service) responsible(ctx context.Context, tx *sql.Tx, o auth.Owned, roles ...auth.Role) ([]string, error) {
	if o.Organization == "" {
		return []string{o.Owner}, nil
	}
	return s.members.MembersOf(ctx, tx, o.Organization, roles...)
}

// usesDatasets tells those who answer for the datasets that something was
// made with them: the owner, or the organization's admins, once a dataset.
func (s *Service) usesDatasets(kind, member string) event.Handler {
	return func(ctx context.Context, tx *sql.Tx, e event.Event) error {
		if !s.refs.Has(e.Subject.Class) {
			return nil
		}
		n, err := s.refs.Noun(e.Subject.Class)
		if err != nil || n.Uses == nil {
			return err
		}
		found, err := n.Find(ctx, tx, []string{e.Subject.ID})
		if err != nil || len(found) == 0 || found[e.Subject.ID].Deleted {
			return err
		}
		ids, err := n.Uses(ctx, tx, e.Subject.ID)
		if err != nil {
			return err
		}
		datasets, err := s.refs.Find(ctx, tx, ref.Dataset, ids)
		if err != nil {
			return err
		}
		for _, oid := range once(ids) {
			d, ok := datasets[oid]
			if !ok {
				continue
			}
			people, err := s.responsible(ctx, tx, d.Owned, auth.Admin)
			if err != nil {
				return err
			}
			if err := s.notify(ctx, tx, e, kind, people, map[string]ref.Ref{member: e.Subject, "dataset": d.Ref}, nil); err != nil {
				return err
			}
		}
		return nil
	}
}

// talked tells everybody who has a part in a discussion, but who just spoke:
// those who said something, and those who answer for its subject. Who speaks
// has handled what they were told of it before.
func (s *Service) talked(status string) event.Handler {
	return func(ctx context.Context, tx *sql.Tx, e event.Event) error {
		about, people, err := s.discussions.About(ctx, tx, e.Subject.ID)
		if err != nil {
			return gone(err)
		}
		if status != "new_discussion" {
			if err := s.handle(ctx, tx, e.At, e.Actor, e.Subject); err != nil {
				return err
			}
		}
		found, err := s.refs.FindAll(ctx, tx, []ref.Ref{about})
		if err != nil {
			return err
		}
		more, err := s.responsible(ctx, tx, found[about].Owned)
		if err != nil {
			return err
		}
		people = slices.DeleteFunc(append(people, more...), func(p string) bool { return p == e.Actor })
		objects := map[string]ref.Ref{"discussion": e.Subject}
		if m := extrasOf(e).Message; m != "" && status == "new_comment" {
			objects["message_id"] = ref.Ref{Class: message, ID: m}
		}
		return s.notify(ctx, tx, e, Discussion, people, objects, map[string]string{"status": status})
	}
}

func (s *Service) parties(ctx context.Context, tx *sql.Tx, e event.Event) (map[string]ref.Ref, error) {
	from, to, subject, err := s.transfers.Parties(ctx, tx, e.Subject.ID)
	return map[string]ref.Ref{"transfer_owner": from, "transfer_recipient": to, "transfer_subject": subject}, err
}

// transferRequested tells who is asked: the person, or the organization's
// admins. Who was told already and has not answered is not told again.
func (s *Service) transferRequested(ctx context.Context, tx *sql.Tx, e event.Event) error {
	objects, err := s.parties(ctx, tx, e)
	if err != nil {
		return gone(err)
	}
	to := objects["transfer_recipient"]
	people := []string{to.ID}
	if to.Class == ref.Organization {
		if people, err = s.members.MembersOf(ctx, tx, to.ID, auth.Admin); err != nil {
			return err
		}
	}
	return s.notifyOnce(ctx, tx, e, TransferRequest, people, objects, nil)
}

func (s *Service) transferAnswered(ctx context.Context, tx *sql.Tx, e event.Event) error {
	objects, err := s.parties(ctx, tx, e)
	if err != nil {
		return gone(err)
	}
	return s.handleAll(ctx, tx, e.At, TransferRequest, objects)
}

// membershipRequested tells the organization's admins who wants to join, or
// the person that they are invited.
func (s *Service) membershipRequested(ctx context.Context, tx *sql.Tx, e event.Event) (err error) {
	x := extrasOf(e)
	people := []string{x.User}
	if x.Kind != "invitation" {
		x.Kind = "request"
		if people, err = s.members.MembersOf(ctx, tx, e.Subject.ID, auth.Admin); err != nil {
			return err
		}
	}
	objects := map[string]ref.Ref{"request_organization": e.Subject, "request_user": {Class: ref.User, ID: x.User}}
	return s.notifyOnce(ctx, tx, e, MembershipRequest, people, objects, map[string]string{"kind": x.Kind})
}

// membershipAnswered tells the person that they are in, or not; kind "" tells
// nobody. The request is handled.
func (s *Service) membershipAnswered(kind string) event.Handler {
	return func(ctx context.Context, tx *sql.Tx, e event.Event) error {
		x := extrasOf(e)
		objects := map[string]ref.Ref{"request_organization": e.Subject, "request_user": {Class: ref.User, ID: x.User}}
		if err := s.handleAll(ctx, tx, e.At, MembershipRequest, objects); err != nil {
			return err
		}
		if kind == "" || x.Kind == "invitation" {
			return nil // who was invited answered themselves
		}
		return s.notify(ctx, tx, e, kind, []string{x.User}, map[string]ref.Ref{"organization": e.Subject}, nil)
	}
}

// badgeAdded tells everybody in an organization of its badge.
func (s *Service) badgeAdded(ctx context.Context, tx *sql.Tx, e event.Event) error {
	people, err := s.members.MembersOf(ctx, tx, e.Subject.ID)
	if err != nil {
		return err
	}
	return s.notify(ctx, tx, e, NewBadge, people, map[string]ref.Ref{"organization": e.Subject}, map[string]string{"kind": extrasOf(e).Kind})
}

// forget removes what names an object that was deleted.
func (s *Service) forget(ctx context.Context, tx *sql.Tx, e event.Event) error {
	return remove(ctx, tx, e.Subject)
}

func (s *Service) forgetMessage(ctx context.Context, tx *sql.Tx, e event.Event) error {
	return remove(ctx, tx, ref.Ref{Class: message, ID: extrasOf(e).Message})
}

// forgetPerson removes what a person was told who is gone, and what names
// them.
func (s *Service) forgetPerson(ctx context.Context, tx *sql.Tx, e event.Event) error {
	ids, err := db.Strings(ctx, tx, "SELECT id FROM notification WHERE person = $1", e.Subject.ID)
	if err != nil {
		return err
	}
	if err := removeAll(ctx, tx, ids); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM notification_mail WHERE person = $1", e.Subject.ID); err != nil {
		return err
	}
	return remove(ctx, tx, e.Subject)
}
