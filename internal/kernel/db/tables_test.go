package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

// TestTables: a copy can hold each version of the schema, and each table comes
// after those that it names.
func TestTables(t *testing.T) {
	latest, err := db.Latest()
	if err != nil || latest < 12 {
		t.Fatal(latest, err)
	}
	for version := int64(1); version <= latest; version++ {
		tables, err := db.Tables(t.Context(), version)
		if err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		seen := map[string]bool{}
		for _, table := range tables {
			for _, parent := range table.Parents {
				if !seen[parent] {
					t.Errorf("version %d: %s comes before %s", version, table.Name, parent)
				}
			}
			seen[table.Name] = true
			if len(table.Key) == 0 || len(table.Columns) == 0 {
				t.Errorf("version %d: %+v", version, table)
			}
		}
		if !seen["reuse"] || !seen["event"] || seen["goose_db_version"] {
			t.Errorf("version %d: there are %v", version, seen)
		}
	}
	tables, err := db.Tables(t.Context(), latest)
	if err != nil {
		t.Fatal(err)
	}
	// What triggers write when other tables are filled.
	if last := tables[len(tables)-1].Name; last != "touched" {
		t.Errorf("the last table is %s", last)
	}
	all := columns(t, dbtest.SQLite(t))
	if len(tables) != len(all) {
		t.Errorf("%d tables; the database has %d", len(tables), len(all))
	}
	for _, table := range tables {
		var names []string
		for _, c := range table.Columns {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, all[table.Name]) {
			t.Errorf("%s has %v, want %v", table.Name, names, all[table.Name])
		}
	}
}

func tableOf(t *testing.T, name string) db.Table {
	t.Helper()
	latest, err := db.Latest()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := db.Tables(t.Context(), latest)
	if err != nil {
		t.Fatal(err)
	}
	return tables[slices.IndexFunc(tables, func(x db.Table) bool { return x.Name == name })]
}

func dump(t *testing.T, d *db.DB, table db.Table) ([]string, db.Sum) {
	t.Helper()
	var lines []string
	sum, err := d.Dump(t.Context(), d.Read(), table, func(line []byte) error {
		lines = append(lines, string(line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, sum
}

func load(ctx context.Context, d *db.DB, table db.Table, lines []string) (sum db.Sum, err error) {
	err = d.Fill(ctx, func(tx *sql.Tx) error {
		l, err := db.Load(ctx, tx, table)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if err := l.Add([]byte(line)); err != nil {
				return err
			}
		}
		sum, err = l.End()
		return err
	})
	return sum, err
}

// TestDumpIsTheSameOnBothEngines, in the same order, and comes back as it was.
func TestDumpIsTheSameOnBothEngines(t *testing.T) {
	slugs, events := tableOf(t, "old_slug"), tableOf(t, "event")
	texts := []string{"", " ", "a", "B", "é", "É", "-", "_", "<b>&amp;\"'", "two\r\nlines\t", "\u2028\u2029", "😀", "日本", `\u0041\`, "%", strings.Repeat("long ", 50_000)}
	var sums []db.Sum
	var dumps [][]string
	for _, d := range []*db.DB{dbtest.SQLite(t), dbtest.PostgreSQL(t)} {
		var rows, facts [][]any
		for i, text := range texts {
			rows = append(rows, []any{"C", fmt.Sprintf("%s/%d", text[:min(len(text), 100)], i), text[:min(len(text), 100)]})
			n := (1<<63 - 1) / int64(len(texts)) * int64(i+1)
			facts = append(facts, []any{n, -n, "k", "C", "o", db.Null(text[:min(len(text), 100)]), text, i%2 == 0})
		}
		err := d.Write(t.Context(), func(tx *sql.Tx) error {
			if err := db.InsertMany(t.Context(), tx, "old_slug (class, slug, object)", rows, ""); err != nil {
				return err
			}
			return db.InsertMany(t.Context(), tx, "event (seq, at, key, class, object, actor, changes, hidden)", facts, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []db.Table{slugs, events} {
			lines, sum := dump(t, d, table)
			if sum.Rows != int64(len(texts)) {
				t.Errorf("%s: %+v", table.Name, sum)
			}
			back, err := load(t.Context(), d, table, lines)
			if again, sum := dump(t, d, table); err != nil || back != sum || !slices.Equal(lines, again) {
				t.Errorf("%s of %s came back as others: %v", table.Name, d.Dialect, err)
			}
			sums, dumps = append(sums, sum), append(dumps, lines)
		}
	}
	if sums[0] != sums[2] || sums[1] != sums[3] {
		t.Errorf("the sums are %v;\n%.300q\n%.300q", sums, dumps[0], dumps[2])
	}
}

// TestBadLines are refused, and what was there stays.
func TestBadLines(t *testing.T) {
	table := tableOf(t, "event")
	good := `[1,2,"k","C","o",null,null,"[]",null,true,null]` + "\n"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := load(t.Context(), d, table, []string{good}); err != nil {
			t.Fatal(err)
		}
		before, _ := dump(t, d, table)
		for _, bad := range []string{
			"", "{}", "[1]", "[1,2", strings.Replace(good, "1", `"1"`, 1), strings.Replace(good, "1", "1.5", 1), strings.Replace(good, "1", "9223372036854775808", 1),
			strings.Replace(good, "true", "1", 1), strings.Replace(good, `"k"`, "7", 1), strings.Replace(good, `"k"`, "[]", 1), strings.Replace(good, `"k"`, "null", 1),
		} {
			if _, err := load(t.Context(), d, table, []string{strings.Replace(good, "1", "7", 1), bad}); err == nil {
				t.Errorf("%q is let in", bad)
			}
		}
		if after, _ := dump(t, d, table); !slices.Equal(before, after) {
			t.Errorf("it holds %q", after)
		}
	})
}

// TestStateAndClear: what is vacant, half a copy, or a portal.
func TestStateAndClear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want := func(want db.State) {
			t.Helper()
			if got, err := d.State(t.Context()); err != nil || got != want {
				t.Fatalf("the state is %d, %v; want %d", got, err, want)
			}
		}
		want(db.Vacant)
		if _, err := load(t.Context(), d, tableOf(t, "event"), []string{`[1,2,"k","C","o",null,null,"[]",null,true,null]` + "\n"}); err != nil {
			t.Fatal(err)
		}
		want(db.Inhabited)
		for range 2 {
			if err := d.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			want(db.Unfinished)
		}
		if err := d.Clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(db.Vacant)
		if version, err := d.Version(t.Context()); err != nil || version != 0 {
			t.Errorf("the version is %d, %v", version, err)
		}
		// Step by step to where it was.
		if err := d.MigrateTo(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		if version, err := d.Version(t.Context()); err != nil || version != 5 {
			t.Errorf("the version is %d, %v", version, err)
		}
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(db.Vacant)
		if err := d.End(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
