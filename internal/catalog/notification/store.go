package notification

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
)

const columns = "n.id, n.person, n.kind, n.created_at, n.last_modified, n.handled_at, n.doc"

func scan(row interface{ Scan(...any) error }) (*Notification, error) {
	n := &Notification{Objects: map[string]ref.Ref{}}
	var doc string
	err := row.Scan(&n.ID, &n.Person, &n.Kind, db.Time{T: &n.CreatedAt}, db.Time{T: &n.LastModified}, db.Time{T: &n.Handled}, &doc)
	if err != nil {
		return nil, err
	}
	return n, json.Unmarshal([]byte(doc), &n.Doc)
}

// load runs a query of the columns and adds what the notifications name.
func load(ctx context.Context, q db.Querier, query string, args ...any) ([]*Notification, error) {
	var list []*Notification
	var ids []string
	byID := map[string]*Notification{}
	err := db.Each(ctx, q, query, args, func(rows *sql.Rows) error {
		n, err := scan(rows)
		if err != nil {
			return err
		}
		list, ids, byID[n.ID] = append(list, n), append(ids, n.ID), n
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, db.EachIn(ctx, q, "SELECT notification, name, class, object FROM notification_object WHERE notification IN {ids}", ids,
		func(rows *sql.Rows) error {
			var of, name string
			var o ref.Ref
			err := rows.Scan(&of, &name, &o.Class, &o.ID)
			if err == nil {
				byID[of].Objects[name] = o
			}
			return err
		})
}

// byID loads one notification; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, id string) (*Notification, error) {
	list, err := load(ctx, q, "SELECT "+columns+" FROM notification n WHERE n.id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound()
	}
	return list[0], nil
}

// save writes a notification with what it names, new or not.
func save(ctx context.Context, tx *sql.Tx, n *Notification) error {
	doc, err := json.Marshal(n.Doc)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO notification (id, person, kind, created_at, last_modified, handled_at, doc) VALUES "+db.Values(1, 7)+`
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, kind = excluded.kind, created_at = excluded.created_at,
		last_modified = excluded.last_modified, handled_at = excluded.handled_at, doc = excluded.doc`,
		n.ID, n.Person, n.Kind, n.CreatedAt.UnixMicro(), n.LastModified.UnixMicro(), db.Micros(n.Handled), string(doc))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM notification_object WHERE notification = $1", n.ID); err != nil {
		return err
	}
	var rows [][]any
	for name, o := range n.Objects {
		rows = append(rows, []any{n.ID, name, o.Class, o.ID})
	}
	return db.InsertMany(ctx, tx, "notification_object (notification, name, class, object)", rows, "")
}

// remove removes what names an object.
func remove(ctx context.Context, tx *sql.Tx, o ref.Ref) error {
	ids, err := db.Strings(ctx, tx, "SELECT notification FROM notification_object WHERE object = $1 AND class = $2", o.ID, o.Class)
	if err != nil {
		return err
	}
	return removeAll(ctx, tx, ids)
}

func removeAll(ctx context.Context, tx *sql.Tx, ids []string) error {
	for part := range slices.Chunk(ids, 200) {
		in, args := db.In(1, part)
		for _, from := range []string{"notification_object WHERE notification", "notification WHERE id"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+from+" IN "+in, args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// expired returns the ids of what was handled before an instant.
func expired(ctx context.Context, tx *sql.Tx, before time.Time) ([]string, error) {
	return db.Strings(ctx, tx, "SELECT id FROM notification WHERE handled_at < $1", before.UnixMicro())
}

// open loads what is not handled of a kind and names an object.
func open(ctx context.Context, tx *sql.Tx, kind string, o ref.Ref) ([]*Notification, error) {
	return load(ctx, tx, "SELECT "+columns+` FROM notification n JOIN notification_object o ON o.notification = n.id
		WHERE o.object = $1 AND o.class = $2 AND n.kind = $3 AND n.handled_at IS NULL`, o.ID, o.Class, kind)
}

// mark marks notifications as handled at an instant.
func mark(ctx context.Context, tx *sql.Tx, at, now time.Time, list []*Notification) error {
	for _, n := range list {
		_, err := tx.ExecContext(ctx, "UPDATE notification SET handled_at = $1, last_modified = $2 WHERE id = $3 AND handled_at IS NULL",
			at.UnixMicro(), now.UnixMicro(), n.ID)
		if err != nil {
			return err
		}
	}
	return nil
}
