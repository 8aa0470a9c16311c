package keep_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/wire"
)

const room = 1 << 20

func write(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func addLicense(t *testing.T, d *db.DB, oid, title string, created int64) {
	t.Helper()
	write(t, d, "INSERT INTO license (id, title, created_at, doc) VALUES ($1, $2, $3, '{}')", oid, title, created)
}

// TestListsModel writes at random and holds each page of each list against what
// the database answers at that moment.
func TestListsModel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 1))
		lists := keep.New(d, clock.System, room).Lists
		var none *keep.Lists
		now := time.Now()
		oids := make([]string, 30)
		for i := range oids {
			oids[i] = id.New(now)
		}
		there := map[string]bool{}
		for step := range 150 {
			oid := oids[r.IntN(len(oids))]
			title := strings.Repeat("x", r.IntN(4))
			switch {
			case !there[oid]:
				addLicense(t, d, oid, title, int64(r.IntN(5)))
				there[oid] = true
			case r.IntN(4) == 0:
				write(t, d, "DELETE FROM license WHERE id = $1", oid)
				there[oid] = false
			default:
				write(t, d, "UPDATE license SET title = $1, created_at = $2 WHERE id = $3", title, r.IntN(5), oid)
			}
			for _, q := range []keep.List{
				{},
				{Descending: true},
				{Key: "length(l.title)"},
				{Key: "length(l.title)", Descending: true},
				{Key: "l.title", Text: true},
				{Key: "l.title", Text: true, Descending: true},
				{Personal: true},
			} {
				q.Class, q.Table, q.Where = "License", "license l", &db.Where{}
				if step%2 == 0 {
					q.Where.And("l.title <> ?", "x")
				}
				limit, offset := r.IntN(7), r.IntN(9)
				if limit == 0 {
					offset = 0
				}
				got, total, err := lists.Page(t.Context(), d, q, limit, offset)
				if err != nil {
					t.Fatal(err)
				}
				want, wantTotal, err := none.Page(t.Context(), d, q, limit, offset)
				if err != nil {
					t.Fatal(err)
				}
				if total != wantTotal || !slices.Equal(got, want) {
					t.Fatalf("step %d, %+v, %d from %d: got %v of %d, want %v of %d", step, q, limit, offset, got, total, want, wantTotal)
				}
			}
		}
	})
}

// A list is not read again when what was touched is not in it, nor when a few
// of its objects were.
func TestListsStatements(t *testing.T) {
	d := dbtest.SQLite(t)
	lists := keep.New(d, clock.System, room).Lists
	oid := id.New(time.Now())
	for i := range 50 {
		addLicense(t, d, id.New(time.Now()), "x", int64(i))
	}
	addLicense(t, d, oid, "x", 7)
	page := func(limit, offset int) int64 {
		t.Helper()
		before := d.Statements()
		q := keep.List{Class: "License", Table: "license l", Where: &db.Where{}, Descending: true}
		if _, total, err := lists.Page(t.Context(), d, q, limit, offset); err != nil || total != 51 {
			t.Fatalf("total %d, %v", total, err)
		}
		return d.Statements() - before
	}
	if n := page(20, 0); n != 1 {
		t.Errorf("the first page took %d statements", n)
	}
	if n := page(5, 40) + page(1000, 0) + page(0, 0); n != 0 {
		t.Errorf("further pages took %d statements", n)
	}
	write(t, d, "UPDATE license SET title = 'y' WHERE id = $1", oid)
	if n := page(20, 20); n != 1 {
		t.Errorf("after a change: %d statements", n)
	}
	write(t, d, "INSERT INTO contact_point (id, name, doc) VALUES ('a', 'a', '{}')")
	if n := page(20, 20); n != 0 {
		t.Errorf("after a change elsewhere: %d statements", n)
	}
}

// Ids of another kind are left to the database.
func TestListsOfOtherIDs(t *testing.T) {
	d := dbtest.SQLite(t)
	lists := keep.New(d, clock.System, room).Lists
	addLicense(t, d, "fr-lo", "x", 1)
	addLicense(t, d, id.New(time.Now()), "x", 2)
	for range 2 {
		got, total, err := lists.Page(t.Context(), d, keep.List{Class: "License", Table: "license l", Where: &db.Where{}}, 1, 0)
		if err != nil || total != 2 || len(got) != 1 || got[0] != "fr-lo" {
			t.Errorf("%v of %d, %v", got, total, err)
		}
	}
}

func TestForms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Now()
		forms := keep.New(d, func() time.Time { return now }, room).Forms
		addLicense(t, d, "a", "A", 1)
		addLicense(t, d, "b", "B", 1)
		addLicense(t, d, "c", "C", 1)
		rendered := 0
		// Each form holds the title of "c" too.
		get := func(ids ...string) string {
			t.Helper()
			list, err := forms.Of(t.Context(), "License", "test ", ids, func(ctx context.Context, ids []string) (map[string]wire.Fragment, error) {
				rendered += len(ids)
				found := map[string]wire.Fragment{}
				title := func(oid string) (s string) {
					_ = d.Read().QueryRowContext(ctx, "SELECT title FROM license WHERE id = $1", oid).Scan(&s)
					return s
				}
				keep.Mention(ctx, "License", "c")
				for _, oid := range ids {
					if s := title(oid); s != "" {
						found[oid] = wire.Fragment{Text: []byte(s + title("c"))}
					}
				}
				return found, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, f := range list {
				out = append(out, string(f.Text))
			}
			return strings.Join(out, " ")
		}
		check := func(what, got, want string, times int) {
			t.Helper()
			if got != want || rendered != times {
				t.Errorf("%s: %q, rendered %d; want %q, rendered %d", what, got, rendered, want, times)
			}
			rendered = 0
		}
		check("the first time", get("b", "a", "nobody"), "BC AC", 3)
		check("again", get("a", "b"), "AC BC", 0)
		write(t, d, "UPDATE license SET title = 'Z' WHERE id = 'a'")
		check("one changed", get("a", "b"), "ZC BC", 1)
		write(t, d, "UPDATE license SET title = 'X' WHERE id = 'c'")
		check("what they are made of changed", get("a", "b"), "ZX BX", 2)
		write(t, d, "DELETE FROM license WHERE id = 'b'")
		check("one is gone", get("a", "b"), "ZX", 1)
		now = now.Add(time.Minute)
		check("a minute later", get("a"), "ZX", 1)
	})
}

func TestSeen(t *testing.T) {
	d := dbtest.SQLite(t)
	forms := keep.New(d, clock.System, room).Forms
	addLicense(t, d, "a", "A", 1)
	loads, public := 0, "a"
	seen := func() string {
		shown, known, err := forms.Seen(t.Context(), "License", "the-a", func() (string, error) { loads++; return public, nil })
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s %t %d", shown, known, loads)
	}
	for _, want := range []string{"false 1", "a true 1"} {
		if got := strings.TrimSpace(seen()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	public = "" // it became private
	write(t, d, "UPDATE license SET title = 'Z' WHERE id = 'a'")
	for _, want := range []string{"false 2", "false 3"} {
		if got := strings.TrimSpace(seen()); got != want {
			t.Errorf("after it was hidden: %q, want %q", got, want)
		}
	}
}
