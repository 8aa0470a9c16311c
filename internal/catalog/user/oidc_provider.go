package user

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/errs"
)

// The limits of talking to the provider.
const (
	// oidcTimeout bounds each request to it.
	oidcTimeout = 10 * time.Second
	// oidcRetry is how long a provider that failed is left alone, so that those
	// who want to sign in are told so at once and do not wait in line.
	oidcRetry = 5 * time.Second
	// oidcFresh is how long its description is believed. Its keys are asked for
	// anew whenever it signs with one that is not known.
	oidcFresh = 24 * time.Hour
	// maxOIDCAnswer bounds an answer, in bytes.
	maxOIDCAnswer = 1 << 20
	// maxIDToken bounds what is kept to sign out, in bytes: it becomes part of
	// an address.
	maxIDToken = 6 << 10
)

// provider is the OpenID Connect provider. Nothing is asked of it before
// somebody wants to sign in.
type provider struct {
	config   OIDC
	redirect string
	clock    clock.Clock
	http     *http.Client
	once     singleflight.Group

	mu      sync.Mutex
	known   *discovered
	learned time.Time
	failed  time.Time
}

// discovered is what the provider says of itself.
type discovered struct {
	*oidc.Provider
	client oauth2.Config
	// endSession is where people sign out, "" when they cannot.
	endSession string
}

// Check tells what is wrong with the settings. Tokens and secrets travel on
// what they say, so a provider is reached by https, or is this machine.
func (c OIDC) Check() error {
	if c.Issuer == "" {
		return nil
	}
	if err := safeEndpoint(c.Issuer); err != nil {
		return fmt.Errorf("--oidc-issuer: %w", err)
	}
	if c.ClientID == "" {
		return errors.New("--oidc-issuer needs --oidc-client-id")
	}
	return nil
}

func safeEndpoint(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%q is no address of a provider", address)
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return fmt.Errorf("%q must be an https address", address)
	}
	return nil
}

// newProvider returns nil when the portal has none.
func newProvider(c OIDC, redirect string, now clock.Clock) *provider {
	if c.Issuer == "" {
		return nil
	}
	return &provider{config: c, redirect: redirect, clock: now, http: &http.Client{Timeout: oidcTimeout, Transport: bounded{http.DefaultTransport}}}
}

// bounded cuts answers that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxOIDCAnswer), res.Body}
	}
	return res, err
}

func errProviderDown() *errs.Error {
	e := errs.New(http.StatusServiceUnavailable, "The identity provider does not answer. Try again in a moment.")
	e.RetryAfter = int(oidcRetry.Seconds())
	return e
}

func errIdentity() *errs.Error {
	return errs.Unauthorized("What the identity provider says of you could not be verified.")
}

// short cuts what others wrote, for the log.
func short(s string) string {
	const most = 300
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// discover returns what the provider says of itself. errs.Error 503 while it
// does not answer.
func (p *provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	known, now := p.known, p.clock()
	fresh := known != nil && now.Sub(p.learned) < oidcFresh
	alone := now.Sub(p.failed) < oidcRetry
	p.mu.Unlock()
	switch {
	case fresh, known != nil && alone:
		return known, nil
	case alone:
		return nil, errProviderDown()
	}
	// One asks for all who wait, whether it waits itself until the end or not.
	answer := p.once.DoChan("", func() (any, error) { return p.ask(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-answer:
		if a.Err == nil {
			return a.Val.(*discovered), nil
		}
		slog.WarnContext(ctx, "the identity provider could not be asked", "issuer", p.config.Issuer, "error", short(a.Err.Error()))
		if known != nil {
			return known, nil
		}
		return nil, errProviderDown()
	}
}

func (p *provider) ask(ctx context.Context) (*discovered, error) {
	d, err := p.fetch(oidc.ClientContext(ctx, p.http))
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed = p.clock()
		return nil, err
	}
	p.known, p.learned, p.failed = d, p.clock(), time.Time{}
	return d, nil
}

func (p *provider) fetch(ctx context.Context) (*discovered, error) {
	o, err := oidc.NewProvider(ctx, p.config.Issuer)
	if err != nil {
		return nil, err
	}
	var says struct {
		Auth       string   `json:"authorization_endpoint"`
		Token      string   `json:"token_endpoint"`
		Keys       string   `json:"jwks_uri"`
		UserInfo   string   `json:"userinfo_endpoint"`
		EndSession string   `json:"end_session_endpoint"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := o.Claims(&says); err != nil {
		return nil, err
	}
	for _, address := range []string{says.Auth, says.Token, says.Keys} {
		if err := safeEndpoint(address); err != nil {
			return nil, err
		}
	}
	for _, address := range []string{says.UserInfo, says.EndSession} {
		if err := safeEndpoint(address); address != "" && err != nil {
			return nil, err
		}
	}
	endpoint := o.Endpoint()
	// Never both in turn, as the library does when it is not told: a code may
	// be used once. The form where it is taken, since providers differ in how
	// they decode the header.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if slices.Contains(says.Methods, "client_secret_post") || p.config.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	scopes := p.config.Scopes
	if !slices.Contains(scopes, oidc.ScopeOpenID) {
		scopes = append([]string{oidc.ScopeOpenID}, scopes...)
	}
	return &discovered{
		Provider: o, endSession: says.EndSession,
		client: oauth2.Config{ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: endpoint, RedirectURL: p.redirect, Scopes: scopes},
	}, nil
}

// identity is what the provider says of who signed in there.
type identity struct {
	claims
	// token is the ID token as it came.
	token string
}

// identify gives the provider the code, and verifies what comes back: the ID
// token and, where the provider has them, the claims of its userinfo endpoint.
// errs.Unauthorized when something of it is not right, 503 when it does not
// answer.
func (p *provider) identify(ctx context.Context, code string, t *trip) (*identity, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.http) // oauth2's, too
	who, err := p.verify(ctx, d, code, t)
	if err == nil {
		return who, nil
	}
	slog.WarnContext(ctx, "a sign-in with the identity provider failed", "issuer", p.config.Issuer, "error", short(err.Error()))
	var network net.Error
	var answer *oauth2.RetrieveError
	if errors.As(err, &network) || (errors.As(err, &answer) && answer.Response.StatusCode >= 500) {
		return nil, errProviderDown()
	}
	return nil, errIdentity()
}

func (p *provider) verify(ctx context.Context, d *discovered, code string, t *trip) (*identity, error) {
	tokens, err := d.client.Exchange(ctx, code, oauth2.VerifierOption(t.verifier))
	if err != nil {
		return nil, err
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := d.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: p.clock}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if !auth.SameHash(token.Nonce, t.nonce) {
		return nil, errors.New("the nonce of the ID token is another")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(tokens.AccessToken); err != nil {
			return nil, err
		}
	}
	who := &identity{token: raw}
	if err := token.Claims(&who.claims); err != nil {
		return nil, err
	}
	if who.Subject == "" || (who.Party != "" && who.Party != p.config.ClientID) {
		return nil, errors.New("the ID token is of nobody, or was made for somebody else")
	}
	if d.UserInfoEndpoint() == "" {
		return who, nil
	}
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(tokens)) // verifies the signature of application/jwt
	if err != nil {
		return nil, err
	}
	var more claims
	if err := info.Claims(&more); err != nil {
		return nil, err
	}
	if err := p.checkInfo(&more, who.Subject); err != nil {
		return nil, err
	}
	who.add(&more)
	return who, nil
}

// checkInfo holds the claims of the userinfo endpoint against the ID token's
// subject (OpenID Connect Core, 5.3.2 and 5.3.4). Signed ones also say whose
// they are, for whom, and until when.
func (p *provider) checkInfo(c *claims, subject string) error {
	switch {
	case c.Subject != subject:
		return errors.New("the userinfo is about somebody else")
	case c.Issuer != "" && c.Issuer != p.config.Issuer:
		return errors.New("the userinfo comes from somebody else")
	case len(c.Audience) > 0 && !slices.Contains(c.Audience, p.config.ClientID):
		return errors.New("the userinfo is for somebody else")
	case c.Expiry > 0 && c.Expiry < float64(p.clock().Unix()):
		return errors.New("the userinfo is too old")
	}
	return nil
}

// claims are what is read of an ID token and of userinfo (OpenID Connect Core,
// 5.1); usual_name is ProConnect's family name.
type claims struct {
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Audience   audience `json:"aud"`
	Party      string   `json:"azp"`
	Expiry     float64  `json:"exp"`
	Email      string   `json:"email"`
	Verified   verified `json:"email_verified"`
	Name       string   `json:"name"`
	GivenName  string   `json:"given_name"`
	FamilyName string   `json:"family_name"`
	UsualName  string   `json:"usual_name"`
	Nick       string   `json:"preferred_username"`
}

// add takes over what the userinfo says. An address comes with what is said
// of it in the same place, but one "not verified" is enough.
func (c *claims) add(more *claims) {
	if more.Email != "" {
		if normalEmail(more.Email) != normalEmail(c.Email) {
			c.Verified = ""
		}
		c.Email = more.Email
	}
	if more.Verified != "" && c.Verified != "no" {
		c.Verified = more.Verified
	}
	for _, f := range []struct{ to, from *string }{
		{&c.Name, &more.Name}, {&c.GivenName, &more.GivenName}, {&c.FamilyName, &more.FamilyName}, {&c.UsualName, &more.UsualName}, {&c.Nick, &more.Nick},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
}

// names are the first and the last name, "" what is not told or cannot be.
func (c *claims) names() (first, last string) {
	clean := func(s string) string {
		s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
		if badName(s) != "" {
			return ""
		}
		return s
	}
	first, last = clean(c.GivenName), clean(c.UsualName)
	if last == "" {
		last = clean(c.FamilyName)
	}
	if first == "" && last == "" {
		first, last, _ = strings.Cut(clean(c.Name), " ")
	}
	if first == "" && last == "" && !strings.Contains(c.Nick, "@") { // an address is not for everybody to read
		first = clean(c.Nick)
	}
	return first, last
}

// verified is email_verified: "yes", "no", or "" when nothing is said. Some
// providers write it as a text.
type verified string

func (v *verified) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true", `"true"`:
		*v = "yes"
	case "null":
	default:
		*v = "no"
	}
	return nil
}

// audience is a text or a list of them (RFC 7519, 4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(b, &many)
	*a = many
	return err
}
