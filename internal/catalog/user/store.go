package user

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
)

var links = permalink.Table{Name: "person", Class: ref.User}

const columns = `id, slug, email, first_name, last_name, password, active, sysadmin, lang, created_at, confirmed_at,
	last_login_at, deleted, metric_datasets, metric_reuses, metric_followers, metric_following, metrics, doc, search, revision`

func scan(rows interface{ Scan(...any) error }) (*User, error) {
	u := &User{}
	var doc, search string
	var datasets, reuses, followers, following int64
	err := rows.Scan(&u.ID, &u.Slug, &u.Email, &u.FirstName, &u.LastName, db.Text{S: &u.Password}, &u.Active, &u.Sysadmin,
		db.Text{S: &u.Lang}, db.Time{T: &u.CreatedAt}, db.Time{T: &u.ConfirmedAt}, db.Time{T: &u.LastLoginAt}, db.Time{T: &u.Deleted},
		&datasets, &reuses, &followers, &following, &u.Metrics, &doc, &search, &u.Revision)
	if err != nil {
		return nil, err
	}
	u.Counts = map[string]int64{"datasets": datasets, "reuses": reuses, "followers": followers, "following": following}
	return u, json.Unmarshal([]byte(doc), &u.Doc)
}

// byIDs loads those of the ids that exist.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*User, error) {
	out := make(map[string]*User, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM person WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		u, err := scan(rows)
		if err == nil {
			out[u.ID] = u
		}
		return err
	})
	return out, err
}

func byID(ctx context.Context, q db.Querier, id string) (*User, error) {
	u, err := scan(q.QueryRowContext(ctx, "SELECT "+columns+" FROM person WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound()
	}
	return u, err
}

// ByEmail finds a person by their address, in any case. errs.NotFound when
// there is none.
func (s *Service) ByEmail(ctx context.Context, email string) (*User, error) {
	u, err := scan(s.db.Read().QueryRowContext(ctx, "SELECT "+columns+" FROM person WHERE email = $1", normalEmail(email)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound()
	}
	return u, err
}

func (u *User) row() ([]any, error) {
	doc, err := json.Marshal(u.Doc)
	if err != nil {
		return nil, err
	}
	metrics := u.Metrics
	if metrics == "" {
		metrics = "{}"
	}
	return []any{
		u.ID, u.Slug, u.Email, u.FirstName, u.LastName, db.Null(u.Password), u.Active, u.Sysadmin, db.Null(u.Lang),
		u.CreatedAt.UnixMicro(), db.Micros(u.ConfirmedAt), db.Micros(u.LastLoginAt), db.Micros(u.Deleted),
		u.Counts["datasets"], u.Counts["reuses"], u.Counts["followers"], u.Counts["following"], metrics, string(doc), fold.Text(u.FullName()), 1,
	}, nil
}

// save writes the person, new or not.
func save(ctx context.Context, tx *sql.Tx, u *User) error {
	row, err := u.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO person (`+columns+`) VALUES `+db.Values(1, 21)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, email = excluded.email, first_name = excluded.first_name,
		last_name = excluded.last_name, password = excluded.password, active = excluded.active, sysadmin = excluded.sysadmin,
		lang = excluded.lang, created_at = excluded.created_at, confirmed_at = excluded.confirmed_at,
		last_login_at = excluded.last_login_at, deleted = excluded.deleted, metric_datasets = excluded.metric_datasets,
		metric_reuses = excluded.metric_reuses, metric_followers = excluded.metric_followers,
		metric_following = excluded.metric_following, metrics = excluded.metrics, doc = excluded.doc,
		search = excluded.search, revision = person.revision + 1`, row...)
	if db.IsUnique(err, "email") {
		return errs.Field("email", "This e-mail address is already registered")
	}
	if err != nil {
		return fmt.Errorf("saving the person %s: %w", u.ID, err)
	}
	return nil
}

// InsertMany writes new people in few statements, for made-up catalogues.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*User) error {
	rows := make([][]any, 0, len(list))
	for _, u := range list {
		row, err := u.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return db.InsertMany(ctx, tx, "person ("+columns+")", rows, "")
}
