package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"ouvert/internal/catalog/discussion"
	"ouvert/internal/catalog/notification"
	"ouvert/internal/catalog/report"
	"ouvert/internal/catalog/transfer"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
)

// uuid returns the id of something that has a UUID.
func uuid(rec *Record, key string) string {
	s := strings.ToLower(rec.Text(key))
	if !isUUID(s) {
		return ""
	}
	return s
}

// madeUUID returns the id of something that has none and stands at a place in
// an object: the same one each time that it is imported.
func madeUUID(oid string, place int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", oid, place))
	return id.FormatUUID([16]byte(sum[:16]))
}

var isUUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString

func (r *Run) discussion(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	d := &discussion.Discussion{
		ID: oid, Said: auth.Said{Person: rec.Ref("user"), Organization: rec.Ref("organization")}, Title: rec.Needed("title"),
		CreatedAt: rec.Created(oid, "created"), Closed: rec.Time("closed"),
		ClosedBy: auth.Said{Person: rec.Ref("closed_by"), Organization: rec.Ref("closed_by_organization")},
	}
	if d.Subject, err = r.object(rec, "subject"); err != nil {
		return nil, err
	}
	it := &item{
		needs: []mention{{d.Subject.Class, d.Subject.ID, "its subject"}},
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Discussions.Import(ctx, tx, d) },
	}
	it.refer(ref.User, "who opened it,", d.Person)
	it.refer(ref.User, "who closed it,", d.ClosedBy.Person)
	it.refer(ref.Organization, "its organization", d.Organization, d.ClosedBy.Organization)
	for i, m := range rec.Subs("discussion") {
		x := discussion.Message{
			ID: uuid(m, "id"), Said: auth.Said{Person: m.Ref("posted_by"), Organization: m.Ref("posted_by_organization")},
			Content: m.Needed("content"), PostedOn: m.Time("posted_on"), Modified: m.Time("last_modified_at"),
		}
		if x.ID == "" {
			x.ID = madeUUID(oid, i) // udata gave none before 2025
			if !rec.texts {
				rec.Add("a message has no id, it gets one")
			}
		}
		if x.PostedOn.IsZero() {
			x.PostedOn = d.CreatedAt
			rec.Add("a message has no posted_on, taken as the discussion's own")
		}
		it.refer(ref.User, "who said something,", x.Person)
		it.refer(ref.Organization, "a message's organization", x.Organization)
		d.Messages = append(d.Messages, x)
	}
	d.Doc = discussion.Doc{Extras: rec.Raw("extras"), Kept: rec.Rest()}
	return it, nil
}

func (r *Run) transfer(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	x := &transfer.Transfer{
		ID: oid, Person: rec.Ref("user"), Comment: rec.Text("comment"), Status: rec.Text("status"), CreatedAt: rec.Created(oid, "created"),
		Responded: rec.Time("responded"), Responder: rec.Ref("responder"), ResponseComment: rec.Text("response_comment"),
	}
	it := &item{write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Transfers.Import(ctx, tx, x) }}
	for _, f := range []struct {
		key  string
		into *ref.Ref
	}{{"owner", &x.Owner}, {"recipient", &x.Recipient}, {"subject", &x.Subject}} {
		if *f.into, err = r.object(rec, f.key); err != nil {
			return nil, err
		}
		it.needs = append(it.needs, mention{f.into.Class, f.into.ID, "its " + f.key})
	}
	switch x.Status {
	case transfer.Pending, transfer.Accepted, transfer.Refused:
	default:
		return nil, fmt.Errorf("its status is %q", x.Status)
	}
	it.refer(ref.User, "who asked,", x.Person)
	it.refer(ref.User, "who answered,", x.Responder)
	return it, nil
}

// reported keeps a report whose subject is gone, or of a class that is not
// served: it tells what it was.
func (r *Run) reported(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	x := &report.Report{
		ID: oid, Person: rec.Ref("by"), Embed: uuid(rec, "subject_embed_id"), Label: rec.Text("subject_label"),
		Reason: rec.Needed("reason"), Message: rec.Text("message"), ReportedAt: rec.Created(oid, "reported_at"),
		Dismissed: rec.Time("dismissed_at"), DismissedBy: rec.Ref("dismissed_by"),
		Deleted: rec.Time("subject_deleted_at"), DeletedBy: rec.Ref("subject_deleted_by"),
	}
	x.Subject.Class, x.Subject.ID = rec.Generic("subject")
	if c := rec.Sub("callbacks"); c != nil {
		x.Callbacks = int64(len(c.doc))
	}
	it := &item{write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Reports.Import(ctx, tx, x) }}
	it.refer(ref.User, "who reported it,", x.Person)
	it.refer(ref.User, "who dismissed it,", x.DismissedBy)
	it.refer(ref.User, "who deleted its subject,", x.DeletedBy)
	if r.nouns[x.Subject.Class].Find != nil && x.Deleted.IsZero() {
		it.refer(x.Subject.Class, "its subject", x.Subject.ID)
	}
	return it, nil
}

func (r *Run) notification(rec *Record, _ string) (*item, error) {
	n := &notification.Notification{
		ID: uuid(rec, "_id"), Person: rec.Ref("user"), CreatedAt: rec.Time("created_at"), Handled: rec.Time("handled_at"),
		Objects: map[string]ref.Ref{}, Doc: notification.Doc{Values: map[string]string{}},
	}
	n.LastModified = rec.Changed(n.CreatedAt, "last_modified")
	details := rec.Sub("details")
	switch {
	case n.ID == "":
		return nil, errors.New("its _id is no UUID")
	case n.Person == "":
		return nil, errors.New("it is nobody's")
	case details == nil:
		return nil, errors.New("it has no details")
	case n.CreatedAt.IsZero():
		return nil, errors.New("created_at is missing")
	}
	class := details.Text("_cls")
	n.Kind = strings.TrimSuffix(class, "NotificationDetails")
	members, ok := notification.Kinds[n.Kind]
	if !ok || n.Kind == class {
		return nil, fmt.Errorf("the kind of notification %q is unknown", class)
	}
	it := &item{
		needs: []mention{{ref.User, n.Person, "its person"}},
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Notifications.Import(ctx, tx, n) },
	}
	for _, m := range members {
		o := ref.Ref{Class: m.Class}
		switch {
		case m.Form == notification.Value:
			if v := details.Text(m.Name); v != "" {
				n.Doc.Values[m.Name] = v
			}
			continue
		case m.Form == notification.ID:
			o.ID = uuid(details, m.Name)
		case m.Class == "":
			o.Class, o.ID = details.Generic(m.Name)
		default:
			o.ID = details.Ref(m.Name)
		}
		if o.ID == "" {
			continue
		}
		n.Objects[m.Name] = o
		if r.nouns[o.Class].Find != nil {
			it.refer(o.Class, "what it names,", o.ID)
		}
	}
	n.Doc.Kept = details.Rest()
	return it, nil
}
