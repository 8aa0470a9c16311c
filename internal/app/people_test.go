package app_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/auth"
)

// TestTokens: which tokens are somebody, and what the others are told.
func TestTokens(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		token := func(change func(*user.Token)) string {
			t.Helper()
			text := auth.NewToken()
			tk := &user.Token{
				ID: w.newID(), Hash: auth.HashToken("test-secret", text), Prefix: text[:14], Person: w.ada.ID, Kind: "api_key", Scopes: "[]",
				CreatedAt: apptest.Start,
			}
			change(tk)
			w.write(func(tx *sql.Tx) error { return w.Users.ImportToken(t.Context(), tx, tk) })
			return text
		}
		gone, err := w.Users.ByEmail(t.Context(), "MAX@example.org ")
		if err != nil {
			t.Fatal(err)
		}
		gone.Active = false
		w.importUser(gone)
		for _, c := range []struct {
			name, token, message string
		}{
			{"good", token(func(*user.Token) {}), ""},
			{"good until tomorrow", token(func(tk *user.Token) { tk.ExpiresAt = apptest.Start.Add(24 * time.Hour) }), ""},
			{"expired", token(func(tk *user.Token) { tk.ExpiresAt = apptest.Start }), "Expired API token"},
			{"revoked", token(func(tk *user.Token) { tk.RevokedAt = apptest.Start }), "Revoked API token"},
			{"hashed with another secret", token(func(tk *user.Token) { tk.Hash = auth.HashToken("another", "x") }), "Invalid API token"},
			{"of nobody active", w.max.Token, "Inactive user"},
			{"made up", "udata_" + strings.Repeat("x", 64), "Invalid API token"},
			{"a text", "é", "Invalid API token"},
			{"huge", strings.Repeat("x", 50_000), "Invalid API token"},
		} {
			// Also where anyone may read: wrong credentials are a mistake.
			for _, path := range []string{"/api/1/me/", "/api/1/reuses/"} {
				got := w.Do(apptest.Person{Token: c.token}, "GET", path, nil)
				if c.message == "" {
					if got.Status != 200 {
						t.Errorf("%s: got %d %s", c.name, got.Status, got.Text)
					}
				} else if got.Status != 401 || got.Get("message") != c.message || got.Header.Get("WWW-Authenticate") != `Bearer realm="uData"` {
					t.Errorf("%s: got %d %s", c.name, got.Status, got.Text)
				}
			}
		}
	})
}

// TestTokenUseIsWrittenDown, but not for each request.
func TestTokenUseIsWrittenDown(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		used := func() (n int64) {
			t.Helper()
			row := w.DB.Read().QueryRowContext(t.Context(), "SELECT last_used_at FROM api_token WHERE person = $1", w.max.ID)
			if err := row.Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		me := func() { w.Want(200, w.max, "GET", "/api/1/me/", nil) }
		me()
		first := used()
		w.Pass(50 * time.Minute)
		me()
		if used() != first {
			t.Error("it is written down again within an hour")
		}
		w.Pass(11 * time.Minute)
		me()
		if used() == first {
			t.Error("it is not written down after an hour")
		}
	})
}

// TestWhoSeesAddresses: e-mail addresses are seen by sysadmins, and one's own
// under /me/.
func TestWhoSeesAddresses(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		if me := w.Want(200, w.carol, "GET", "/api/1/me/", nil); me.Get("email") != "carol@example.org" || me.Get("last_login_at") == nil {
			t.Errorf("she sees %s", me.Text)
		}
		for _, c := range []struct {
			name        string
			who         apptest.Person
			own, member any
		}{
			{"nobody", nobody, nil, "***@example.org"},
			{"max", w.max, nil, "***@example.org"},
			{"paul, a member", w.paul, nil, "ca***@example.org"},
			{"carol", w.carol, nil, "ca***@example.org"},
			{"root", w.root, "carol@example.org", "carol@example.org"},
		} {
			person := w.Want(200, c.who, "GET", "/api/1/users/carol-test/", nil)
			if got := person.Get("email"); got != c.own || (person.Get("last_login_at") == nil) != (c.own == nil) {
				t.Errorf("%s sees %v, %v", c.name, got, person.Get("last_login_at"))
			}
			if got := person.Get("organizations.0.slug"); got != "town" {
				t.Errorf("%s sees the organization %v", c.name, got)
			}
			member := w.Want(200, c.who, "GET", "/api/1/organizations/town/", nil)
			if got := member.Get("members.0.user.email"); got != c.member {
				t.Errorf("%s sees the member %v, want %v", c.name, got, c.member)
			}
			if strings.Contains(member.Text, "eve@") != (c.name == "root") {
				t.Errorf("%s sees %s", c.name, member.Text)
			}
		}
		if got := titlesAt("members", "label")(w.Want(200, nobody, "GET", "/api/1/organizations/town/?lang=fr", nil)); !slices.Equal(got, []string{"Administrateur", "Éditeur", "Éditeur partiel"}) {
			t.Errorf("the roles are %q", got)
		}
	})
}

// TestGonePeople: a deleted account is gone for all but sysadmins, and what it
// published stays.
func TestGonePeople(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.max, "Max's")
		w.Want(201, w.max, "POST", one(oid)+"followers/", nil)
		max, err := w.Users.ByEmail(t.Context(), "max@example.org")
		if err != nil {
			t.Fatal(err)
		}
		max.Deleted = w.Now()
		w.importUser(max)
		w.Want(410, nobody, "GET", "/api/1/users/max-test/", nil)
		w.Want(200, w.root, "GET", "/api/1/users/"+w.max.ID+"/", nil)
		w.Want(401, w.max, "GET", "/api/1/me/", nil)
		if got := w.Want(200, nobody, "GET", one(oid), nil); got.Get("owner.id") != w.max.ID {
			t.Errorf("the reuse is %s", got.Text)
		}
	})
}

// TestAccounts: which accounts can be made.
func TestAccounts(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for _, c := range []struct{ email, first, last, wrong string }{
			{"new@example.org", "New", "Person", ""},
			{" New.Two@Example.ORG ", "New", "Person", ""},
			{"new@example.org", "New", "Person", "already registered"},
			{"NEW@example.org", "New", "Person", "already registered"},
			{"", "New", "Person", "not an e-mail address"},
			{"new", "New", "Person", "not an e-mail address"},
			{"New <new3@example.org>", "New", "Person", "not an e-mail address"},
			{strings.Repeat("a", 300) + "@example.org", "New", "Person", "not an e-mail address"},
			{"new4@example.org", " ", "Person", "A name has"},
			{"new5@example.org", "New", strings.Repeat("a", 256), "A name has"},
			{"new6@example.org", "★", "★", ""},
			{"new7@example.org", "★", "★", ""},
		} {
			u, err := w.Users.Create(t.Context(), c.email, c.first, c.last, false)
			switch {
			case c.wrong == "" && err != nil:
				t.Errorf("%q: %v", c.email, err)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Errorf("%q: got %v, want %s", c.email, err, c.wrong)
			case c.wrong == "":
				w.Want(200, nobody, "GET", "/api/1/users/"+u.Slug+"/", nil)
			}
		}
	})
}
