package spatial

import (
	"database/sql"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/ref"
)

func TestSplit(t *testing.T) {
	for id, want := range map[string]string{
		"country:fr": "country fr", "fr:commune:2A004": "fr:commune 2A004", "country-subset:fr:metro": "country-subset fr:metro",
		"fr:commune:75056@1942-01-01": "fr:commune 75056", "fr:iris:751010101": "fr:iris 751010101",
		"": "", "fr": "", ":": "", "fr:": "", "fr:region:": "", "a:b\x00": "", "a:é": "", "a:" + strings.Repeat("b", maxID): "", "a b:c": "",
	} {
		level, code, ok := Split(id)
		if got := strings.TrimSpace(level + " " + code); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", id, got, ok)
		}
	}
}

// TestBuiltin looks at the table that is part of the program.
func TestBuiltin(t *testing.T) {
	levels, zones := builtin()
	known, seen, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, l := range levels {
		known[l.ID] = true
	}
	for _, z := range zones {
		level, code, ok := Split(z.ID)
		if !ok || level != z.Level || code != z.Code || !known[level] || seen[z.ID] || z.Name == "" || z.Slug == "" || z.NameEN == z.Name {
			t.Errorf("%+v", z)
		}
		seen[z.ID] = true
		count[level]++
	}
	for level, want := range map[string]int{"country-group": 2, "country-subset": 3, "fr:region": 18, "fr:departement": 101 + 7, "country": 237} {
		if count[level] != want {
			t.Errorf("%d of %s, want %d", count[level], level, want)
		}
	}
	if len(levels) != len(count) {
		t.Errorf("levels %v for zones of %v", levels, count)
	}
}

func TestNames(t *testing.T) {
	z := Zone{Name: "Allemagne", NameEN: "Germany"}
	for lang, want := range map[i18n.Lang]string{i18n.Fr: "Allemagne", i18n.En: "Germany", "": "Germany", i18n.De: "Germany"} {
		if got := z.name(lang); got != want {
			t.Errorf("%q: %s", lang, got)
		}
	}
	if got := (&Zone{Name: "Country"}).name(i18n.Fr); got != "Pays" {
		t.Errorf("a name that is a message: %s", got)
	}
}

func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d, ref.NewRegistry())
		write := func(f func(tx *sql.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		count := func(table string) (n int) {
			t.Helper()
			if err := d.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		levels, zones := builtin()
		for range 2 { // the second time there is something already
			if err := s.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			if count("geo_level") != len(levels) || count("geo_zone") != len(zones) {
				t.Fatal("not what is built in")
			}
		}
		// More zones, of a level that is known by name and of one that is not.
		more := []Zone{
			{ID: "pt:distrito:11", Name: "an earlier line of the same file"},
			{ID: "fr:commune:75056", Name: "Paris", URI: "http://id.insee.fr/geo/commune/x", Geom: []byte(`{"type":"Point","coordinates":[2,48]}`)},
			{ID: "pt:distrito:11", Name: "Lisboa"},
			{ID: "fr:region:53", Name: "Breizh"},
		}
		for range 2 {
			write(func(tx *sql.Tx) error { return s.Import(t.Context(), tx, more) })
		}
		if got := count("geo_zone"); got != len(zones)+2 {
			t.Errorf("%d zones", got)
		}
		got, err := zonesByIDs(t.Context(), d.Read(), []string{"fr:commune:75056", "pt:distrito:11", "fr:region:53", "x"})
		if err != nil || len(got) != 3 || got["fr:commune:75056"].Level != "fr:commune" || string(got["fr:commune:75056"].Geom) != string(more[1].Geom) ||
			got["pt:distrito:11"].Slug != "lisboa" || got["pt:distrito:11"].Code != "11" || got["fr:region:53"].Name != "Breizh" {
			t.Errorf("got %v, %v", got, err)
		}
		// A portal with a list of its own keeps that alone.
		write(func(tx *sql.Tx) error {
			if err := s.ImportLevels(t.Context(), tx, []Level{{ID: "fr:commune", Name: "Town"}}); err != nil {
				return err
			}
			return s.Replace(t.Context(), tx)
		})
		list, err := allLevels(t.Context(), d.Read())
		if err != nil || count("geo_zone") != 3 {
			t.Errorf("%d zones are left, %v", count("geo_zone"), err)
		}
		var names []string
		for _, l := range list {
			names = append(names, l.ID+" "+l.Name)
		}
		if got, want := strings.Join(names, ", "), "fr:region French region, fr:commune Town, pt:distrito pt:distrito"; got != want {
			t.Errorf("levels %s, want %s", got, want)
		}
		found, err := zonesLike(t.Context(), d.Read(), "PAR", 10)
		if err != nil || len(found) != 1 || found[0].ID != "fr:commune:75056" {
			t.Errorf("found %v, %v", found, err)
		}
		if found, err := zonesLike(t.Context(), d.Read(), "%\x00_", 10); err != nil || len(found) != 0 {
			t.Errorf("found %v, %v", found, err)
		}
	})
}
