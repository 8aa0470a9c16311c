package db

import (
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

// isRetryable tells whether a transaction failed only because of another that
// ran at the same time, so that running it again may succeed.
func isRetryable(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == pgSerializationFailure || pe.Code == pgDeadlockDetected
	}
	return false
}
