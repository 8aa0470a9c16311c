package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

// Querier is what a query needs: a pool or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Execer is what a statement needs: a transaction.
type Execer interface {
	Querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// DB is an open database.
type DB struct {
	Dialect Dialect
	read    *sql.DB
	write   *sql.DB

	mu    sync.RWMutex
	after []func()

	together   together
	generation generation
	statements atomic.Int64
}

// FileName is the database's name in the data folder.
const FileName = "ouvert.db"

// Open opens the SQLite database in the folder dir (made when it is not
// there), or the PostgreSQL database at address when that is not empty
// ("postgres://user:password@host:port/name?…"). It does not migrate.
func Open(ctx context.Context, dir, address string) (*DB, error) {
	switch {
	case address == "":
		return openSQLite(ctx, dir)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return openPostgreSQL(ctx, address)
	case strings.HasPrefix(address, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(address, "sqlite:"))
	default:
		return nil, fmt.Errorf("the database address must begin with postgres:// or sqlite:, got %q", redact(address))
	}
}

// The pragmas of every SQLite connection, each with its reason.
var pragmas = []string{
	"busy_timeout(10000)",  // another process (an import, a backup) may hold the lock for a moment
	"journal_mode(WAL)",    // readers go on while one writes
	"synchronous(FULL)",    // an acknowledged write is on the disk, also after a power cut
	"foreign_keys(ON)",     // off by default in SQLite
	"temp_store(MEMORY)",   // sorting needs no temporary file
	"cache_size(-16000)",   // 16 MB of pages a connection; the default of 2 MB thrashes on lists
	"mmap_size(268435456)", // reads without a system call a page, up to 256 MB
}

func openSQLite(ctx context.Context, dir string) (*DB, error) {
	if dir == "" {
		return nil, errors.New("no place for the data: give --data DIR or --database URL")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Made here, so that only its owner may read it: it holds addresses of
	// people. SQLite gives its side files the same mode.
	path := filepath.Join(dir, FileName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the database in %s: %w", dir, err)
	}
	f.Close()
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=" + strings.Join(pragmas, "&_pragma=")
	// One writer: SQLite has one write lock, and waiting for it in Go's pool is
	// fair and cheap where its own busy loop is neither. BEGIN IMMEDIATE takes
	// the lock at once, so a transaction never fails half-way for want of it.
	write, err := openSQLiteFile(base + "&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, fmt.Errorf("opening the database in %s: %w", dir, err)
	}
	read, err := openSQLiteFile(base + "&_pragma=query_only(ON)")
	if err != nil {
		write.Close()
		return nil, err
	}
	n := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return newDB(SQLite, read, write), nil
}

func openPostgreSQL(ctx context.Context, address string) (*DB, error) {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("the database address %q: %w", redact(address), err)
	}
	n := max(8, 4*runtime.GOMAXPROCS(0))
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the database %s: %w", redact(address), err)
	}
	return newDB(PostgreSQL, pool, pool), nil
}

func newDB(dialect Dialect, read, write *sql.DB) *DB {
	d := &DB{Dialect: dialect, read: read, write: write}
	// As if the last look were long ago.
	d.generation.began = time.Now().Add(-time.Hour)
	d.generation.number = -1
	d.together.db = write
	return d
}

// redact hides the password of a database address.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	return u.Redacted()
}

// Close closes all connections.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Read returns the door for queries that change nothing.
func (d *DB) Read() Querier { return (*reader)(d) }

// reader is the door of Read, which counts what goes through it.
type reader DB

func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.statements.Add(1)
	return r.read.QueryContext(ctx, query, args...)
}

func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.statements.Add(1)
	return r.read.QueryRowContext(ctx, query, args...)
}

// Statements is how many statements went through Read.
func (d *DB) Statements() int64 { return d.statements.Load() }

// Snapshot runs f with a door through which everything looks as it does at one
// instant, however long f takes and whoever writes meanwhile. What f reads row
// by row must be read to its end before f asks for more.
func (d *DB) Snapshot(ctx context.Context, f func(q Querier) error) error {
	var o *sql.TxOptions // a transaction of SQLite sees one instant anyway
	if d.Dialect == PostgreSQL {
		o = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := d.read.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return f(tx)
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Write runs f in one transaction: all of it is durable when Write returns
// nil, nothing of it otherwise. Writers take turns, on all nodes, so what f
// reads is still so when f writes. On PostgreSQL, a transaction that lost
// against one of another program is run again (at most 5 times), so f must not
// change anything but the database. On SQLite, writers who come at the same time
// become durable together; f may be run again there too.
//
// The catalogue's generation moves in the same transaction.
func (d *DB) Write(ctx context.Context, f func(tx *sql.Tx) error) error {
	f, committed := guarded(ctx, f)
	err := d.writeRetrying(ctx, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		// Last, so that on PostgreSQL its row is locked for a moment only.
		return moveGeneration(ctx, tx)
	})
	if err == nil {
		committed()
	}
	return err
}

// WriteAside is Write for what no anonymous answer ever shows – when somebody
// was last there, tries to sign in, mails on their way: the generation does
// not move, so that what is kept of the catalogue stays.
func (d *DB) WriteAside(ctx context.Context, f func(tx *sql.Tx) error) error {
	return d.writeRetrying(ctx, f)
}

func (d *DB) writeRetrying(ctx context.Context, f func(tx *sql.Tx) error) error {
	for try := 1; ; try++ {
		err := d.writeOnce(ctx, f)
		// Also when it failed: a connection that broke in the moment of the
		// commit leaves open whether it is durable.
		d.generation.wrote.Add(1)
		if err == nil {
			d.committed()
			return nil
		}
		if try == 5 || !isRetryable(err) {
			return err
		}
	}
}

// AfterWrite has f called after each transaction of this process that became
// durable. f must return at once.
func (d *DB) AfterWrite(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.after = append(d.after, f)
}

func (d *DB) committed() {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, f := range d.after {
		f()
	}
}

func (d *DB) writeOnce(ctx context.Context, f func(tx *sql.Tx) error) (err error) {
	if d.Dialect == SQLite {
		return d.together.write(ctx, f)
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback()
			panic(p)
		}
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	if _, err := tx.ExecContext(ctx, takeTurn); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Stats returns the pool's figures, for /metrics.
func (d *DB) Stats() (read, write sql.DBStats) { return d.read.Stats(), d.write.Stats() }
