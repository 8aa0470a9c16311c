package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

func TestWhere(t *testing.T) {
	w := &db.Where{}
	if w.String() != "" || w.Args() != nil {
		t.Errorf("nothing asked is %q, %v", w.String(), w.Args())
	}
	w.And("a = ?", 1)
	w.And("NOT b")
	w.And("(c = ? OR d IN (?, ?))", "x", "y", "z")
	limit := w.Arg(20)
	w.And("e LIKE ? ESCAPE '?'", "%") // a mark that is no parameter follows
	if got := w.String() + " LIMIT " + limit; got != " WHERE a = $1 AND NOT b AND (c = $2 OR d IN ($3, $4)) AND e LIKE $6 ESCAPE '?' LIMIT $5" {
		t.Errorf("the condition is %q", got)
	}
	if got := fmt.Sprint(w.Args()); got != "[1 x y z 20 %]" {
		t.Errorf("the arguments are %s", got)
	}
}

func TestIn(t *testing.T) {
	for _, c := range []struct {
		first int
		list  []string
		want  string
	}{{1, nil, "(NULL)"}, {1, []string{"a"}, "($1)"}, {3, []string{"a", "b", "a"}, "($3,$4,$5)"}} {
		got, args := db.In(c.first, c.list)
		if got != c.want || len(args) != len(c.list) {
			t.Errorf("%q from %d: %q, %v", c.list, c.first, got, args)
		}
	}
	for _, c := range []struct {
		rows, cols int
		want       string
	}{{1, 1, "($1)"}, {2, 3, "($1,$2,$3),($4,$5,$6)"}, {0, 3, ""}} {
		if got := db.Values(c.rows, c.cols); got != c.want {
			t.Errorf("%d rows of %d: %q", c.rows, c.cols, got)
		}
	}
}

// slugs reads the slugs of a class, in order.
func slugs(t *testing.T, d *db.DB, class string) []string {
	t.Helper()
	got, err := db.Strings(t.Context(), d.Read(), "SELECT slug FROM old_slug WHERE class = $1 ORDER BY slug", class)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// remember writes slugs of a class.
func remember(t *testing.T, d *db.DB, class string, slugs ...string) {
	t.Helper()
	var rows [][]any
	for _, s := range slugs {
		rows = append(rows, []any{class, s, "o"})
	}
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		return db.InsertMany(t.Context(), tx, "old_slug (class, slug, object)", rows, "")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsInAnEmptyList: "(NULL)" is no syntax error and finds nothing.
func TestNothingIsInAnEmptyList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		remember(t, d, "C", "a")
		in, args := db.In(1, nil)
		got, err := db.Strings(t.Context(), d.Read(), "SELECT slug FROM old_slug WHERE slug IN "+in, args...)
		if err != nil || len(got) != 0 {
			t.Errorf("found %q, %v", got, err)
		}
	})
}

// TestInsertMany writes more than a statement of either engine takes.
func TestInsertMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 25_000 // of three columns: over the 65 535 of PostgreSQL
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{"C", fmt.Sprintf("%06d", i), "o"}
		}
		insert := func(rows [][]any, tail string) error {
			return d.Write(t.Context(), func(tx *sql.Tx) error {
				return db.InsertMany(t.Context(), tx, "old_slug (class, slug, object)", rows, tail)
			})
		}
		if err := insert(rows, ""); err != nil {
			t.Fatal(err)
		}
		got := slugs(t, d, "C")
		if len(got) != n || got[0] != "000000" || got[n-1] != "024999" {
			t.Errorf("%d rows, from %q to %q", len(got), got[0], got[len(got)-1])
		}
		if err := insert(rows[:3], ""); !db.IsUnique(err, "slug") {
			t.Errorf("again: %v", err)
		}
		if err := insert(append(rows[:3:3], []any{"D", "x", "o"}), "ON CONFLICT DO NOTHING"); err != nil || len(slugs(t, d, "D")) != 1 {
			t.Errorf("again with a tail: %v", err)
		}
		if err := insert(nil, "no SQL"); err != nil {
			t.Errorf("nothing: %v", err)
		}
	})
}

// TestLike: what a person types is found as it stands.
func TestLike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		remember(t, d, "C", "100%", "100_", "1000", `a\b`, "a/b", "é")
		for word, want := range map[string][]string{
			"100%": {"100%"}, "100_": {"100_"}, "100": {"100%", "1000", "100_"}, `\`: {`a\b`}, "/": {"a/b"}, "é": {"é"}, "%%": nil, "'": nil,
		} {
			got, err := db.Strings(t.Context(), d.Read(), `SELECT slug FROM old_slug WHERE slug LIKE $1 ESCAPE '\' ORDER BY slug`, "%"+db.Like(word)+"%")
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q finds %q, %v, want %q", word, got, err, want)
			}
		}
	})
}

// TestTextIsSortedByItsBytes, as MongoDB does, whatever the machine's locale.
func TestTextIsSortedByItsBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := []string{" z", "-a", "B", "Z", "_", "a", "a b", "a-b", "ab", "z", "É", "é", "日", "🚌"}
		remember(t, d, "C", "é", "Z", "a", "B", "z", "É", "a-b", "ab", "a b", "_", "-a", " z", "日", "🚌")
		if got := slugs(t, d, "C"); !slices.Equal(got, want) {
			t.Errorf("the order is %q", got)
		}
	})
}

// TestNulls: what is nothing in Go is NULL in SQL, and back.
func TestNulls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)
		for _, c := range []struct {
			at   time.Time
			text string
		}{{time.Time{}, ""}, {at, "a"}, {time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), "é"}} {
			gotTime, gotText := time.Now(), "before"
			row := d.Read().QueryRowContext(t.Context(), "SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT)", db.Micros(c.at), db.Null(c.text))
			if err := row.Scan(db.Time{T: &gotTime}, db.Text{S: &gotText}); err != nil {
				t.Fatal(err)
			}
			if !gotTime.Equal(c.at) || gotText != c.text || (!c.at.IsZero() && gotTime.Location() != time.UTC) {
				t.Errorf("%v, %q came back as %v, %q", c.at, c.text, gotTime, gotText)
			}
		}
	})
	var at time.Time
	if err := (db.Time{T: &at}).Scan("no number"); err == nil {
		t.Error("a text is an instant")
	}
}

// TestEach gives up at the first error, of the query or of the caller.
func TestEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		remember(t, d, "C", "a", "b", "c")
		stop, seen := errors.New("stop"), 0
		err := db.Each(t.Context(), d.Read(), "SELECT slug FROM old_slug", nil, func(*sql.Rows) error {
			seen++
			return stop
		})
		if err != stop || seen != 1 {
			t.Errorf("%d rows, %v", seen, err)
		}
		if err := db.Each(t.Context(), d.Read(), "SELECT no_such_column FROM old_slug", nil, nil); err == nil || !strings.Contains(err.Error(), "no_such_column") {
			t.Errorf("a bad query: %v", err)
		}
		if _, err := db.Strings(t.Context(), d.Read(), "SELECT NULL"); err == nil {
			t.Error("NULL is a text")
		}
	})
}
