package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
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

// hasTable tells whether there is a table.
func (d *DB) hasTable(ctx context.Context, name string) (bool, error) {
	query := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	if d.Dialect == PostgreSQL {
		query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
	}
	var n int
	err := d.read.QueryRowContext(ctx, query, name).Scan(&n)
	return n > 0, err
}

// dropFunctions removes the functions that migrations made; SQLite has none.
func (d *DB) dropFunctions(ctx context.Context, tx Execer) error {
	if d.Dialect != PostgreSQL {
		return nil
	}
	names, err := Strings(ctx, tx, `SELECT CAST(CAST(p.oid AS regprocedure) AS TEXT) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = current_schema() AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
		AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')`)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, "DROP FUNCTION IF EXISTS "+name); err != nil {
			return err
		}
	}
	return nil
}

// Restoring is the application_name of connections that restore a portal.
const Restoring = "ouvert-restore"

// Others is how many connections of other programs a PostgreSQL database has;
// connections called Restoring are ours.
func (d *DB) Others(ctx context.Context) (n int, err error) {
	if d.Dialect != PostgreSQL {
		return 0, nil
	}
	err = d.read.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
		AND backend_type = 'client backend' AND application_name <> $1`, Restoring).Scan(&n)
	return n, err
}

// Alone tells, by an error when it is not so, that no other process has the
// SQLite database in a folder open.
func Alone(ctx context.Context, dir string) error {
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Join(dir, FileName)}).EscapedPath()+"?_pragma=busy_timeout(500)&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	// In exclusive mode the first transaction takes a lock that no other
	// connection may share, not even one that does nothing.
	_, err = d.ExecContext(ctx, "BEGIN EXCLUSIVE; ROLLBACK")
	return err
}

// PostgreSQL's error classes that say that it will answer again by itself.
const (
	pgConnection    = "08"    // the class of broken connections
	pgResources     = "53"    // too many connections, no memory
	pgAdminShutdown = "57P01" // it is being stopped
	pgCrashShutdown = "57P02" // another connection crashed it
	pgCannotConnect = "57P03" // it is starting
	pgReadOnly      = "25006" // a standby that has not taken over yet
)

// IsAway tells whether err says that the database does not answer for the
// moment: it restarts, is being replaced by its standby, or has no room. What
// was asked may be asked again; whether a write that was answered so has become
// durable is open.
func IsAway(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case pgAdminShutdown, pgCrashShutdown, pgCannotConnect, pgReadOnly:
			return true
		}
		return strings.HasPrefix(pe.Code, pgConnection) || strings.HasPrefix(pe.Code, pgResources)
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code()&0xff == sqlite3.SQLITE_BUSY // for longer than busy_timeout
	}
	return errors.As(err, new(*pgconn.ConnectError)) || errors.As(err, new(*net.OpError)) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}
