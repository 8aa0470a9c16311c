package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/oauth2"
	"ouvert/internal/kernel/errs"
)

const (
	appURI   = "https://app.example.org/callback"
	verifier = "a-verifier-of-at-least-forty-three-characters-1234"
)

// dance is a client and a person who is signed in.
type dance struct {
	t      *testing.T
	p      *apptest.Portal
	b      *browser
	who    apptest.Person
	client *oauth2.Client
	secret string
}

func newDance(t *testing.T, p *apptest.Portal, public, sysadmin bool) *dance {
	t.Helper()
	d := &dance{t: t, p: p, who: member(t, p, "Ada", sysadmin), b: newBrowser(t, p)}
	d.b.signIn(200, "ada@example.org", secret)
	d.client = &oauth2.Client{Name: "<b>App</b>", Owner: d.who.ID, Doc: oauth2.Doc{RedirectURIs: []string{appURI}, Scopes: []string{"default", "admin"}}}
	var err error
	if d.secret, err = p.OAuth2.Create(t.Context(), d.client, public); err != nil {
		t.Fatal(err)
	}
	return d
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// address is an authorization request with some parameters changed: pairs of
// names and values, "" takes one away.
func (d *dance) address(change ...string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {d.client.ID}, "redirect_uri": {appURI}, "state": {"s&1"}, "scope": {"default"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
		if change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return "/oauth/authorize?" + q.Encode()
}

var formToken = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

const urlencoded = "application/x-www-form-urlencoded"

// allow answers the consent page and returns the code.
func (d *dance) allow(change ...string) string {
	d.t.Helper()
	at := d.address(change...)
	page := d.b.send(200, "GET", at, nil)
	m := formToken.FindStringSubmatch(page.Text)
	if m == nil {
		d.t.Fatalf("there is no form: %s", page.Text)
	}
	to := d.b.send(302, "POST", at, "accept=1&csrf_token="+m[1], "Content-Type", urlencoded).Header.Get("Location")
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, appURI+"?") || u.Query().Get("state") != "s&1" || u.Query().Get("code") == "" {
		d.t.Fatalf("sent to %s", to)
	}
	return u.Query().Get("code")
}

func (d *dance) post(status int, path string, fields ...string) apptest.Answer {
	d.t.Helper()
	q := url.Values{"client_id": {d.client.ID}}
	if d.secret != "" {
		q.Set("client_secret", d.secret)
	}
	for i := 0; i < len(fields); i += 2 {
		q.Set(fields[i], fields[i+1])
	}
	a := d.p.Want(status, nobody, "POST", path, q.Encode(), "Content-Type", urlencoded, "Origin", "https://app.example.org")
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		d.t.Fatalf("headers: %v", a.Header)
	}
	return a
}

func (d *dance) redeem(status int, code string, fields ...string) apptest.Answer {
	d.t.Helper()
	return d.post(status, "/oauth/token", append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", verifier}, fields...)...)
}

func (d *dance) me(status int, token string) apptest.Answer {
	d.t.Helper()
	return d.p.Want(status, nobody, "GET", "/api/1/me/", nil, "Authorization", "Bearer "+token)
}

func said(a apptest.Answer, path string) string {
	s, _ := a.Get(path).(string)
	return s
}

func TestOAuth2(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		d := newDance(t, p, true, false)
		// As the official front does: multipart, without a secret.
		code := d.allow()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, v := range map[string]string{"grant_type": "authorization_code", "code": code, "redirect_uri": appURI, "client_id": d.client.ID, "code_verifier": verifier} {
			if err := form.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
		form.Close()
		got := p.Want(200, nobody, "POST", "/oauth/token", body.Bytes(), "Content-Type", form.FormDataContentType())
		access, refresh := said(got, "access_token"), said(got, "refresh_token")
		if got.Get("token_type") != "Bearer" || got.Get("expires_in") != 2592000.0 || got.Get("scope") != "default" {
			t.Errorf("got %s", got.Text)
		}
		if d.me(200, access).Get("id") != d.who.ID {
			t.Error("somebody else")
		}
		// A program does not get what lasts longer than it may.
		p.Want(403, nobody, "POST", "/api/1/me/api_tokens/", map[string]any{}, "Authorization", "Bearer "+access)
		// A refresh token works once; the second use ends the whole family.
		next := d.post(200, "/oauth/token", "grant_type", "refresh_token", "refresh_token", refresh)
		d.me(401, access)
		d.me(200, said(next, "access_token"))
		d.post(400, "/oauth/token", "grant_type", "refresh_token", "refresh_token", refresh)
		d.me(401, said(next, "access_token"))
		d.post(400, "/oauth/token", "grant_type", "refresh_token", "refresh_token", said(next, "refresh_token"))
		// So does a code.
		code = d.allow()
		token := said(d.redeem(200, code), "access_token")
		if again := d.redeem(400, code); again.Get("error") != "invalid_grant" {
			t.Errorf("got %s", again.Text)
		}
		d.me(401, token)
		// Revoking, by either token; what is unknown is as good as revoked.
		for _, kind := range []string{"access_token", "refresh_token"} {
			got := d.redeem(200, d.allow())
			d.post(200, "/oauth/revoke", "token", said(got, kind), "token_type_hint", kind)
			d.me(401, said(got, "access_token"))
		}
		d.post(200, "/oauth/revoke", "token", "unknown")
		// Everything ends.
		code = d.allow()
		p.Pass(101 * time.Second)
		d.redeem(400, code)
		got = d.redeem(200, d.allow())
		p.Pass(30*24*time.Hour + time.Second)
		bad := d.me(401, said(got, "access_token"))
		if h := bad.Header.Get("WWW-Authenticate"); h != `Bearer realm="uData", error="invalid_token"` {
			t.Errorf("WWW-Authenticate: %s", h)
		}
		// A token that does not work is nobody's, where anybody may read.
		p.Want(200, nobody, "GET", "/api/1/reuses/", nil, "Authorization", "Bearer x")
		token = said(d.post(200, "/oauth/token", "grant_type", "refresh_token", "refresh_token", said(got, "refresh_token")), "access_token")
		d.me(200, token)
		// With the account, all is gone.
		p.Want(204, d.who, "DELETE", "/api/1/me/", nil)
		d.me(401, token)
		var n int
		if err := p.DB.Read().QueryRowContext(t.Context(), "SELECT count(*) FROM oauth2_token").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d tokens are left, %v", n, err)
		}
	})
}

// TestOAuth2Refuses goes through what an attacker would try.
func TestOAuth2Refuses(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		d := newDance(t, p, true, true)
		// Nobody is sent to an address that is not the client's, to the letter.
		for _, c := range [][]string{
			{"client_id", "000000000000000000000000"},
			{"client_id", "x"},
			{"client_id", ""},
			{"redirect_uri", appURI + "/"},
			{"redirect_uri", appURI + "?x=1"},
			{"redirect_uri", "https://evil.example.org/"},
			{"redirect_uri", "https://app.example.org.evil.org/callback"},
			{"redirect_uri", "javascript:alert(1)"},
		} {
			got := d.b.send(400, "GET", d.address(c...), nil)
			if got.Header.Get("Location") != "" || !strings.Contains(got.Text, "<h1>") {
				t.Errorf("%v: got %v", c, got.Header)
			}
		}
		d.b.send(400, "GET", d.address()+"&client_id="+d.client.ID, nil)
		// The client is told the other mistakes.
		for _, c := range []struct {
			change []string
			want   string
		}{
			{[]string{"response_type", "token"}, "unsupported_response_type"},
			{[]string{"response_type", ""}, "invalid_request"},
			{[]string{"code_challenge", ""}, "invalid_request"},
			{[]string{"code_challenge_method", "plain"}, "invalid_request"},
			{[]string{"code_challenge_method", ""}, "invalid_request"},
			{[]string{"scope", "default root"}, "invalid_scope"},
		} {
			to := d.b.send(302, "GET", d.address(c.change...), nil).Header.Get("Location")
			if !strings.HasPrefix(to, appURI+"?error="+c.want+"&") || !strings.Contains(to, "state=s%261") {
				t.Errorf("%v: sent to %s", c.change, to)
			}
		}
		// Who is not signed in goes there first; a token is no sign-in.
		for _, header := range [][]string{nil, {"X-API-KEY", d.who.Token}} {
			to := p.Want(302, nobody, "GET", d.address(), nil, header...).Header.Get("Location")
			u, err := url.Parse(to)
			if err != nil || u.Path != "/login" || !strings.HasSuffix(u.Query().Get("next"), d.address()) {
				t.Errorf("sent to %s", to)
			}
		}
		// The page shows names as text, and no other site may show it.
		page := d.b.send(200, "GET", d.address(), nil)
		if strings.Contains(page.Text, "<b>") || page.Header.Get("X-Frame-Options") != "DENY" ||
			!strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%v\n%s", page.Header, page.Text)
		}
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page.Text)[1]
		sum := sha256.Sum256([]byte(style))
		if !strings.Contains(page.Header.Get("Content-Security-Policy"), base64.StdEncoding.EncodeToString(sum[:])) {
			t.Error("the policy forbids the style")
		}
		if fr := d.b.send(200, "GET", d.address("lang", "fr"), nil).Text; !strings.Contains(fr, "Autoriser") || !strings.Contains(fr, `lang="fr"`) {
			t.Errorf("not French: %s", fr)
		}
		// Without the page's own token nothing is allowed, nor from another site.
		d.b.send(400, "POST", d.address(), "accept=1", "Content-Type", urlencoded)
		d.b.send(400, "POST", d.address(), "accept=1&csrf_token=x", "Content-Type", urlencoded)
		token := formToken.FindStringSubmatch(page.Text)[1]
		d.b.send(403, "POST", d.address(), "accept=1&csrf_token="+token, "Content-Type", urlencoded, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example.org")
		for _, form := range []string{"decline=1", "accept=1&decline=1", ""} {
			to := d.b.send(302, "POST", d.address(), form+"&csrf_token="+token, "Content-Type", urlencoded).Header.Get("Location")
			if !strings.HasPrefix(to, appURI+"?error=access_denied") {
				t.Errorf("%q: sent to %s", form, to)
			}
		}
		// A code is of use only with the verifier and the address, to its client.
		code := d.allow()
		d.redeem(400, code, "code_verifier", "")
		d.redeem(400, code, "code_verifier", verifier+"x")
		d.redeem(400, code, "redirect_uri", "")
		other := &oauth2.Client{Name: "Other", Doc: oauth2.Doc{RedirectURIs: []string{appURI}}}
		secret, err := p.OAuth2.Create(t.Context(), other, false)
		if err != nil {
			t.Fatal(err)
		}
		d.redeem(400, code, "client_id", other.ID, "client_secret", secret)
		if got := d.redeem(401, code, "client_id", other.ID, "client_secret", "x"); got.Get("error") != "invalid_client" {
			t.Errorf("got %s", got.Text)
		}
		token = said(d.redeem(200, code), "access_token")
		// Nobody ends another client's token.
		d.post(200, "/oauth/revoke", "token", token, "client_id", other.ID, "client_secret", secret)
		// A sysadmin's token has the rights of one with the scope admin alone.
		if got := p.Do(nobody, "GET", "/api/1/users/", nil, "Authorization", "Bearer "+token); got.Status != 403 {
			t.Errorf("got %d", got.Status)
		}
		token = said(d.redeem(200, d.allow("scope", "default admin")), "access_token")
		p.Want(200, nobody, "GET", "/api/1/users/", nil, "Authorization", "Bearer "+token)
		// Grants that are not served.
		for grant, want := range map[string]string{"password": "unsupported_grant_type", "": "invalid_request", "client_credentials": "unauthorized_client"} {
			if got := d.post(400, "/oauth/token", "grant_type", grant); got.Get("error") != want {
				t.Errorf("%s: got %s", grant, got.Text)
			}
		}
		p.Want(400, nobody, "POST", "/oauth/token", map[string]any{}).Get("error")
		p.Want(400, nobody, "POST", "/oauth/token", "a=1&a=2", "Content-Type", urlencoded)
		p.Want(413, nobody, "POST", "/oauth/token", strings.Repeat("a", 70_000), "Content-Type", urlencoded)
		// No secret is kept in the clear.
		if err := p.OAuth2.Delete(t.Context(), d.client.ID); err != nil {
			t.Fatal(err)
		}
		d.me(401, token)
		if err := p.OAuth2.Delete(t.Context(), d.client.ID); !errs.Is(err, 404) {
			t.Errorf("deleted twice: %v", err)
		}
	})
}

// TestOAuth2Secret: clients with a secret may do without PKCE, and may act for
// their owner.
func TestOAuth2Secret(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		d := newDance(t, p, false, false)
		code := d.allow("code_challenge", "", "code_challenge_method", "")
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(d.client.ID+":"+d.secret))
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {appURI}}.Encode()
		wrong := p.Want(401, nobody, "POST", "/oauth/token", form, "Content-Type", urlencoded, "Authorization", basic[:len(basic)-4])
		if wrong.Header.Get("WWW-Authenticate") != "Basic" {
			t.Errorf("got %v", wrong.Header)
		}
		got := p.Want(200, nobody, "POST", "/oauth/token", form, "Content-Type", urlencoded, "Authorization", basic)
		d.me(200, said(got, "access_token"))
		got = d.post(200, "/oauth/token", "grant_type", "client_credentials")
		if d.me(200, said(got, "access_token")); got.Get("refresh_token") != nil {
			t.Errorf("got %s", got.Text)
		}
		info := p.Want(200, nobody, "GET", "/oauth/client_info?client_id="+d.client.ID, nil)
		if info.Get("client.name") != "<b>App</b>" {
			t.Errorf("got %s", info.Text)
		}
		p.Want(404, nobody, "GET", "/oauth/client_info?client_id=x", nil)
		p.Want(200, nobody, "GET", "/oauth/error", nil)
	})
}

func TestRedirectURIs(t *testing.T) {
	for uri, want := range map[string]bool{
		appURI: true, "http://127.0.0.1:8000/x": true, "http://localhost/": true, "org.example.app:/x": true,
		"http://example.org/": false, "javascript:alert(1)": false, "data:text/html,x": false, "https://a@example.org/": false,
		"https://example.org/#x": false, "//example.org/": false, "": false, "https://*.example.org/": false, `https://example.org\@evil.org`: false,
	} {
		if got := oauth2.ValidRedirect(uri); got != want {
			t.Errorf("%s: %v", uri, got)
		}
	}
}
