package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

func addLicense(ctx context.Context, tx *sql.Tx, oid string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO license (id, title, doc) VALUES ($1, 'x', '{}')", oid)
	return err
}

func stamp(t *testing.T, d *db.DB) uint64 {
	t.Helper()
	s, err := d.Stamp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStamp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		first := stamp(t, d)
		if again := stamp(t, d); again != first {
			t.Errorf("without a write: %d, then %d", first, again)
		}
		write := func(f func(tx *sql.Tx) error) {
			t.Helper()
			if err := d.Write(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *sql.Tx) error { return addLicense(ctx, tx, "a") })
		second := stamp(t, d)
		if second == first {
			t.Error("a write moves nothing")
		}
		if ids, known := d.Touched(first, "License"); !known || !slices.Equal(ids, []string{"a"}) {
			t.Errorf("touched since the first stamp: %v, %v", ids, known)
		}
		if d.Untouched(first, []db.Object{{Class: "License", ID: "a"}}) || !d.Untouched(second, []db.Object{{Class: "License", ID: "a"}}) ||
			!d.Untouched(first, []db.Object{{Class: "License", ID: "b"}, {Class: "Reuse", ID: "a"}}) {
			t.Error("another object was touched than the one")
		}

		// Nothing that is not durable.
		bad := errors.New("no")
		if err := d.Write(ctx, func(tx *sql.Tx) error { return errors.Join(addLicense(ctx, tx, "b"), bad) }); !errors.Is(err, bad) {
			t.Fatal(err)
		}
		if ids, _ := d.Touched(second, "License"); stamp(t, d) != second || len(ids) > 0 {
			t.Errorf("a write that failed touched %v", ids)
		}

		// What no answer shows moves nothing, but is not forgotten either.
		if err := d.WriteAside(ctx, func(tx *sql.Tx) error { return addLicense(ctx, tx, "c") }); err != nil {
			t.Fatal(err)
		}
		if stamp(t, d) != second {
			t.Error("a write aside moves the generation")
		}
		write(func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE license SET title = 'y' WHERE id = 'a'")
			return err
		})
		stamp(t, d)
		ids, _ := d.Touched(second, "License")
		slices.Sort(ids)
		if !slices.Equal(ids, []string{"a", "c"}) {
			t.Errorf("touched: %v", ids)
		}
		third := stamp(t, d)
		write(func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM license WHERE id = 'a'")
			return err
		})
		stamp(t, d)
		if ids, _ := d.Touched(third, "License"); !slices.Equal(ids, []string{"a"}) {
			t.Errorf("deleted: %v", ids)
		}
	})
}

// What belonged to one and belongs to another now touches both.
func TestTouchedSides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		do := func(statements ...string) {
			t.Helper()
			err := d.Write(ctx, func(tx *sql.Tx) error {
				for _, s := range statements {
					if _, err := tx.ExecContext(ctx, s); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		do(`INSERT INTO community_resource (id, dataset, title, title_plain, url, created_at, last_modified, doc, revision)
			VALUES ('c', 'a', '', '', '', 0, 0, '{}', 1), ('d', NULL, '', '', '', 0, 0, '{}', 1)`)
		before := stamp(t, d)
		do("UPDATE community_resource SET dataset = 'b'")
		stamp(t, d)
		ids, _ := d.Touched(before, "Dataset")
		slices.Sort(ids)
		if !slices.Equal(slices.Compact(ids), []string{"a", "b"}) {
			t.Errorf("touched: %v", ids)
		}
	})
}

// Another process sees a write within a second, and what it touched.
func TestStampOfOthers(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (a, b *db.DB){
		"sqlite": func(t *testing.T) (a, b *db.DB) {
			dir := t.TempDir()
			return both(t, func() (*db.DB, error) { return db.Open(t.Context(), dir, "") })
		},
		"postgresql": func(t *testing.T) (a, b *db.DB) {
			address := dbtest.PostgreSQLAddress(t)
			return both(t, func() (*db.DB, error) { return db.Open(t.Context(), "", address) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t)
			ctx := t.Context()
			before := stamp(t, b)
			if err := a.Write(ctx, func(tx *sql.Tx) error { return addLicense(ctx, tx, "a") }); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if stamp(t, b) == before {
				t.Error("a second later, nothing is known of the write")
			}
			if ids, known := b.Touched(before, "License"); !known || !slices.Equal(ids, []string{"a"}) {
				t.Errorf("touched: %v, %v", ids, known)
			}
		})
	}
}

func both(t *testing.T, open func() (*db.DB, error)) (a, b *db.DB) {
	t.Helper()
	var list [2]*db.DB
	for i := range list {
		d, err := open()
		if err == nil {
			err = d.Migrate(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		list[i] = d
	}
	return list[0], list[1]
}

// The database forgets what was touched long ago; who has not looked since
// must take everything for touched.
func TestTouchedForgets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		before := stamp(t, d)
		err := d.Write(ctx, func(tx *sql.Tx) error {
			for i := range 3 {
				if err := addLicense(ctx, tx, fmt.Sprint("l", i)); err != nil {
					return err
				}
			}
			// As if this had been many generations ago.
			_, err := tx.ExecContext(ctx, "UPDATE generation SET n = n + 9727 - (n % 512)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *sql.Tx) error { return addLicense(ctx, tx, "new") }); err != nil {
			t.Fatal(err)
		}
		var old int
		if err := d.Read().QueryRowContext(ctx, "SELECT count(*) FROM touched WHERE object LIKE 'l%'").Scan(&old); err != nil || old != 0 {
			t.Errorf("%d rows are remembered, %v", old, err)
		}
		stamp(t, d)
		if _, known := d.Touched(before, "License"); known || d.Untouched(before, nil) {
			t.Error("what was forgotten is taken for known")
		}
	})
}
