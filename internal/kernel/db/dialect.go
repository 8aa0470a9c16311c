package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Dialect names an engine.
type Dialect int

// The engines.
const (
	SQLite Dialect = iota
	PostgreSQL
)

func (d Dialect) String() string {
	if d == PostgreSQL {
		return "postgresql"
	}
	return "sqlite"
}

// List is a subquery of the strings of a JSON array, which stands for its `?`:
// a list of any length in one parameter. db.Where takes it in conditions.
func (d Dialect) List() string {
	if d == PostgreSQL {
		return "(SELECT json_array_elements_text(CAST(? AS json)))"
	}
	return "(SELECT value FROM json_each(?))"
}

// PostgreSQL's error classes that we answer to.
const (
	pgUniqueViolation      = "23505"
	pgSerializationFailure = "40001"
	pgDeadlockDetected     = "40P01"
)

// IsUnique tells whether err is the violation of a unique index, and if so
// whether the index (or, in SQLite, the column) is one that name is part of.
func IsUnique(err error, name string) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == pgUniqueViolation && strings.Contains(pe.ConstraintName, name)
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		code := se.Code()
		return (code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) &&
			strings.Contains(se.Error(), name)
	}
	return false
}

// takeTurn makes PostgreSQL's writers take turns, as SQLite's do anyway: rules
// are checked by reading and then writing, which two at once would get wrong.
// The number is "ouvert" in ASCII. The lock ends with the transaction.
const takeTurn = "SELECT pg_advisory_xact_lock(122550288216692)"

// Damage has the engine look through its own files, and calls f with each
// fault that it finds. PostgreSQL has its own tools for that (pg_amcheck,
// checksums); here it only tells of constraints that its tables were never
// checked against.
func (d *DB) Damage(ctx context.Context, f func(what string) error) error {
	queries := []string{"PRAGMA integrity_check", `SELECT "table" || ' ' || coalesce(rowid, 0) || ' names a row of ' || parent || ' that is not there' FROM pragma_foreign_key_check`}
	if d.Dialect == PostgreSQL {
		queries = []string{"SELECT conname || ' was never checked' FROM pg_constraint WHERE NOT convalidated"}
	}
	for _, query := range queries {
		found, err := Strings(ctx, d.read, query)
		if err != nil {
			return err
		}
		for _, what := range found {
			if what == "ok" {
				continue
			}
			if err := f(what); err != nil {
				return err
			}
		}
	}
	return nil
}

// isRetryable tells whether a transaction failed only because of another that
// ran at the same time, so that running it again may succeed.
func isRetryable(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == pgSerializationFailure || pe.Code == pgDeadlockDetected
	}
	return false
}
