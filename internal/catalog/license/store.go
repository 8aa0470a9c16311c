package license

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/db"
)

const columns = "id, title, created_at, doc"

func (l *License) row() ([]any, error) {
	doc, err := json.Marshal(l.Doc)
	return []any{l.ID, l.Title, db.Micros(l.CreatedAt), string(doc)}, err
}

func save(ctx context.Context, tx *sql.Tx, l *License) error {
	row, err := l.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO license ("+columns+") VALUES "+db.Values(1, 4)+`
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, created_at = excluded.created_at, doc = excluded.doc`, row...)
	if err != nil {
		return fmt.Errorf("saving the licence %s: %w", l.ID, err)
	}
	return nil
}

// InsertMany writes licences. Those whose id is there already stay as they
// are.
func InsertMany(ctx context.Context, tx *sql.Tx, list []License) error {
	rows := make([][]any, 0, len(list))
	for i := range list {
		row, err := list[i].row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return db.InsertMany(ctx, tx, "license ("+columns+")", rows, "ON CONFLICT (id) DO NOTHING")
}

func all(ctx context.Context, q db.Querier) ([]License, error) {
	var out []License
	err := db.Each(ctx, q, "SELECT "+columns+" FROM license ORDER BY id", nil, func(rows *sql.Rows) error {
		l, err := scan(rows)
		out = append(out, l)
		return err
	})
	return out, err
}

// byIDs loads those of the ids that exist. What no text of the database can
// be is no id.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*License, error) {
	var asked []string
	for _, id := range ids {
		if utf8.ValidString(id) && !strings.ContainsRune(id, 0) {
			asked = append(asked, id)
		}
	}
	out := make(map[string]*License, len(asked))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM license WHERE id IN {ids}", asked, func(rows *sql.Rows) error {
		l, err := scan(rows)
		out[l.ID] = &l
		return err
	})
	return out, err
}

func scan(rows *sql.Rows) (l License, err error) {
	var doc string
	if err := rows.Scan(&l.ID, &l.Title, db.Time{T: &l.CreatedAt}, &doc); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(doc), &l.Doc)
}
