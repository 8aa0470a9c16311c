package db

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Unlink takes an object out of what names it: of the rows of a table that the
// table TABLE_LINK says so of (columns TABLE and LINK), drop changes the column
// doc, of the type D. The rows get a new revision and are otherwise as they
// were.
func Unlink[D any](ctx context.Context, tx *sql.Tx, table, link, oid string, drop func(doc *D)) error {
	links := table + "_" + link
	ids, err := Strings(ctx, tx, "SELECT "+table+" FROM "+links+" WHERE "+link+" = $1", oid)
	if err != nil {
		return err
	}
	docs := map[string]D{}
	err = EachIn(ctx, tx, "SELECT id, doc FROM "+table+" WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		var doc D
		err := json.Unmarshal([]byte(text), &doc)
		docs[id] = doc
		return err
	})
	if err != nil {
		return err
	}
	for id, doc := range docs {
		drop(&doc)
		text, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE "+table+" SET doc = $1, revision = revision + 1 WHERE id = $2", string(text), id); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM "+links+" WHERE "+link+" = $1", oid)
	return err
}
