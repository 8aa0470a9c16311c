package permalink_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/permalink"
)

// people is a table with slugs.
var people = permalink.Table{Name: "person", Class: "User"}

// oid is the n-th id.
func oid(n int) string { return fmt.Sprintf("5e%022d", n) }

func write(t *testing.T, d *db.DB, f func(tx *sql.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// call names a person.
func call(t *testing.T, d *db.DB, id, slug string) {
	t.Helper()
	write(t, d, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO person (id, slug, email, first_name, last_name, active, sysadmin, created_at,
			metric_datasets, metric_reuses, metric_followers, metric_following, metrics, doc, revision)
			VALUES ($1, $2, $3, '', '', true, false, 0, 0, 0, 0, 0, '{}', '{}', 1)
			ON CONFLICT (id) DO UPDATE SET slug = excluded.slug`, id, slug, id+"@example.org")
		return err
	})
}

func TestFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		longest, many := strings.Repeat("a", 255), strings.Repeat("b", 255)
		taken := []string{
			"bus", "bus-1", "bus-3", "bus-x", "bus-2x", "bus-map", "tram", "tram-1-1", "metro-01", "ferry-1",
			longest, longest[:253] + "-1", "user", "c-9999999999999999999999",
		}
		for i, slug := range append(taken, many) {
			call(t, d, oid(i), slug)
		}
		for i := range 9 {
			call(t, d, oid(100+i), many[:253]+fmt.Sprintf("-%d", i+1))
		}
		for _, c := range []struct{ title, self, want string }{
			{"Night bus", "", "night-bus"},
			{"Bus", "", "bus-2"},                       // the smallest that is free
			{"Bus", oid(0), "bus"},                     // one's own is free
			{"Bus", oid(1), "bus-1"},                   // and so is one's own number
			{"Bus", oid(3), "bus-2"},                   // bus-x is no number
			{"BÚS!", "", "bus-2"},                      // however it is written
			{"Bus 1", "", "bus-1-1"},                   //
			{"Tram", "", "tram-1"},                     // tram-1-1 is another one's
			{"Metro", "", "metro"},                     //
			{"Ferry", "", "ferry"},                     // a number alone takes no name
			{longest, "", longest[:253] + "-2"},        // the base makes room
			{many, "", many[:252] + "-10"},             // and more room
			{longest + " b", "", longest[:253] + "-2"}, // what is cut is not kept apart
			{strings.Repeat("d", 255), "", strings.Repeat("d", 255)},
			{"★", "", "user-1"},
			{"", "", "user-1"},
			{"★", oid(12), "user"},
			{"c", "", "c"},
		} {
			got, err := people.Free(t.Context(), d.Read(), c.title, "user", c.self)
			if err != nil || got != c.want {
				t.Errorf("%.20q for %q: %.300q, %v, want %.300q", c.title, c.self, got, err, c.want)
			}
		}
	})
}

func TestResolve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		// The last one is called like the id of another.
		for i, slug := range []string{"bus", "tram", "day-bus", "", oid(1)} {
			call(t, d, oid(i), slug)
		}
		remember := func(table permalink.Table, old string, n int) {
			write(t, d, func(tx *sql.Tx) error { return table.Remember(t.Context(), tx, old, oid(n)) })
		}
		remember(people, "omnibus", 0)
		remember(people, "tram", 0) // another has the name now
		remember(people, "shared", 0)
		remember(people, "shared", 1) // the last one who left it
		remember(people, "lost", 99)  // nobody has that id
		remember(people, "Ünïcode", 2)
		remember(permalink.Table{Name: "reuse", Class: "Reuse"}, "a-reuse", 0)
		for _, c := range []struct{ key, want, moved string }{
			{oid(0), oid(0), ""},
			{strings.ToUpper(oid(0)), oid(0), ""},
			{oid(1), oid(1), ""}, // an id comes before a slug
			{"bus", oid(0), ""},
			{"BUS", oid(0), "bus"},
			{"Bus!", oid(0), "bus"},
			{" bús ", oid(0), "bus"},
			{"Day bus", oid(2), "day-bus"},
			{"tram", oid(1), ""},
			{"omnibus", oid(0), "bus"},
			{"shared", oid(1), "tram"},
			{"Ünïcode", oid(2), "day-bus"},
			{"lost", "", ""},
			{"a-reuse", "", ""},
			{oid(77), "", ""},
			{"no such name", "", ""},
			{"", "", ""},
			{"bus%", oid(0), "bus"},
			{"b_s", "", ""},
			{"b\x00us", "", ""},
			{"bus\xff", "", ""},
			{"\xed\xa0\x80", "", ""},
			{strings.Repeat("bus", 100_000), "", ""},
		} {
			got, moved, err := resolve(t, d, c.key)
			if c.want == "" {
				if !errs.Is(err, 404) {
					t.Errorf("%.20q: %q, %q, %v, want nothing", c.key, got, moved, err)
				}
				continue
			}
			if err != nil || got != c.want || moved != c.moved {
				t.Errorf("%q: %q, %q, %v, want %q, %q", c.key, got, moved, err, c.want, c.moved)
			}
		}
	})
}

// TestResolveAfterRenames follows an object through its names.
func TestResolveAfterRenames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		names := []string{"a", "b", "c", "a"}
		for i, name := range names {
			if i > 0 {
				write(t, d, func(tx *sql.Tx) error { return people.Remember(t.Context(), tx, names[i-1], oid(1)) })
			}
			call(t, d, oid(1), name)
			for _, old := range names[:i+1] {
				want := name
				if old == name {
					want = ""
				}
				got, moved, err := resolve(t, d, old)
				if err != nil || got != oid(1) || moved != want {
					t.Errorf("called %q, %q leads to %q, %q, %v", name, old, got, moved, err)
				}
			}
		}
	})
}

// resolve follows a key to its object; moved is the current slug when the key
// is another.
func resolve(t *testing.T, d *db.DB, key string) (object, moved string, err error) {
	t.Helper()
	object, err = people.Resolve(t.Context(), d.Read(), key)
	if e := errs.As(err); e != nil && e.Location != "" {
		moved = e.Location
		object, err = people.Resolve(t.Context(), d.Read(), moved)
	}
	return object, moved, err
}
