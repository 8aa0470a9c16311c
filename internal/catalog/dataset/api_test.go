package dataset

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

var actors = map[string]*auth.Actor{
	"owner":    {ID: "5e0000000000000000000002"},
	"stranger": {ID: "5e0000000000000000000003"},
	"member":   {ID: "5e0000000000000000000004", Memberships: map[string]auth.Role{"5e0000000000000000000065": auth.PartialEditor}},
	"editor":   {ID: "5e0000000000000000000005", Memberships: map[string]auth.Role{"5e0000000000000000000065": auth.Editor}},
	"sysadmin": {ID: "5e0000000000000000000001", Sysadmin: true},
}

func newServer(s *Service) http.Handler {
	server := api.NewServer(s.Routes())
	server.Clock = func() time.Time { return asked }
	server.Authenticate = func(_ context.Context, r *http.Request) (*auth.Actor, error) {
		return actors[r.Header.Get("X-Actor")], nil
	}
	return server
}

func get(h http.Handler, path, actor, fields string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("X-Actor", actor)
	if fields != "" {
		r.Header.Set("X-Fields", fields)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// sample returns a dataset of the organization or of the owner.
func sample(last string, change func(d *Dataset)) *Dataset {
	d := uploaded()
	d.ID = d.ID[:22] + last
	d.Slug, d.Organization, d.Owner = "slug-"+last, "5e0000000000000000000065", ""
	d.Resources[0].ID = "00000000-0000-4000-8000-0000000000" + last
	d.Resources[0].URL = "https://files.example.org/été " + last + ".csv"
	change(d)
	return d
}

func TestGet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		public := sample("01", func(*Dataset) {})
		private := sample("02", func(d *Dataset) { d.Private = true })
		deleted := sample("03", func(d *Dataset) { d.Deleted = asked })
		both := sample("04", func(d *Dataset) { d.Private, d.Deleted = true, asked })
		owned := sample("05", func(d *Dataset) { d.Private, d.Organization, d.Owner = true, "", actors["owner"].ID })
		archived := sample("06", func(d *Dataset) { d.Archived = asked })
		imported(t, d, s, public, private, deleted, both, owned, archived)
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return s.ImportOldSlug(t.Context(), tx, "old-slug", public.ID) }); err != nil {
			t.Fatal(err)
		}
		h := newServer(s)
		all := []string{"", "owner", "stranger", "member", "editor", "sysadmin"}
		for _, c := range []struct {
			name string
			d    *Dataset
			// status by the actors of all
			want [6]int
		}{
			{"public", public, [6]int{200, 200, 200, 200, 200, 200}},
			{"archived", archived, [6]int{200, 200, 200, 200, 200, 200}},
			{"private", private, [6]int{404, 404, 404, 200, 200, 200}},
			{"deleted", deleted, [6]int{410, 410, 410, 200, 200, 200}},
			{"private and deleted", both, [6]int{404, 404, 404, 200, 200, 200}},
			{"somebody's private", owned, [6]int{404, 200, 404, 404, 404, 200}},
		} {
			for i, actor := range all {
				for _, path := range []string{
					"/api/1/datasets/" + c.d.ID + "/", "/api/1/datasets/" + c.d.Slug, "/api/1/datasets/r/" + c.d.Resources[0].ID,
				} {
					want := c.want[i]
					if want == 200 && strings.Contains(path, "/r/") {
						want = 302
					}
					if got := get(h, path, actor, ""); got.Code != want {
						t.Errorf("%s, %q asks for %s: %d, want %d", c.name, actor, path, got.Code, want)
					}
				}
			}
		}
		if got := get(h, "/api/1/datasets/"+deleted.Slug+"/", "", "").Body.String(); got != `{"message":"Dataset has been deleted"}` {
			t.Errorf("deleted: %s", got)
		}
		for _, path := range []string{"/api/1/datasets/nothing/", "/api/1/datasets/5effffffffffffffffffffff/", "/api/1/datasets/%00/"} {
			if got := get(h, path, "sysadmin", ""); got.Code != 404 {
				t.Errorf("%s: %d", path, got.Code)
			}
		}
		if got := get(h, "/api/1/datasets/old-slug/?lang=fr", "", ""); got.Code != 308 || got.Header().Get("Location") != "/api/1/datasets/slug-01/?lang=fr" {
			t.Errorf("an old slug: %d to %q", got.Code, got.Header().Get("Location"))
		}
	})
}

func TestPermissions(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := newService(d)
	public := sample("01", func(*Dataset) {})
	imported(t, d, s, public)
	h := newServer(s)
	const none = `{"permissions":{"delete":false,"edit":false,"edit_resources":false}}`
	const full = `{"permissions":{"delete":true,"edit":true,"edit_resources":true}}`
	for actor, want := range map[string]string{"": none, "stranger": none, "member": none, "editor": full, "sysadmin": full} {
		if got := get(h, "/api/1/datasets/slug-01/", actor, "permissions").Body.String(); got != want {
			t.Errorf("%q: %s", actor, got)
		}
	}
}

func TestMask(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := newService(d)
	imported(t, d, s, complete())
	h := newServer(s)
	for fields, want := range map[string]string{
		"id,resources{id,checksum{value}}": `{"id":"5e00000000000000000000c9","resources":[{"checksum":null,"id":"11111111-1111-4111-8111-111111111111"},` +
			`{"checksum":{"value":"abc"},"id":"22222222-2222-4222-8222-222222222222"}]}`,
		"owner{id},contact_point{class}": `{"contact_point":{"class":"ContactPoint"},"owner":{"id":"5e0000000000000000000002"}}`,
		"harvest{issued_at,nothing}":     `{"harvest":{"issued_at":"2019-05-05T00:00:00+00:00"}}`,
	} {
		got := get(h, "/api/1/datasets/budget/", "sysadmin", fields)
		if got.Body.String() != want {
			t.Errorf("%s: %d %s", fields, got.Code, got.Body)
		}
	}
	if got := get(h, "/api/1/datasets/budget/", "sysadmin", "title{x}"); got.Code != 400 {
		t.Errorf("a mask on a text: %d", got.Code)
	}
}

func TestRedirect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		public := sample("01", func(*Dataset) {})
		// The same id in a dataset that nobody may see: the public one wins.
		twin := sample("00", func(d *Dataset) { d.Private = true })
		twin.Resources[0].ID = public.Resources[0].ID
		imported(t, d, s, twin, public)
		h := newServer(s)
		for _, path := range []string{"/api/1/datasets/r/00000000-0000-4000-8000-000000000001"} {
			got := get(h, path, "", "")
			if got.Code != 302 || got.Header().Get("Location") != "https://files.example.org/%C3%A9t%C3%A9%2001.csv" || got.Body.Len() > 0 {
				t.Errorf("%s: %d to %q, %s", path, got.Code, got.Header().Get("Location"), got.Body)
			}
		}
		got := get(h, "/api/1/datasets/r/00000000-0000-4000-8000-00000000ABCD", "", "")
		if got.Code != 404 || got.Body.String() != `{"message":"Resource not found"}` {
			t.Errorf("an unknown id: %d %s", got.Code, got.Body)
		}
		for _, path := range []string{"xxx", "%00%ff", "00000000-0000-4000-8000-00000000000g", "00000000-0000-4000-8000_000000000001"} {
			if got := get(h, "/api/1/datasets/r/"+path, "", ""); got.Code != 404 {
				t.Errorf("%s: %d", path, got.Code)
			}
		}
	})
}

func TestLocation(t *testing.T) {
	for address, want := range map[string]string{
		" https://example.org/a?b=c&d#e%20 ":  "https://example.org/a?b=c&d#e%20",
		"https://example.org/a\r\nX-Evil: 1":  "https://example.org/a%0D%0AX-Evil:%201",
		"https://example.org/a b\x7f\u00e9.c": "https://example.org/a%20b%7F%C3%A9.c",
	} {
		if got := location(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
