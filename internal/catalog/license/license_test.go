package license

import (
	"database/sql"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/slug"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d)
		lov2 := &License{
			ID: "lov2", Title: "Licence Ouverte", CreatedAt: time.Date(2026, 11, 24, 1, 44, 44, 963e6, time.UTC),
			Doc: Doc{
				Slug: "licence-ouverte", URL: "https://example.org/", Maintainer: "Etalab", Flags: []string{"a"},
				AlternateTitles: []string{"LO 2"}, AlternateURLs: []string{"https://example.org/lo2"}, Inactive: true,
			},
		}
		write := func(f func(tx *sql.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *sql.Tx) error {
			return s.Import(t.Context(), tx, &License{ID: "lov2", Title: "of a first run"})
		})
		write(func(tx *sql.Tx) error { return s.Import(t.Context(), tx, lov2) })
		// The built-in ones take nothing away from what a portal has.
		for range 2 {
			write(func(tx *sql.Tx) error { return InsertMany(t.Context(), tx, Builtin) })
		}
		got, err := s.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(Builtin) {
			t.Errorf("%d licences, want %d", len(got), len(Builtin))
		}
		for _, l := range got {
			if l.ID == "lov2" && !reflect.DeepEqual(l, *lov2) {
				t.Errorf("got %+v", l)
			}
			if l.ID == "cc-by" && (l.Doc.URL != "https://creativecommons.org/licenses/by/4.0/" || !l.CreatedAt.IsZero()) {
				t.Errorf("got %+v", l)
			}
		}
	})
}

func TestBuiltin(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range Builtin {
		if seen[l.ID] || l.ID == "" || l.ID != strings.ToLower(l.ID) {
			t.Errorf("the id %q", l.ID)
		}
		seen[l.ID] = true
		if want := slug.Make(l.Title); l.Doc.Slug != want {
			t.Errorf("%s has the slug %q, want %q", l.ID, l.Doc.Slug, want)
		}
		if u, err := url.Parse(l.Doc.URL); err != nil || l.Doc.URL != "" && u.Scheme != "https" {
			t.Errorf("%s has the address %q", l.ID, l.Doc.URL)
		}
	}
	for _, id := range []string{"lov2", "odc-odbl", "cc-by", "cc-by-sa", NotSpecified, "other-at"} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}
