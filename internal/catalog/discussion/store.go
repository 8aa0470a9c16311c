package discussion

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/metric"
)

const columns = "d.id, d.class, d.object, d.person, d.organization, d.title, d.created_at, d.closed, d.closed_by, d.closed_by_organization, d.doc"

func scan(row interface{ Scan(...any) error }) (*Discussion, error) {
	d := &Discussion{}
	var doc string
	err := row.Scan(&d.ID, &d.Subject.Class, &d.Subject.ID, db.Text{S: &d.Person}, db.Text{S: &d.Organization}, &d.Title,
		db.Time{T: &d.CreatedAt}, db.Time{T: &d.Closed}, db.Text{S: &d.ClosedBy.Person}, db.Text{S: &d.ClosedBy.Organization}, &doc)
	if err != nil {
		return nil, err
	}
	return d, json.Unmarshal([]byte(doc), &d.Doc)
}

// loadMessages adds what was said: one statement for a page.
func loadMessages(ctx context.Context, q db.Querier, list []*Discussion) error {
	ids := make([]string, len(list))
	byID := make(map[string]*Discussion, len(list))
	for i, d := range list {
		ids[i], byID[d.ID] = d.ID, d
	}
	return db.EachIn(ctx, q, `SELECT discussion, id, person, organization, posted_on, modified, content
		FROM discussion_message WHERE discussion IN {ids} ORDER BY discussion, position`, ids, func(rows *sql.Rows) error {
		var of string
		var m Message
		err := rows.Scan(&of, &m.ID, db.Text{S: &m.Person}, db.Text{S: &m.Organization}, db.Time{T: &m.PostedOn}, db.Time{T: &m.Modified}, &m.Content)
		if err != nil {
			return err
		}
		byID[of].Messages = append(byID[of].Messages, m)
		return nil
	})
}

// byIDs loads those of the ids that exist.
func byIDs(ctx context.Context, q db.Querier, ids []string) ([]*Discussion, error) {
	var list []*Discussion
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM discussion d WHERE d.id IN {ids}", ids, func(rows *sql.Rows) error {
		d, err := scan(rows)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, loadMessages(ctx, q, list)
}

// byID loads one discussion; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, id string) (*Discussion, error) {
	list, err := byIDs(ctx, q, []string{id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound()
	}
	return list[0], nil
}

// searchText is what a search looks into.
func (d *Discussion) searchText() string {
	var b strings.Builder
	b.WriteString(d.Title)
	for _, m := range d.Messages {
		b.WriteByte('\n')
		b.WriteString(m.Content)
	}
	return fold.Text(b.String())
}

// posted are the instants of the first and the last message.
func (d *Discussion) posted() (first, last time.Time) {
	first, last = d.CreatedAt, d.CreatedAt
	for i, m := range d.Messages {
		if i == 0 || m.PostedOn.Before(first) {
			first = m.PostedOn
		}
		if i == 0 || m.PostedOn.After(last) {
			last = m.PostedOn
		}
	}
	return first, last
}

// save writes the discussion with its messages, new or not.
func save(ctx context.Context, tx *sql.Tx, d *Discussion) error {
	doc, err := json.Marshal(d.Doc)
	if err != nil {
		return err
	}
	first, last := d.posted()
	_, err = tx.ExecContext(ctx, `INSERT INTO discussion (id, class, object, person, organization, title, created_at, closed, closed_by,
		closed_by_organization, first_posted, last_posted, doc, title_plain, search, revision) VALUES `+db.Values(1, 16)+`
		ON CONFLICT (id) DO UPDATE SET class = excluded.class, object = excluded.object, person = excluded.person,
		organization = excluded.organization, title = excluded.title, created_at = excluded.created_at, closed = excluded.closed,
		closed_by = excluded.closed_by, closed_by_organization = excluded.closed_by_organization,
		first_posted = excluded.first_posted, last_posted = excluded.last_posted, doc = excluded.doc, title_plain = excluded.title_plain,
		search = excluded.search,
		revision = discussion.revision + 1`,
		d.ID, d.Subject.Class, d.Subject.ID, db.Null(d.Person), db.Null(d.Organization), d.Title, d.CreatedAt.UnixMicro(),
		db.Micros(d.Closed), db.Null(d.ClosedBy.Person), db.Null(d.ClosedBy.Organization), first.UnixMicro(), last.UnixMicro(),
		string(doc), fold.Text(d.Title), d.searchText(), 1)
	if err != nil {
		return fmt.Errorf("saving the discussion %s: %w", d.ID, err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM discussion_message WHERE discussion = $1", d.ID); err != nil {
		return err
	}
	rows := make([][]any, 0, len(d.Messages))
	for i, m := range d.Messages {
		rows = append(rows, []any{
			d.ID, i, m.ID, db.Null(m.Person), db.Null(m.Organization), m.PostedOn.UnixMicro(), db.Micros(m.Modified), m.Content,
		})
	}
	return db.InsertMany(ctx, tx, "discussion_message (discussion, position, id, person, organization, posted_on, modified, content)", rows, "")
}

func remove(ctx context.Context, tx *sql.Tx, id string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM discussion_message WHERE discussion = $1", id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM discussion WHERE id = $1", id)
	return err
}

// count says how the discussions about objects of a class follow from the
// table.
func count(class string) metric.Count {
	where := " FROM discussion WHERE object IN {ids} AND class = '" + class + "'"
	return metric.Statements{Totals: map[string]string{
		"discussions":      "SELECT object, count(*)" + where + " GROUP BY object",
		"discussions_open": "SELECT object, count(*)" + where + " AND closed IS NULL GROUP BY object",
	}}.Count(class)
}

// Counts are the counters that follow from discussions.
func (s *Service) Counts() []metric.Count {
	var out []metric.Count
	for _, class := range subjects {
		out = append(out, count(class))
	}
	return out
}
