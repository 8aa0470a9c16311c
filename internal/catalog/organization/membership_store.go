package organization

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
)

const requestColumns = `id, organization, kind, status, person, email, role, comment, created_at, created_by, handled_at,
	handled_by, refusal_comment, assignments`

// promised is how an assignment stands in a request's row.
type promised struct {
	Class string `json:"class"`
	ID    string `json:"id"`
}

func scanRequest(row interface{ Scan(...any) error }) (*Request, error) {
	m := &Request{}
	var assignments string
	err := row.Scan(&m.ID, &m.Organization, &m.Kind, &m.Status, db.Text{S: &m.Person}, db.Text{S: &m.Email}, &m.Role,
		db.Text{S: &m.Comment}, db.Time{T: &m.CreatedAt}, db.Text{S: &m.CreatedBy}, db.Time{T: &m.HandledAt},
		db.Text{S: &m.HandledBy}, db.Text{S: &m.RefusalComment}, &assignments)
	if err != nil {
		return nil, err
	}
	var list []promised
	if err := json.Unmarshal([]byte(assignments), &list); err != nil {
		return nil, err
	}
	for _, p := range list {
		m.Assignments = append(m.Assignments, ref.Ref(p))
	}
	return m, nil
}

// saveRequest writes a request, new or not.
func saveRequest(ctx context.Context, tx *sql.Tx, m *Request) error {
	list := make([]promised, len(m.Assignments))
	for i, object := range m.Assignments {
		list[i] = promised(object)
	}
	assignments, err := json.Marshal(list)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO organization_request ("+requestColumns+") VALUES "+db.Values(1, 14)+`
		ON CONFLICT (id) DO UPDATE SET organization = excluded.organization, kind = excluded.kind, status = excluded.status,
		person = excluded.person, email = excluded.email, role = excluded.role, comment = excluded.comment,
		created_at = excluded.created_at, created_by = excluded.created_by, handled_at = excluded.handled_at,
		handled_by = excluded.handled_by, refusal_comment = excluded.refusal_comment, assignments = excluded.assignments`,
		m.ID, m.Organization, m.Kind, m.Status, db.Null(m.Person), db.Null(m.Email), string(m.Role), db.Null(m.Comment),
		m.CreatedAt.UnixMicro(), db.Null(m.CreatedBy), db.Micros(m.HandledAt), db.Null(m.HandledBy), db.Null(m.RefusalComment),
		string(assignments))
	return err
}

func requests(ctx context.Context, q db.Querier, w *db.Where) ([]*Request, error) {
	var list []*Request
	err := db.Each(ctx, q, "SELECT "+requestColumns+" FROM organization_request"+w.String()+" ORDER BY created_at, id", w.Args(),
		func(rows *sql.Rows) error {
			m, err := scanRequest(rows)
			list = append(list, m)
			return err
		})
	return list, err
}

// requestsOf returns an organization's requests and invitations, the first
// first; status and person, when not "", are the only ones asked for.
func requestsOf(ctx context.Context, q db.Querier, org, status, person string) ([]*Request, error) {
	w := &db.Where{}
	w.And("organization = ?", org)
	if status != "" {
		w.And("status = ?", status)
	}
	if person != "" {
		w.And("person = ?", person)
	}
	return requests(ctx, q, w)
}

func requestOf(ctx context.Context, q db.Querier, org, request string) (*Request, error) {
	m, err := scanRequest(q.QueryRowContext(ctx, "SELECT "+requestColumns+" FROM organization_request WHERE id = $1 AND organization = $2",
		request, org))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errUnknownRequest()
	}
	return m, err
}

// pendingOf returns what waits for a person in an organization, nil when
// nothing does.
func pendingOf(ctx context.Context, q db.Querier, org, person string) (*Request, error) {
	list, err := requestsOf(ctx, q, org, Pending, person)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// forActor are the invitations of a person: those that name them, and those
// that were sent to their address, once they have shown that it is theirs.
func forActor(w *db.Where, a *auth.Actor) {
	w.And("kind = 'invitation'")
	w.And(`(person = ? OR (person IS NULL AND email IN
		(SELECT p.email FROM person p WHERE p.id = ? AND p.confirmed_at IS NOT NULL)))`, a.ID, a.ID)
}

func invitationsOf(ctx context.Context, q db.Querier, a *auth.Actor) ([]*Request, error) {
	w := &db.Where{}
	forActor(w, a)
	w.And("status = 'pending'")
	w.And("organization IN (SELECT o.id FROM organization o WHERE o.deleted IS NULL)")
	return requests(ctx, q, w)
}

// invitationOf finds an invitation of the actor's.
func (s *Service) invitationOf(ctx context.Context, q db.Querier, a *auth.Actor, request string) (*Request, error) {
	w := &db.Where{}
	forActor(w, a)
	w.And("id = ?", request)
	list, err := requests(ctx, q, w)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.New(404, "Invitation not found")
	}
	return list[0], nil
}

// ImportRequest writes a request of another portal as it is, over the one that
// an earlier run of the same import wrote.
func (s *Service) ImportRequest(ctx context.Context, tx *sql.Tx, m *Request) error {
	return saveRequest(ctx, tx, m)
}
