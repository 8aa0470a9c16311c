package app_test

import (
	"crypto/rand"
	"crypto/rsa"
	"database/sql"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/kernel/db/dbtest"
)

const oidcLogin = "/api/1/proconnect/login/"

// eachOIDC runs the test on both databases, with a provider of its own.
func eachOIDC(t *testing.T, c app.OIDC, f func(t *testing.T, p *apptest.Portal, o *identityProvider)) {
	t.Helper()
	run := func(t *testing.T, database string) {
		o := newIdentityProvider(t)
		c.Issuer, c.ClientID, c.ClientSecret, c.Scopes = o.issuer(), oidcClient, oidcSecret, []string{"profile", "email"}
		p := apptest.New(t, app.Config{Database: database, OIDC: c})
		o.now = p.Now
		f(t, p, o)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "") })
	t.Run("postgresql", func(t *testing.T) { run(t, dbtest.PostgreSQLAddress(t)) })
}

// toProvider begins a sign-in and returns where the provider sends the
// browser back to.
func (b *browser) toProvider(o *identityProvider, query string) string {
	b.t.Helper()
	return o.visit(b.send(302, "GET", oidcLogin+query, nil).Header.Get("Location"))
}

// viaProvider signs in and returns the portal's last answer.
func (b *browser) viaProvider(o *identityProvider, status int) apptest.Answer {
	b.t.Helper()
	return b.send(status, "GET", b.toProvider(o, ""), nil)
}

func TestOIDC(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true, ACRValues: "eidas1"}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		ada := p.Person("Ada", false)
		if o.asked["/.well-known/openid-configuration"] != 0 {
			t.Error("the provider was asked before anybody wanted it")
		}
		b := newBrowser(t, p)
		a := b.send(302, "GET", oidcLogin, nil)
		if a.Header.Get("Cache-Control") != "no-store" || b.cookie == "" || strings.Contains(b.cookie, ".") {
			t.Errorf("going to the provider: %v", a.Header)
		}
		to, err := url.Parse(a.Header.Get("Location"))
		if err != nil || to.Query().Get("scope") != "openid profile email" || to.Query().Get("acr_values") != "eidas1" {
			t.Errorf("the provider is asked for %q, %v", a.Header.Get("Location"), err)
		}
		b.send(401, "GET", "/api/1/me/", nil)
		a = b.send(302, "GET", o.visit(to.String()), nil)
		if got := a.Header.Get("Location"); got != "https://www.example.org/?flash=connected" {
			t.Errorf("signed in, the browser goes to %q", got)
		}
		if c := a.Header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the cookie is %q", c)
		}
		me := b.send(200, "GET", "/api/1/me/", nil)
		if me.Get("id") != ada.ID || me.Get("first_name") != "Ada" || me.Get("last_name") != "Test" || me.Get("last_login_at") == nil {
			t.Errorf("signed in as %s", me.Text)
		}
		// The next session takes the place of this one, and asks for no
		// discovery.
		first := b.cookie
		b.viaProvider(o, 302)
		old := newBrowser(t, p)
		old.cookie = first
		old.send(401, "GET", "/api/1/me/", nil)
		b.send(200, "GET", "/api/1/me/", nil)
		if n := o.asked["/.well-known/openid-configuration"]; n != 1 {
			t.Errorf("the provider was asked %d times what it is", n)
		}
		p.Pass(25 * time.Hour)
		o.set(o.newKey) // and signs with another key
		b.viaProvider(o, 302)
		if n := o.asked["/.well-known/openid-configuration"]; n != 2 {
			t.Errorf("the provider was asked %d times what it is, the next day", n)
		}
		// Signing out, as the official front does it.
		left := b.cookie
		out := b.post(200, "/logout/", map[string]any{})
		address, _ := out.Get("proconnect_logout_url").(string)
		if address == "" {
			t.Fatalf("signing out: %s", out.Text)
		}
		old.cookie = left
		old.send(401, "GET", "/api/1/me/", nil)
		b.send(401, "GET", "/api/1/me/", nil)
		back := o.visit(address)
		newBrowser(t, p).send(401, "GET", back, nil)
		b.send(400, "GET", "/api/1/proconnect/logout", nil)
		b.send(401, "GET", "/api/1/proconnect/logout?state=x", nil)
		if a := b.send(302, "GET", back, nil); a.Header.Get("Location") != "https://www.example.org/" {
			t.Errorf("signed out, the browser goes to %q", a.Header.Get("Location"))
		}
		b.send(401, "GET", back, nil)
		// And by a plain link.
		b.viaProvider(o, 302)
		b.header = []string{"Sec-Fetch-Site", "cross-site"}
		b.send(403, "GET", "/api/1/proconnect/logout_oauth", nil)
		b.header = nil
		b.send(200, "GET", "/api/1/me/", nil)
		back = o.visit(b.send(302, "GET", "/api/1/proconnect/logout_oauth", nil).Header.Get("Location"))
		b.send(401, "GET", "/api/1/me/", nil)
		b.send(302, "GET", back, nil)
		if a := b.send(302, "GET", "/api/1/proconnect/logout_oauth", nil); a.Header.Get("Location") != "https://www.example.org/" {
			t.Errorf("nobody signs out and goes to %q", a.Header.Get("Location"))
		}
	})
}

// TestOIDCAsProConnect is a provider that takes the secret in the form, signs
// its userinfo, and has words of its own for names.
func TestOIDCAsProConnect(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		o.set(func() {
			o.post, o.signed = true, true
			o.person = map[string]any{"sub": "9", "email": " Grace.Hopper@Example.org", "given_name": "Grace\x00\n Brewster", "usual_name": "Hopper", "siret": "13002526500013"}
		})
		b := newBrowser(t, p)
		b.viaProvider(o, 302)
		me := b.send(200, "GET", "/api/1/me/", nil)
		if me.Get("first_name") != "Grace Brewster" || me.Get("last_name") != "Hopper" || me.Get("email") != "grace.hopper@example.org" || me.Get("slug") != "grace-brewster-hopper" {
			t.Errorf("the new account is %s", me.Text)
		}
		toldOnce(t, p, "user:created", me.Get("id").(string))
		b.viaProvider(o, 302)
		if again := b.send(200, "GET", "/api/1/me/", nil).Get("id"); again != me.Get("id") {
			t.Errorf("the second time it is %v", again)
		}
		for name, lie := range map[string]func(){
			"another subject":  func() { o.info = func(c map[string]any) { c["sub"] = "8" } },
			"no subject":       func() { o.info = func(c map[string]any) { delete(c, "sub") } },
			"another issuer":   func() { o.info = func(c map[string]any) { c["iss"] = "https://evil.example" } },
			"another audience": func() { o.info = func(c map[string]any) { c["aud"] = "somebody" } },
			"too old":          func() { o.info = func(c map[string]any) { c["exp"] = 1 } },
			"another key": func() {
				o.info = func(map[string]any) { o.signer = foreignKey(t) } // after the ID token
			},
			"no signature": func() { o.unsigned = true },
		} {
			o.set(lie)
			stranger := newBrowser(t, p)
			stranger.viaProvider(o, 401)
			stranger.send(401, "GET", "/api/1/me/", nil)
			o.set(func() { o.info, o.signer, o.unsigned = nil, nil, false })
			if t.Failed() {
				t.Fatal(name)
			}
		}
		newBrowser(t, p).viaProvider(o, 302)
	})
}

// toldOnce holds that the log has an event about the object.
func toldOnce(t *testing.T, p *apptest.Portal, key, object string) {
	t.Helper()
	var n int
	if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM event WHERE key = $1 AND object = $2", key, object).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d events %s, %v", n, key, err)
	}
}

func foreignKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Error(err)
	}
	return k
}

func TestOIDCTokensThatAreWrong(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		p.Person("Ada", false)
		for name, lie := range map[string]func(c map[string]any){
			"another nonce":        func(c map[string]any) { c["nonce"] = strings.Repeat("x", 43) },
			"no nonce":             func(c map[string]any) { delete(c, "nonce") },
			"expired":              func(c map[string]any) { c["exp"] = p.Now().Add(-time.Second).Unix() },
			"no end":               func(c map[string]any) { delete(c, "exp") },
			"not yet":              func(c map[string]any) { c["nbf"] = p.Now().Add(time.Hour).Unix() },
			"another audience":     func(c map[string]any) { c["aud"] = "somebody" },
			"another party":        func(c map[string]any) { c["aud"], c["azp"] = []string{oidcClient, "somebody"}, "somebody" },
			"another issuer":       func(c map[string]any) { c["iss"] = "https://evil.example" },
			"another subject":      func(c map[string]any) { c["sub"] = "8" },
			"nobody":               func(c map[string]any) { c["sub"] = "" },
			"another access token": func(c map[string]any) { c["at_hash"] = "x" },
			"another key":          func(map[string]any) { o.signer = foreignKey(t) },
		} {
			t.Run(name, func(t *testing.T) {
				o.set(func() { o.token = lie })
				defer o.set(func() { o.token, o.signer = nil, nil })
				b := newBrowser(t, p)
				b.viaProvider(o, 401)
				b.send(401, "GET", "/api/1/me/", nil)
			})
		}
		newBrowser(t, p).viaProvider(o, 302) // which was no fault of the test
	})
}

// TestOIDCState holds that only the browser that began a sign-in ends it, and
// once.
func TestOIDCState(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		p.Person("Ada", false)
		b, other := newBrowser(t, p), newBrowser(t, p)
		back := b.toProvider(o, "")
		other.send(400, "GET", back, nil)
		other.send(200, "GET", "/get-csrf", nil)
		other.send(400, "GET", back, nil)
		b.send(400, "GET", strings.Replace(back, "state=", "state=x", 1), nil)
		b.send(400, "GET", "/api/1/proconnect/auth?code=x", nil)
		b.send(400, "GET", "/api/1/proconnect/auth", nil)
		b.send(302, "GET", back, nil)
		b.send(400, "GET", back, nil)
		b.send(200, "GET", "/api/1/me/", nil)
		// A state to sign out is none to sign in.
		out, err := url.Parse(b.post(200, "/logout/", map[string]any{}).Get("proconnect_logout_url").(string))
		if err != nil {
			t.Fatal(err)
		}
		b.send(400, "GET", "/api/1/proconnect/auth?code=x&state="+out.Query().Get("state"), nil)
		// What fails is over, too.
		back = b.toProvider(o, "")
		b.send(401, "GET", strings.Replace(back, query(t, back).Get("code"), "guessed", 1), nil)
		b.send(400, "GET", back, nil)
		back = b.toProvider(o, "")
		b.send(400, "GET", "/api/1/proconnect/auth?state="+query(t, back).Get("state"), nil)
		back = b.toProvider(o, "")
		b.send(401, "GET", back+"&error=access_denied", nil)
		back = b.toProvider(o, "")
		b.send(401, "GET", strings.Replace(back, "iss=http", "iss=https", 1), nil)
		// Somebody else's code does not fit the browser's nonce and verifier.
		mine, theirs := b.toProvider(o, ""), other.toProvider(o, "")
		q, stolen := query(t, mine), query(t, theirs)
		q.Set("code", stolen.Get("code"))
		b.send(401, "GET", "/api/1/proconnect/auth?"+q.Encode(), nil)
		back = b.toProvider(o, "")
		p.Pass(16 * time.Minute)
		b.send(400, "GET", back, nil)
		b.toProvider(o, "")
		p.Pass(16 * time.Minute)
		if err := p.Users.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM oidc_state").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d states after the sweep, %v", n, err)
		}
	})
}

func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestOIDCWhoMayNotSignIn(t *testing.T) {
	eachOIDC(t, app.OIDC{}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		b := newBrowser(t, p)
		b.viaProvider(o, 403) // nobody registers
		ada := p.Person("Ada", false)
		for _, v := range []any{false, "false"} {
			o.set(func() { o.person["email_verified"] = v })
			b.viaProvider(o, 403)
		}
		// The ID token's word counts, too.
		o.set(func() {
			delete(o.person, "email_verified")
			o.token = func(c map[string]any) { c["email"], c["email_verified"] = "ada@example.org", false }
		})
		b.viaProvider(o, 403)
		o.set(func() { o.token = nil })
		for _, v := range []any{nil, "", "ada", "ada@example.org\nbcc: x"} {
			o.set(func() { o.person["email"] = v })
			b.viaProvider(o, 403)
		}
		o.set(func() { o.person["email"] = "ADA@example.org" })
		b.viaProvider(o, 302)
		b.send(200, "GET", "/api/1/me/", nil)
		deactivate(t, p, ada.ID, false)
		b.viaProvider(o, 401)
		deactivate(t, p, ada.ID, true)
		p.Want(204, ada, "DELETE", "/api/1/me/", nil)
		b.viaProvider(o, 403)
		b.send(401, "GET", "/api/1/me/", nil)
		var sessions int
		if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM session").Scan(&sessions); err != nil || sessions != 0 {
			t.Errorf("%d sessions, %v", sessions, err)
		}
	})
}

func deactivate(t *testing.T, p *apptest.Portal, person string, active bool) {
	t.Helper()
	err := p.DB.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE person SET active = $1 WHERE id = $2", active, person)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOIDCRegisters(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		b := newBrowser(t, p)
		o.set(func() { o.person["email_verified"] = false })
		b.viaProvider(o, 403)
		o.set(func() {
			o.person["email_verified"] = true
			o.person["given_name"], o.person["family_name"] = "", "see www.example.com"
			o.person["preferred_username"] = "ada@example.org"
		})
		b.viaProvider(o, 403) // a name that is spam is none
		o.set(func() { o.person["name"] = "Ada King Lovelace" })
		// Two windows at once make one account.
		windows := []*browser{newBrowser(t, p), newBrowser(t, p), newBrowser(t, p)}
		var backs []string
		for _, w := range windows {
			backs = append(backs, w.toProvider(o, ""))
		}
		var all sync.WaitGroup
		for i, w := range windows {
			all.Go(func() {
				if a := p.Do(nobody, "GET", backs[i], nil, "Cookie", "session="+w.cookie); a.Status != 302 {
					t.Errorf("window %d: %d %s", i, a.Status, a.Text)
				}
			})
		}
		all.Wait()
		b.viaProvider(o, 302)
		me := b.send(200, "GET", "/api/1/me/", nil)
		if me.Get("first_name") != "Ada" || me.Get("last_name") != "King Lovelace" {
			t.Errorf("the new account is %s", me.Text)
		}
		// Who deleted their account begins anew; the old one stays as it is.
		b.send(204, "DELETE", "/api/1/me/", nil)
		b.send(401, "GET", "/api/1/me/", nil)
		b.viaProvider(o, 302)
		if again := b.send(200, "GET", "/api/1/me/", nil).Get("id"); again == me.Get("id") {
			t.Error("a deleted account came back")
		}
	})
}

// TestOIDCTakesBackWhatWasNeverConfirmed: somebody registers with an address
// that is not theirs, and waits for its owner.
func TestOIDCTakesBackWhatWasNeverConfirmed(t *testing.T) {
	eachOIDC(t, app.OIDC{}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		thief, owner := newBrowser(t, p), newBrowser(t, p)
		thief.post(200, "/register/", map[string]any{
			"email": "ada@example.org", "password": secret, "password_confirm": secret, "first_name": "Ada", "last_name": "Fake", "accept_conditions": true,
		})
		owner.viaProvider(o, 302)
		me := owner.send(200, "GET", "/api/1/me/", nil)
		toldOnce(t, p, "user:confirmed", me.Get("id").(string))
		thief.signIn(400, "ada@example.org", secret)
		var links int
		if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM mail_link").Scan(&links); err != nil || links != 0 {
			t.Errorf("%d links, %v", links, err)
		}
	})
}

func TestOIDCNext(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		b := newBrowser(t, p)
		for next, want := range map[string]string{
			"/admin/me?tab=1#x":                 "https://www.example.org/admin/me?tab=1#x",
			"/":                                 "https://www.example.org/",
			"https://www.example.org/fr/reuses": "https://www.example.org/fr/reuses",
			"http://portal.test/oauth/authorize?client_id=x": "http://portal.test/oauth/authorize?client_id=x",
		} {
			back := b.toProvider(o, "?next="+url.QueryEscape(next))
			if got := b.send(302, "GET", back+"&next=https://evil.example", nil).Header.Get("Location"); got != want {
				t.Errorf("%s leads to %s", next, got)
			}
		}
		for _, next := range []string{
			"https://evil.example/", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", " //evil.example",
			"javascript:alert(1)", "data:text/html,x", "http://www.example.org/", "https://www.example.org.evil.example/", "https://www.example.org:8443/",
			"https://www.example.org@evil.example/", "https://evil@www.example.org/", "http:www.example.org", "https:///evil.example", "evil", "?x", "%2F%2Fevil.example",
			"/" + strings.Repeat("a", 2000), "/a\r\nSet-Cookie: x=y",
		} {
			a := b.send(400, "GET", oidcLogin+"?next="+url.QueryEscape(next), nil)
			if a.Header.Get("Location") != "" || a.Get("errors.next") == nil {
				t.Errorf("%q is answered with %s", next, a.Text)
			}
		}
	})
}

// TestOIDCProviderDown: the portal starts and serves without its provider, and
// finds it when it is back.
func TestOIDCProviderDown(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		o.set(func() { o.down = true })
		b := newBrowser(t, p)
		for range 3 {
			if a := b.send(503, "GET", oidcLogin, nil); a.Header.Get("Retry-After") == "" || a.Get("message") == nil {
				t.Errorf("the answer is %v %s", a.Header, a.Text)
			}
			b.send(200, "GET", "/api/1/reuses/", nil)
		}
		if n := o.asked["/.well-known/openid-configuration"]; n != 1 {
			t.Errorf("the provider was asked %d times in a moment", n)
		}
		o.set(func() { o.down = false })
		p.Pass(6 * time.Second)
		back := b.toProvider(o, "")
		o.set(func() { o.down = true })
		b.send(503, "GET", back, nil)
		o.set(func() { o.down = false })
		b.viaProvider(o, 302)
		// Its description of yesterday is better than none, and nobody has to
		// stay signed in here.
		p.Pass(25 * time.Hour)
		o.set(func() { o.down = true })
		b.send(302, "GET", oidcLogin, nil)
		if out := b.post(200, "/logout/", map[string]any{}); out.Get("proconnect_logout_url") == nil {
			t.Errorf("signing out: %s", out.Text)
		}
		b.send(401, "GET", "/api/1/me/", nil)
	})
}

func TestOIDCIsLimited(t *testing.T) {
	eachOIDC(t, app.OIDC{Register: true}, func(t *testing.T, p *apptest.Portal, o *identityProvider) {
		b := newBrowser(t, p)
		b.viaProvider(o, 302) // is taken back
		for range 100 {
			b.send(302, "GET", oidcLogin, nil)
		}
		if a := b.send(429, "GET", oidcLogin, nil); a.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}

func TestOIDCSettings(t *testing.T) {
	p := apptest.New(t, app.Config{})
	for _, path := range []string{"login/", "auth?code=x&state=y", "logout?state=x", "logout_oauth"} {
		p.Want(404, nobody, "GET", "/api/1/proconnect/"+path, nil)
	}
	for _, issuer := range []string{"example.org", "ftp://example.org", "http://id.example.org", "https://user@id.example.org"} {
		if _, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), OIDC: app.OIDC{Issuer: issuer, ClientID: "x"}}, p.Now); err == nil {
			t.Errorf("%s is taken", issuer)
		}
	}
	if _, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), OIDC: app.OIDC{Issuer: "https://id.example.org"}}, p.Now); err == nil {
		t.Error("a provider is taken without a client id")
	}
	// A provider that nobody answers for: the portal starts.
	away := apptest.New(t, app.Config{OIDC: app.OIDC{Issuer: "http://127.0.0.1:1", ClientID: "x"}})
	away.Want(503, nobody, "GET", oidcLogin, nil)
	away.Want(200, nobody, "GET", "/api/1/datasets/", nil)
}
