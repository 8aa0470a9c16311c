// Package dbtest gives tests a fresh database of each engine.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"testing"

	"ouvert/internal/kernel/db"
)

// Variable names the environment variable that holds the address of a
// PostgreSQL server whose user may make databases
// ("postgres://user@127.0.0.1:5432/postgres").
const Variable = "OUVERT_TEST_POSTGRES"

// Tests say what they have to say themselves.
func init() { slog.SetDefault(slog.New(slog.DiscardHandler)) }

// Each runs the test on a fresh, migrated SQLite database, and on a fresh,
// migrated PostgreSQL database. Without a PostgreSQL server the second is
// skipped, except in CI, where that fails.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgresql", func(t *testing.T) { f(t, PostgreSQL(t)) })
}

// SQLite returns a fresh, migrated SQLite database.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// PostgreSQL returns a fresh, migrated PostgreSQL database; the test is
// skipped when there is no server.
func PostgreSQL(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), "", PostgreSQLAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// PostgreSQLAddress makes an empty database and returns its address.
func PostgreSQLAddress(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: in CI every test runs on PostgreSQL too", Variable)
		}
		t.Skipf("no PostgreSQL server: %s is not set (`make test` starts one)", Variable)
	}
	admin, err := adminPool(server)
	if err != nil {
		t.Fatal(err)
	}
	var b [6]byte
	_, _ = rand.Read(b[:])
	name := "ouvert_test_" + hex.EncodeToString(b[:])
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = admin.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

var (
	once    sync.Once
	pool    *sql.DB
	poolErr error
)

func adminPool(server string) (*sql.DB, error) {
	once.Do(func() {
		pool, poolErr = sql.Open("pgx", server)
		if poolErr == nil {
			pool.SetMaxOpenConns(2)
		}
	})
	return pool, poolErr
}
