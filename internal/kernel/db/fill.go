package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/pressly/goose/v3"
)

// State tells what a database holds.
type State int

// The states of a database.
const (
	// Vacant: no schema, or nothing in it but what migrations put there.
	Vacant State = iota
	// Unfinished: a copy was begun and not ended.
	Unfinished
	// Inhabited: a portal.
	Inhabited
)

// unfinished is a table that is there while a copy is made into a database, so
// that no node serves half of a portal.
const unfinished = "unfinished_copy"

// State tells what the database holds. Every portal has people, or a log of
// what happened.
func (d *DB) State(ctx context.Context) (State, error) {
	if there, err := d.hasTable(ctx, unfinished); err != nil || there {
		return Unfinished, err
	}
	for _, table := range []string{"person", "event"} {
		there, err := d.hasTable(ctx, table)
		if err != nil {
			return 0, err
		}
		if !there {
			continue
		}
		var n int
		if err := d.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+table+" LIMIT 1) AS found").Scan(&n); err != nil {
			return 0, err
		}
		if n > 0 {
			return Inhabited, nil
		}
	}
	return Vacant, nil
}

// Begin marks a database as Unfinished, End takes the mark away.
func (d *DB) Begin(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+unfinished+" (one INTEGER PRIMARY KEY)")
	return err
}

// End says that a copy is whole.
func (d *DB) End(ctx context.Context) error {
	_, err := d.write.ExecContext(ctx, "DROP TABLE IF EXISTS "+unfinished)
	return err
}

// Fill runs f in one transaction which is not one of the portal's: it is not
// run again, and nobody is told of it.
func (d *DB) Fill(ctx context.Context, f func(tx *sql.Tx) error) error { return d.writeOnce(ctx, f) }

// Clear removes the schema with all that is in it.
func (d *DB) Clear(ctx context.Context) error {
	version, err := d.Version(ctx)
	if err != nil {
		return err
	}
	latest, err := Latest()
	if err != nil {
		return err
	}
	if version > latest {
		return fmt.Errorf("the database has schema %d, this program knows %d: use the newer program", version, latest)
	}
	tables, err := Tables(ctx, version)
	if err != nil {
		return err
	}
	return d.Fill(ctx, func(tx *sql.Tx) error {
		for _, t := range append([]Table{{Name: unfinished}, {Name: goose.DefaultTablename}}, slices.Collect(backward(tables))...) {
			if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+t.Name); err != nil {
				return err
			}
		}
		return d.dropFunctions(ctx, tx)
	})
}

func backward(tables []Table) func(yield func(Table) bool) {
	return func(yield func(Table) bool) {
		for _, t := range slices.Backward(tables) {
			if !yield(t) {
				return
			}
		}
	}
}
