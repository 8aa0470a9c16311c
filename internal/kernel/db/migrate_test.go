package db_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

// columns lists the columns of each table, in their order.
func columns(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	query := `SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid`
	if d.Dialect == db.PostgreSQL {
		query = `SELECT table_name, column_name FROM information_schema.columns
			WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`
	}
	out := map[string][]string{}
	err := db.Each(t.Context(), d.Read(), query, nil, func(rows *sql.Rows) error {
		var table, column string
		err := rows.Scan(&table, &column)
		if table != "goose_db_version" { // the migrations' own
			out[table] = append(out[table], column)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// indexes lists the indexes that migrations made, with their tables.
func indexes(t *testing.T, d *db.DB) []string {
	t.Helper()
	query := "SELECT name || ' ON ' || tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
	if d.Dialect == db.PostgreSQL {
		query = "SELECT indexname || ' ON ' || tablename FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'"
	}
	out, err := db.Strings(t.Context(), d.Read(), query)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestFreshSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got := columns(t, d)
		for _, table := range []string{
			"api_token", "assignment", "contact_point", "dataservice", "dataservice_dataset", "dataset", "dataset_resource", "dataset_tag",
			"event", "follow", "license", "log_position", "old_slug", "organization", "organization_badge", "organization_member", "person",
			"reuse", "reuse_dataset", "reuse_dataservice", "reuse_tag", "site",
		} {
			if len(got[table]) == 0 {
				t.Errorf("there is no table %s", table)
			}
		}
		version, err := d.Version(t.Context())
		if err != nil || version < 1 {
			t.Errorf("the version is %d, %v", version, err)
		}
	})
}

// TestBothEnginesHaveTheSameSchema: SQL is written once.
func TestBothEnginesHaveTheSameSchema(t *testing.T) {
	sqlite, postgres := dbtest.SQLite(t), dbtest.PostgreSQL(t)
	a, b := columns(t, sqlite), columns(t, postgres)
	if !maps.EqualFunc(a, b, slices.Equal) {
		t.Errorf("SQLite has %v,\nPostgreSQL %v", a, b)
	}
	if a, b := indexes(t, sqlite), indexes(t, postgres); !slices.Equal(a, b) {
		t.Errorf("SQLite has %v,\nPostgreSQL %v", a, b)
	}
}

// TestMigratingAgainChangesNothing, with content in the tables.
func TestMigratingAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		remember(t, d, "C", "kept")
		before, err := d.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		schema := fmt.Sprint(columns(t, d), indexes(t, d))
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := d.Version(t.Context())
		if err != nil || after != before || fmt.Sprint(columns(t, d), indexes(t, d)) != schema {
			t.Errorf("version %d became %d, %v", before, after, err)
		}
		if got := slugs(t, d, "C"); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("the content became %q", got)
		}
	})
}

// TestNodesStartAtOnce: several nodes may migrate an empty database.
func TestNodesStartAtOnce(t *testing.T) {
	address := dbtest.PostgreSQLAddress(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			d, err := db.Open(t.Context(), "", address)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			defer d.Close()
			if err := d.Migrate(t.Context()); err != nil {
				t.Errorf("migrate: %v", err)
			}
		})
	}
	wait.Wait()
}
