package app_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// identityProvider is a small OpenID Connect provider at which one person is
// signed in. It holds its clients to the protocol – registered addresses, PKCE,
// codes that work once – and lies only where a test tells it to.
type identityProvider struct {
	t      *testing.T
	server *httptest.Server
	// now is the portal's clock.
	now func() time.Time

	mu sync.Mutex
	// keys sign tokens, the last one; all are published.
	keys []*rsa.PrivateKey
	// person are the claims of who is signed in.
	person map[string]any
	// token and info change what the ID token and the userinfo say.
	token, info func(claims map[string]any)
	// signer signs in place of the last key.
	signer *rsa.PrivateKey
	// signed makes the userinfo a signed JWT; unsigned one without a signature.
	signed, unsigned bool
	// down makes it answer nothing but 502.
	down bool
	// post takes the client's secret in the form, not in the header.
	post bool
	// asked counts requests by path, codes and tokens are those given out.
	asked  map[string]int
	codes  map[string]url.Values
	access map[string]bool
}

const (
	oidcClient = "portal"
	oidcSecret = "portal: secret/+" // which must be encoded in the header
	oidcBack   = "http://portal.test/api/1/proconnect/auth"
	oidcLeft   = "http://portal.test/api/1/proconnect/logout"
)

func newIdentityProvider(t *testing.T) *identityProvider {
	t.Helper()
	o := &identityProvider{
		t: t, now: time.Now, asked: map[string]int{}, codes: map[string]url.Values{}, access: map[string]bool{},
		person: map[string]any{"sub": "7f3", "email": "ada@example.org", "email_verified": true, "given_name": "Ada", "family_name": "Lovelace"},
	}
	o.newKey()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /realm/.well-known/openid-configuration", o.discovery)
	mux.HandleFunc("GET /realm/keys", o.published)
	mux.HandleFunc("GET /realm/authorize", o.authorize)
	mux.HandleFunc("POST /realm/token", o.exchange)
	mux.HandleFunc("GET /realm/userinfo", o.userinfo)
	mux.HandleFunc("GET /realm/logout", o.endSession)
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.asked[strings.TrimPrefix(r.URL.Path, "/realm")]++
		if o.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(o.server.Close)
	return o
}

func (o *identityProvider) issuer() string { return o.server.URL + "/realm" }

// set changes the provider between requests.
func (o *identityProvider) set(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

func (o *identityProvider) newKey() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		o.t.Fatal(err)
	}
	o.keys = append(o.keys, key)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // to a test's own client
}

func (o *identityProvider) discovery(w http.ResponseWriter, _ *http.Request) {
	methods := []string{"client_secret_basic"}
	if o.post {
		methods = append(methods, "client_secret_post")
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": o.issuer(), "authorization_endpoint": o.issuer() + "/authorize", "token_endpoint": o.issuer() + "/token",
		"jwks_uri": o.issuer() + "/keys", "userinfo_endpoint": o.issuer() + "/userinfo", "end_session_endpoint": o.issuer() + "/logout?realm=x",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "token_endpoint_auth_methods_supported": methods,
	})
}

func keyID(k *rsa.PrivateKey) string {
	sum := sha256.Sum256(k.N.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}

func (o *identityProvider) published(w http.ResponseWriter, _ *http.Request) {
	var keys []map[string]string
	for _, k := range o.keys {
		keys = append(keys, map[string]string{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID(k), "n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()),
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
}

// authorize gives the person's browser a code for the client.
func (o *identityProvider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, want := range map[string]string{"client_id": oidcClient, "redirect_uri": oidcBack, "response_type": "code", "code_challenge_method": "S256"} {
		if got := q.Get(name); got != want {
			o.t.Errorf("authorize: %s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) < 43 {
			o.t.Errorf("authorize: %s is %q", name, q.Get(name))
		}
	}
	code := rand.Text()
	o.codes[code] = q
	http.Redirect(w, r, oidcBack+"?"+url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {o.issuer()}}.Encode(), http.StatusSeeOther)
}

func (o *identityProvider) exchange(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if o.post {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if basic == o.post || id != oidcClient || secret != oidcSecret {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	q, known := o.codes[r.PostFormValue("code")]
	delete(o.codes, r.PostFormValue("code"))
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != oidcBack ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != q.Get("code_challenge") {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	access := rand.Text()
	o.access[access] = true
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": o.issuer(), "aud": oidcClient, "sub": o.person["sub"], "nonce": q.Get("nonce"), "exp": o.now().Add(time.Minute).Unix(),
		"iat": o.now().Unix(), "at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	if o.token != nil {
		o.token(claims)
	}
	writeJSON(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": o.sign(claims)})
}

// sign makes a JWT.
func (o *identityProvider) sign(claims map[string]any) string {
	key := o.keys[len(o.keys)-1]
	header := map[string]string{"alg": "RS256", "kid": keyID(key)}
	if o.signer != nil {
		key = o.signer
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			o.t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		o.t.Error(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (o *identityProvider) userinfo(w http.ResponseWriter, r *http.Request) {
	access, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !o.access[access] {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := maps.Clone(o.person)
	if o.signed {
		claims["iss"], claims["aud"], claims["exp"] = o.issuer(), []string{oidcClient}, o.now().Add(time.Minute).Unix()
	}
	if o.info != nil {
		o.info(claims)
	}
	switch {
	case o.unsigned:
		b, err := json.Marshal(claims)
		if err != nil {
			o.t.Error(err)
		}
		w.Header().Set("Content-Type", "application/jwt")
		_, _ = w.Write([]byte(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(b) + "."))
	case o.signed:
		w.Header().Set("Content-Type", "application/jwt; charset=utf-8")
		_, _ = w.Write([]byte(o.sign(claims)))
	default:
		writeJSON(w, http.StatusOK, claims)
	}
}

func (o *identityProvider) endSession(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("realm") != "x" || q.Get("post_logout_redirect_uri") != oidcLeft || strings.Count(q.Get("id_token_hint"), ".") != 2 {
		o.t.Errorf("logout: %v", q)
	}
	http.Redirect(w, r, oidcLeft+"?state="+url.QueryEscape(q.Get("state")), http.StatusSeeOther)
}

// visit is the browser at the provider: where it is sent on to.
func (o *identityProvider) visit(address string) string {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		o.t.Fatalf("the provider answers %d to %s", res.StatusCode, address)
	}
	return strings.TrimPrefix(res.Header.Get("Location"), "http://portal.test")
}
