package db_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

func insert(ctx context.Context, tx *sql.Tx, slug string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO old_slug (class, slug, object) VALUES ($1, $2, $3)", "C", slug, "o")
	return err
}

// TestWrite: all of a transaction is kept, or nothing of it.
func TestWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, failure := t.Context(), errors.New("no")
		err := d.Write(ctx, func(tx *sql.Tx) error { return errors.Join(insert(ctx, tx, "kept"), insert(ctx, tx, "kept too")) })
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(ctx, func(tx *sql.Tx) error { return errors.Join(insert(ctx, tx, "failed"), failure) })
		if !errors.Is(err, failure) {
			t.Errorf("a failure became %v", err)
		}
		func() {
			defer func() {
				if v := recover(); v != "panic" {
					t.Errorf("the panic became %v", v)
				}
			}()
			_ = d.Write(ctx, func(tx *sql.Tx) error {
				if err := insert(ctx, tx, "panicked"); err != nil {
					return err
				}
				panic("panic")
			})
		}()
		cancelled, cancel := context.WithCancel(ctx)
		err = d.Write(cancelled, func(tx *sql.Tx) error {
			err := insert(cancelled, tx, "cancelled")
			cancel()
			return err
		})
		if err == nil {
			t.Error("a transaction whose context ended was kept")
		}
		if err = d.Write(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, "kept") }); !db.IsUnique(err, "slug") {
			t.Errorf("a double: %v", err)
		}
		// The writer is free again after all that.
		if err := d.Write(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, "last") }); err != nil {
			t.Fatal(err)
		}
		if got := slugs(t, d, "C"); !slices.Equal(got, []string{"kept", "kept too", "last"}) {
			t.Errorf("kept are %q", got)
		}
	})
}

// TestWritersDoNotBlockReaders, who see what was committed before.
func TestWritersDoNotBlockReaders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(tx *sql.Tx) error {
			if err := insert(ctx, tx, "a"); err != nil {
				return err
			}
			soon, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			got, err := db.Strings(soon, d.Read(), "SELECT slug FROM old_slug")
			if err != nil || len(got) != 0 {
				t.Errorf("a reader sees %q, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestLosersRunAgain: of two transactions that wait for each other PostgreSQL
// ends one, which is then run again.
func TestLosersRunAgain(t *testing.T) {
	d := dbtest.PostgreSQL(t)
	remember(t, d, "C", "a", "b")
	var runs [2]int
	first := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	var wait sync.WaitGroup
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wait.Go(func() {
			err := d.Write(t.Context(), func(tx *sql.Tx) error {
				runs[i]++
				for step, slug := range order {
					if _, err := tx.ExecContext(t.Context(), "UPDATE old_slug SET object = object || $1 WHERE slug = $2", "x", slug); err != nil {
						return err
					}
					if step == 0 && runs[i] == 1 {
						close(first[i])
						select { // until the other has its first row, unless it waits for us
						case <-first[1-i]:
						case <-time.After(time.Second):
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("one lost: %v", err)
			}
		})
	}
	wait.Wait()
	got, err := db.Strings(t.Context(), d.Read(), "SELECT object FROM old_slug")
	if err != nil || !slices.Equal(got, []string{"oxx", "oxx"}) {
		t.Errorf("after %v runs: %q, %v", runs, got, err)
	}
}

// TestUnique: which violation is which, on both engines.
func TestUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		person := func(id, slug, email string) error {
			return d.Write(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.ExecContext(t.Context(), `INSERT INTO person (id, slug, email, first_name, last_name, active, sysadmin, created_at,
					metric_datasets, metric_reuses, metric_followers, metric_following, metrics, doc, revision)
					VALUES ($1, $2, $3, '', '', true, false, 0, 0, 0, 0, 0, '{}', '{}', 1)`, id, slug, email)
				return err
			})
		}
		if err := person("1", "ada", "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ id, slug, email, which string }{
			{"2", "max", "ada@example.org", "email"}, {"2", "ada", "max@example.org", "slug"}, {"1", "max", "max@example.org", ""},
		} {
			err := person(c.id, c.slug, c.email)
			if !db.IsUnique(err, "") {
				t.Fatalf("%+v: %v", c, err)
			}
			for _, name := range []string{"email", "slug"} {
				if got := db.IsUnique(err, name); got != (name == c.which) {
					t.Errorf("%+v is about %s: %v (%v)", c, name, got, err)
				}
			}
		}
		err := d.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO old_slug (class) VALUES ($1)", "C")
			return err
		})
		if err == nil || db.IsUnique(err, "") {
			t.Errorf("a missing value: %v", err)
		}
	})
	if db.IsUnique(nil, "") || db.IsUnique(errors.New("UNIQUE"), "") {
		t.Error("anything is a violation")
	}
}

// TestOpen: addresses that lead nowhere are told clearly, and without their
// password.
func TestOpen(t *testing.T) {
	for _, c := range []struct{ dir, address, want string }{
		{"", "", "--data"},
		{t.TempDir(), "mysql://ada:secret@localhost/x", "must begin with postgres:// or sqlite:"},
		{t.TempDir(), "localhost:5432", "must begin with"},
		{t.TempDir(), "://secret", "must begin with"},
		{"", "postgres://ada:secret@127.0.0.1:1/x?connect_timeout=2", "127.0.0.1"},
		{"", "postgres://ada:secret@127.0.0.1:1/x?sslmode=secretly", ""},
		{"/dev/null/x", "", "not a directory"},
	} {
		d, err := db.Open(t.Context(), c.dir, c.address)
		if err == nil {
			d.Close()
			t.Errorf("%q, %q: opened", c.dir, c.address)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), ":secret@") {
			t.Errorf("%q, %q: %v", c.dir, c.address, err)
		}
	}
	dir := t.TempDir()
	d, err := db.Open(t.Context(), "", "sqlite:"+dir+"/a?b %41")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Ping(t.Context()); err != nil || d.Dialect.String() != "sqlite" {
		t.Errorf("%v: %v", d.Dialect, err)
	}
}

// TestSQLiteIsSetUp: what db.go promises of each connection.
func TestSQLiteIsSetUp(t *testing.T) {
	d := dbtest.SQLite(t)
	ask := func(q db.Querier, pragma string) (value string) {
		t.Helper()
		if err := q.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		if got := ask(d.Read(), pragma); got != want {
			t.Errorf("readers have %s %s", pragma, got)
		}
		if err := d.Write(t.Context(), func(tx *sql.Tx) error {
			if got := ask(tx, pragma); got != want {
				t.Errorf("the writer has %s %s", pragma, got)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Strings(t.Context(), d.Read(), "INSERT INTO old_slug VALUES ('C', 's', 'o') RETURNING slug"); err == nil {
		t.Error("a reader writes")
	}
	read, write := d.Stats()
	if read.MaxOpenConnections < 4 || write.MaxOpenConnections != 1 {
		t.Errorf("%d readers, %d writers", read.MaxOpenConnections, write.MaxOpenConnections)
	}
}
