package app_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// TestWhoMayDoWhatWithPeople is the table of permissions, as recorded.
func TestWhoMayDoWhatWithPeople(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, max, root := p.Person("Ada", false), p.Person("Max", false), p.Person("Root", true)
		one := "/api/1/users/" + ada.ID + "/"
		body := map[string]any{"about": "x"}
		for _, c := range []struct {
			method, path            string
			body                    any
			nobody, self, other, up int
		}{
			{"GET", one, nil, 200, 200, 200, 200},
			{"GET", "/api/1/users/", nil, 401, 403, 403, 200},
			{"GET", "/api/1/users/suggest/?q=a", nil, 200, 200, 200, 200},
			{"GET", "/api/1/users/roles/", nil, 200, 200, 200, 200},
			{"POST", "/api/1/users/", body, 401, 403, 403, 400},
			{"PUT", one, body, 401, 403, 403, 200},
			{"POST", one + "avatar/", body, 401, 403, 403, 400},
			{"POST", one + "rotate_password/", nil, 401, 403, 403, 204},
			{"DELETE", one, nil, 401, 403, 403, 204},
			{"GET", "/api/1/me/", nil, 401, 401, 200, 200}, // ada is gone by then
			{"PUT", "/api/1/me/", body, 401, 401, 200, 200},
			{"GET", "/api/1/me/metrics/", nil, 401, 401, 200, 200},
			{"GET", "/api/1/me/api_tokens/", nil, 401, 401, 200, 200},
			{"POST", "/api/1/me/api_tokens/", body, 401, 401, 201, 201},
			{"POST", "/api/1/me/avatar/", body, 401, 401, 400, 400},
			{"DELETE", "/api/1/me/", nil, 401, 401, 204, 204},
		} {
			p.Want(c.nobody, nobody, c.method, c.path, c.body)
			p.Want(c.self, ada, c.method, c.path, c.body)
			p.Want(c.other, max, c.method, c.path, c.body)
			p.Want(c.up, root, c.method, c.path, c.body)
		}
	})
}

func TestAddressesAreConfidential(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, root := p.Person("Ada", false), p.Person("Root", true)
		one := "/api/1/users/ada-test/"
		for who, want := range map[apptest.Person]any{nobody: nil, ada: nil, root: "ada@example.org"} {
			if got := p.Want(200, who, "GET", one, nil).Get("email"); got != want {
				t.Errorf("want the address %v, got %v", want, got)
			}
		}
		if got := p.Want(200, nobody, "GET", "/api/1/users/suggest/?q=AD%C3%82", nil).Get("0.email"); got != "***@example.org" {
			t.Errorf("a suggestion tells the address %v", got)
		}
		if got := p.Want(200, root, "GET", "/api/1/users/?q=ada@ex", nil).Get("total"); got != 1.0 {
			t.Errorf("a sysadmin finds by the address: got %v", got)
		}
	})
}

func TestChangingOneself(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, _ := p.Person("Ada", false), p.Person("Max", false)
		for field, bad := range map[string][]any{
			"first_name": {"", nil, 5, "http://spam.example", "see WWW.spam.example", strings.Repeat("é", 256), "a\x00b"},
			"last_name":  {[]string{}, " "},
			"email":      {"", "x", "a@b@c", "a b@example.org", "\"a\"@example.org", "max@example.org", "MAX@example.org", strings.Repeat("a", 250) + "@example.org"},
			"website":    {"nope", "javascript:alert(1)", 3},
			"about":      {7, strings.Repeat("a", 100_001)},
		} {
			for _, v := range bad {
				got := p.Want(http.StatusBadRequest, ada, "PUT", "/api/1/me/", map[string]any{field: v})
				if got.Get("errors."+field) == nil {
					t.Errorf("%s: %v: errors does not name the field: %s", field, v, got.Text)
				}
			}
		}
		got := p.Want(200, ada, "PUT", "/api/1/me/", map[string]any{
			"first_name": strings.Repeat("é", 255), "email": "New@Example.org", "website": nil, "about": "**x**", "roles": []string{"admin"}, "slug": "y", "active": false,
		})
		if got.Get("email") != "new@example.org" || got.Get("slug") != "ada-test" || got.Get("active") != true || len(got.Get("roles").([]any)) != 0 {
			t.Errorf("after the change: %s", got.Text)
		}
		if got := p.Want(http.StatusBadRequest, ada, "PUT", "/api/1/me/?lang=fr", map[string]any{"email": "max@example.org"}); !strings.Contains(got.Text, "adresse") {
			t.Errorf("no French: %s", got.Text)
		}
	})
}

func TestDeletingAnAccountEmptiesIt(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, max, root := p.Person("Ada", false), p.Person("Max", false), p.Person("Root", true)
		reuse := p.Want(201, ada, "POST", "/api/1/reuses/", minimal("Carte", "https://www.example.com/x")).Get("id").(string)
		p.Want(201, ada, "POST", "/api/1/users/"+max.ID+"/followers/", nil)
		p.Want(201, max, "POST", "/api/1/users/"+ada.ID+"/followers/", nil)
		p.Want(http.StatusForbidden, ada, "POST", "/api/1/users/"+ada.ID+"/followers/", nil)
		p.Want(http.StatusForbidden, root, "DELETE", "/api/1/users/"+root.ID+"/", nil)
		p.Want(204, ada, "DELETE", "/api/1/me/", nil)
		p.Want(401, ada, "GET", "/api/1/me/", nil)
		p.Want(410, nobody, "GET", "/api/1/users/"+ada.ID+"/", nil)
		p.Want(404, nobody, "GET", "/api/1/users/ada-test/", nil)
		p.Want(410, root, "DELETE", "/api/1/users/"+ada.ID+"/", nil)
		p.Want(410, root, "PUT", "/api/1/users/"+ada.ID+"/", map[string]any{"about": "x"})
		if got := p.Want(200, nobody, "GET", "/api/1/reuses/"+reuse+"/", nil); got.Get("owner.first_name") != "DELETED" || got.Get("owner.id") != ada.ID {
			t.Errorf("what was published: %s", got.Text)
		}
		got := p.Want(200, nobody, "GET", "/api/1/users/"+max.ID+"/", nil)
		if got.Get("metrics.followers") != 0.0 || got.Get("metrics.following") != 0.0 {
			t.Errorf("follows stayed: %s", got.Text)
		}
		if got := p.Want(200, root, "GET", "/api/1/users/", nil); got.Get("total") != 2.0 {
			t.Errorf("the list shows who is gone: %s", got.Text)
		}
		letter(t, p, "ada@example.org")
		p.Want(400, root, "DELETE", "/api/1/users/"+max.ID+"/?no_mail=maybe", nil)
		p.Want(204, root, "DELETE", "/api/1/users/"+max.ID+"/?no_mail=true", nil)
		if list := letters(t, p); len(list) != 0 {
			t.Errorf("letters in spite of no_mail: %+v", list)
		}
		if _, err := p.Users.Create(t.Context(), "ada@example.org", "Ada", "Again", false); err != nil {
			t.Errorf("the address is not free again: %v", err)
		}
	})
}

func TestTokensOfAPerson(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		const path = "/api/1/me/api_tokens/"
		for _, bad := range []map[string]any{
			{"name": strings.Repeat("x", 256)},
			{"name": 5},
			{"expires_at": "2020-01-01T00:00:00"},
			{"expires_at": "soon"},
			{"scopes": []string{"root"}},
			{"scopes": 1},
		} {
			p.Want(http.StatusBadRequest, ada, "POST", path, bad)
		}
		made := p.Want(201, ada, "POST", path, map[string]any{"name": "script", "expires_at": apptest.Start.Add(time.Hour).Format(time.RFC3339)})
		token := apptest.Person{ID: ada.ID, Token: made.Get("token").(string)}
		p.Want(200, token, "GET", "/api/1/me/", nil, "User-Agent", "curl/8")
		list := p.Want(200, token, "GET", path, nil, "User-Agent", "curl/8")
		if strings.Contains(list.Text, token.Token) || list.Get("1.user_agents.0") != "curl/8" || list.Get("1.last_used_at") == nil {
			t.Errorf("the list: %s", list.Text)
		}
		one := path + made.Get("id").(string) + "/"
		p.Want(404, max, "DELETE", one, nil)
		p.Want(404, max, "DELETE", path+"nonsense/", nil)
		p.Pass(2 * time.Hour)
		if got := p.Want(401, token, "GET", "/api/1/me/", nil); !strings.Contains(got.Text, "Expired") {
			t.Errorf("an expired token: %s", got.Text)
		}
		p.Want(204, ada, "DELETE", one, nil)
		p.Want(410, ada, "DELETE", one, nil)
	})
}

func TestAvatars(t *testing.T) {
	p := apptest.New(t, app.Config{})
	var nobody apptest.Person
	first := p.Want(200, nobody, "GET", "/api/1/avatars/5e0000000000000000000002/32", nil)
	m, err := png.Decode(strings.NewReader(first.Text))
	if err != nil || m.Bounds() != image.Rect(0, 0, 32, 32) {
		t.Fatalf("no picture of 32 pixels: %v", err)
	}
	if again := p.Want(200, nobody, "GET", "/api/1/avatars/5e0000000000000000000002/32/", nil); again.Text != first.Text {
		t.Error("the picture is another the second time")
	}
	p.Want(304, nobody, "GET", "/api/1/avatars/5e0000000000000000000002/32/", nil, "If-None-Match", first.Header.Get("ETag"))
	if other := p.Want(200, nobody, "GET", "/api/1/avatars/x/32/", nil); bytes.Equal([]byte(other.Text), []byte(first.Text)) {
		t.Error("two people have the same picture")
	}
	p.Want(404, nobody, "GET", "/api/1/avatars/x/large/", nil)
	for _, size := range []string{"0", "-1", "1025"} {
		p.Want(400, nobody, "GET", "/api/1/avatars/x/"+size+"/", nil)
	}
	for _, size := range []string{"1", "2", "5", "1024"} {
		p.Want(200, nobody, "GET", "/api/1/avatars/x/"+size+"/", nil)
	}
}
