package app_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/migrate/mongodump"
)

// browser keeps the cookie and carries the CSRF token, as the official front
// does.
type browser struct {
	t      *testing.T
	p      *apptest.Portal
	cookie string
	// header is sent with each request.
	header []string
}

func newBrowser(t *testing.T, p *apptest.Portal) *browser {
	t.Helper()
	return &browser{t: t, p: p, header: []string{"Sec-Fetch-Site", "same-site", "Origin", "https://www.example.org"}}
}

func (b *browser) send(status int, method, path string, body any, header ...string) apptest.Answer {
	b.t.Helper()
	a := b.p.Want(status, apptest.Person{}, method, path, body, append(append([]string{"Cookie", "session=" + b.cookie}, b.header...), header...)...)
	if c, err := http.ParseSetCookie(a.Header.Get("Set-Cookie")); err == nil {
		b.cookie = c.Value
	}
	return a
}

func (b *browser) post(status int, path string, body map[string]any) apptest.Answer {
	b.t.Helper()
	token := b.send(200, "GET", "/get-csrf", nil).Get("response.csrf_token").(string)
	return b.send(status, "POST", path, body, "X-CSRFToken", token)
}

func (b *browser) signIn(status int, email, password string) apptest.Answer {
	b.t.Helper()
	return b.post(status, "/login/", map[string]any{"email": email, "password": password})
}

const secret = "Correct-Horse-1"

// member makes an account with a password.
func member(t *testing.T, p *apptest.Portal, first string, sysadmin bool) apptest.Person {
	t.Helper()
	who := p.Person(first, sysadmin)
	if err := p.Users.SetPassword(t.Context(), who.ID, auth.HashPassword(secret)); err != nil {
		t.Fatal(err)
	}
	return who
}

func TestSigningInAndOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := member(t, p, "Ada", false)
		b := newBrowser(t, p)
		b.send(401, "GET", "/api/1/me/", nil)
		b.post(400, "/login/", map[string]any{})
		b.signIn(400, "ada@example.org", "wrong")
		b.signIn(400, "nobody@example.org", "wrong")
		b.send(401, "GET", "/api/1/me/", nil)
		before := b.cookie
		a := b.post(200, "/login/", map[string]any{"email": " ADA@example.org", "password": secret, "remember": true})
		if a.Get("response.tf_required") != false {
			t.Errorf("the answer is %s", a.Text)
		}
		c, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
		if err != nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.MaxAge < 86400 || c.Path != "/" || c.Value == before {
			t.Errorf("the cookie is %q, %v", a.Header.Get("Set-Cookie"), err)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Error("the answer may be kept by a cache")
		}
		if got := b.send(200, "GET", "/api/1/me/", nil); got.Get("id") != ada.ID {
			t.Errorf("signed in as %s", got.Text)
		}
		first := b.cookie
		b.signIn(200, "ada@example.org", secret)
		if b.cookie == first {
			t.Error("signing in again gave the same session")
		}
		// The session before is over; so is this one after signing out.
		old := newBrowser(t, p)
		old.cookie = first
		old.send(401, "GET", "/api/1/me/", nil)
		last := b.cookie
		if a := b.post(200, "/logout/", map[string]any{}); a.Text != "{}" || b.cookie != "" {
			t.Errorf("signing out: %s, %q", a.Text, b.cookie)
		}
		old.cookie = last
		old.send(401, "GET", "/api/1/me/", nil)
	})
}

func TestSessionsRunOut(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		member(t, p, "Ada", false)
		b, kept := newBrowser(t, p), newBrowser(t, p)
		b.signIn(200, "ada@example.org", secret)
		kept.post(200, "/login/", map[string]any{"email": "ada@example.org", "password": secret, "remember": true})
		for range 14 { // in use every six days, at most ninety
			p.Pass(6 * 24 * time.Hour)
			b.send(200, "GET", "/api/1/me/", nil)
		}
		kept.send(200, "GET", "/api/1/me/", nil)
		p.Pass(6*24*time.Hour + time.Hour)
		b.send(401, "GET", "/api/1/me/", nil)
		kept.send(401, "GET", "/api/1/me/", nil)
		b.signIn(200, "ada@example.org", secret)
		p.Pass(8 * 24 * time.Hour)
		b.send(401, "GET", "/api/1/me/", nil)
		if err := p.Users.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM session").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d sessions after the sweep, %v", n, err)
		}
	})
}

func TestOtherSitesWriteNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		member(t, p, "Ada", false)
		b := newBrowser(t, p)
		b.signIn(200, "ada@example.org", secret)
		body := map[string]any{"about": "x"}
		for name, c := range map[string]struct {
			header []string
			status int
		}{
			"the portal's front":             {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://www.example.org"}, 200},
			"the API's own pages":            {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://portal.test"}, 200},
			"no browser":                     {nil, 200},
			"another site":                   {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
			"another site, an old browser":   {[]string{"Origin", "https://evil.example"}, 403},
			"a neighbour":                    {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.example.org"}, 403},
			"a page without an origin":       {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, 403},
			"looks like the portal's front":  {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://www.example.org.evil.example"}, 403},
			"the portal's front, other port": {[]string{"Sec-Fetch-Site", "same-site", "Origin", "https://www.example.org:8443"}, 403},
		} {
			b.header = c.header
			if got := b.p.Do(apptest.Person{}, "PUT", "/api/1/me/", body, append([]string{"Cookie", "session=" + b.cookie}, c.header...)...); got.Status != c.status {
				t.Errorf("%s: want %d, got %d %s", name, c.status, got.Status, got.Text)
			}
			b.send(200, "GET", "/api/1/me/", nil) // reading is for the browser to forbid
		}
		b.header = []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}
		b.send(403, "POST", "/login/", map[string]any{"email": "ada@example.org", "password": secret})
		// The forms need their token; the API does not.
		b.header = nil
		for _, token := range []string{"", "wrong"} {
			b.send(400, "POST", "/login/", map[string]any{"email": "ada@example.org", "password": secret, "csrf_token": token})
		}
		other := newBrowser(t, p)
		stolen := other.send(200, "GET", "/get-csrf", nil).Get("response.csrf_token")
		b.send(400, "POST", "/logout/", map[string]any{"csrf_token": stolen})
		if got := p.Do(apptest.Person{}, "OPTIONS", "/login/", nil, "Origin", "https://www.example.org", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "x-csrftoken"); got.Status != 204 || got.Header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("the preflight: %d %v", got.Status, got.Header)
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		member(t, p, "Ada", false)
		member(t, p, "Max", false)
		b := newBrowser(t, p)
		for range 9 {
			b.signIn(400, "ada@example.org", "wrong")
		}
		b.signIn(200, "ada@example.org", secret) // which forgets the nine
		for range 10 {
			b.signIn(400, "ada@example.org", "wrong")
		}
		a := b.signIn(http.StatusTooManyRequests, "ADA@example.org", secret)
		if a.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		b.signIn(200, "max@example.org", secret)
		p.Pass(16 * time.Minute)
		b.signIn(200, "ada@example.org", secret)
	})
}

func TestWhoMayNotSignIn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max, root := member(t, p, "Ada", false), member(t, p, "Max", false), member(t, p, "Root", true)
		b := newBrowser(t, p)
		b.signIn(200, "ada@example.org", secret)
		p.Want(204, root, "POST", "/api/1/users/"+ada.ID+"/rotate_password/", nil)
		b.send(401, "GET", "/api/1/me/", nil)
		b.signIn(400, "ada@example.org", secret)
		b.signIn(200, "max@example.org", secret)
		p.Want(204, max, "DELETE", "/api/1/me/", nil)
		b.send(401, "GET", "/api/1/me/", nil)
		b.signIn(400, "max@example.org", secret)
		p.Person("Bo", false) // has no password
		b.signIn(400, "bo@example.org", "")
		b.signIn(400, "bo@example.org", "x")
		for _, bad := range []any{"[]", "{", `{"email": 5, "password": []}`, `{"email": "a\u0000b", "password": "x"}`} {
			token := b.send(200, "GET", "/get-csrf", nil).Get("response.csrf_token").(string)
			b.send(400, "POST", "/login/", bad, "X-CSRFToken", token)
		}
	})
}

func TestSecureCookie(t *testing.T) {
	p := apptest.New(t, app.Config{PublicURL: "https://data.example.org", SiteURL: "https://www.example.org", CookieDomain: "example.org"})
	a := p.Want(200, apptest.Person{}, "GET", "/get-csrf", nil)
	c, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	if err != nil || !c.Secure || c.Domain != "example.org" || !c.HttpOnly || c.MaxAge != 0 {
		t.Errorf("the cookie is %q, %v", a.Header.Get("Set-Cookie"), err)
	}
	for _, bad := range []app.Config{{Origins: []string{"example.org"}}, {Proxies: []string{"x"}}, {CookieDomain: "a b"}, {SMTP: "mail.example.org"}, {MailFrom: "nobody"}} {
		bad.Data = t.TempDir()
		if _, err := app.Open(t.Context(), bad, p.Now); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestSigningInTwiceAtOnce is a double click while the hash is made anew.
func TestSigningInTwiceAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		weak := "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(secret), []byte("saltsalt"), 1, 64, 1, 32))
		if err := p.Users.SetPassword(t.Context(), ada.ID, weak); err != nil {
			t.Fatal(err)
		}
		token := newBrowser(t, p).send(200, "GET", "/get-csrf", nil)
		cookie := token.Header.Get("Set-Cookie")
		cookie, _, _ = strings.Cut(cookie, ";")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				a := p.Do(apptest.Person{}, "POST", "/login/", map[string]any{"email": "ada@example.org", "password": secret},
					"Cookie", cookie, "X-CSRFToken", token.Get("response.csrf_token").(string))
				if a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Text)
				}
			})
		}
		all.Wait()
		if u, err := p.Users.ByEmail(t.Context(), "ada@example.org"); err != nil || !strings.Contains(u.Password, "m=65536") {
			t.Errorf("the hash is still %q, %v", u.Password, err)
		}
	})
}

// TestPeopleOfUdataSignIn signs in with the passwords of a real udata, twice:
// with its hash, and with the one that took its place.
func TestPeopleOfUdataSignIn(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "dumps", "real-sample")
	text, err := os.ReadFile(filepath.Join(dir, "README.json"))
	if err != nil {
		t.Skipf("the sample is not there: %v", err)
	}
	var sample struct {
		TokenSecret string `json:"API_TOKEN_SECRET"`
		Salt        string `json:"SECURITY_PASSWORD_SALT"`
		Users       []struct{ ID, Email, Password string }
	}
	if err := json.Unmarshal(text, &sample); err != nil {
		t.Fatal(err)
	}
	run := func(t *testing.T, database string) {
		p := apptest.New(t, app.Config{TokenSecret: sample.TokenSecret, PasswordSalt: sample.Salt, Database: database})
		if _, err := mongodump.Import(t.Context(), dir, p.MigrateTarget(), mongodump.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, u := range sample.Users {
			for _, form := range []string{"$2b$", "$argon2id$"} {
				stored, err := p.Users.ByEmail(t.Context(), u.Email)
				if err != nil || !strings.HasPrefix(stored.Password, form) {
					t.Fatalf("%s: want a hash of the form %s, got %.10q, %v", u.Email, form, stored.Password, err)
				}
				b := newBrowser(t, p)
				b.signIn(400, u.Email, u.Password+"x")
				b.signIn(200, u.Email, u.Password)
				if got := b.send(200, "GET", "/api/1/me/", nil).Get("id"); got != u.ID {
					t.Errorf("%s is signed in as %v", u.Email, got)
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "") })
	t.Run("postgresql", func(t *testing.T) { run(t, dbtest.PostgreSQLAddress(t)) })
}
