package user

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/schema"
)

// OIDC is what a portal decides about signing in with an OpenID Connect
// provider.
type OIDC struct {
	// Issuer is the provider's address, below which
	// /.well-known/openid-configuration stands; "" turns all of it off.
	Issuer string
	// ClientID and ClientSecret are how the provider knows the portal. Without
	// a secret the portal is a public client, which PKCE alone protects.
	ClientID     string
	ClientSecret string
	// Scopes are what is asked for; openid is always.
	Scopes []string
	// ACRValues is how sure the provider has to be of who it is, in its own
	// words; "" does not ask.
	ACRValues string
	// Register makes an account for people who have none.
	Register bool
}

// Where the browser comes back from the provider: both are registered there.
const (
	oidcAuthPath   = "/api/1/proconnect/auth"
	oidcLogoutPath = "/api/1/proconnect/logout"
)

// OIDCRoutes are the ways to the provider and back, under the names of
// udata, whose provider is France's ProConnect.
func (s *Service) OIDCRoutes() []api.Route {
	off := "The portal has no provider"
	down := "The provider does not answer; try again later"
	routes := []api.Route{
		{
			Path: "/api/1/proconnect/login/", ID: "get_proconnect_login_api", Summary: "Go to the OpenID Connect provider to sign in",
			Query:  []api.Param{{Name: "next", Type: schema.Text(), Doc: "Where to go afterwards: a path of the portal's front, or an address of the front or of the API"}},
			Errors: map[int]string{400: "`next` leads elsewhere", 404: off, 429: "Too many tries", 503: down}, Handle: s.oidcLogin,
		},
		{
			Path: oidcAuthPath, ID: "get_proconnect_auth_api", Summary: "Come back from the provider, signed in",
			Doc: "The account is the one with the e-mail address that the provider tells.",
			Query: []api.Param{
				{Name: "code", Type: schema.Text(), Doc: "What the provider gave"},
				{Name: "state", Type: schema.Text(), Doc: "What the portal gave; works once, in the same browser"},
				{Name: "iss", Type: schema.Text(), Doc: "The provider's address (RFC 9207)"},
				{Name: "error", Type: schema.Text(), Doc: "Why the provider refused"},
			},
			Errors: map[int]string{
				400: "The sign-in was not begun in this browser, is over or too old", 401: "The provider refused, or what it says is not right; the account is disabled",
				403: "The provider tells no confirmed address, or there is no account and none is made", 404: off, 503: down,
			},
			Handle: s.oidcAuth,
		},
		{
			Path: "/api/1/proconnect/logout_oauth", ID: "get_proconnect_logout_o_auth_api", Summary: "Sign out here, and go to the provider to sign out there",
			Errors: map[int]string{403: "Another site sent the browser here", 404: off}, Handle: s.oidcLeave,
		},
		{
			Path: oidcLogoutPath, ID: "get_proconnect_logout_api", Summary: "Come back from the provider, signed out",
			Query:  []api.Param{{Name: "state", Type: schema.Text(), Doc: "What the portal gave; required"}},
			Errors: map[int]string{400: "`state` is missing", 401: "`state` is not this browser's, or too old", 404: off}, Handle: s.oidcLeft,
		},
	}
	for i := range routes {
		routes[i].Method, routes[i].Tag, routes[i].Access, routes[i].Status = http.MethodGet, "proconnect", api.Anyone, http.StatusFound
	}
	return routes
}

// oidcLogin sends the browser to the provider.
func (s *Service) oidcLogin(ctx context.Context, r *api.Request) (*api.Response, error) {
	if s.oidc == nil {
		return nil, errs.NotFound()
	}
	next, err := s.nextPage(r)
	if err != nil {
		return nil, err
	}
	// A sign-in that comes to its end is taken back.
	if err := s.count(ctx, try{signInsOfAddress, s.address(r.Request)}); err != nil {
		return nil, err
	}
	d, err := s.oidc.discover(ctx)
	if err != nil {
		return nil, err
	}
	c, header := readCookie(r.Request), noStore()
	if c.Browser == "" {
		c = cookie{Browser: auth.NewSecret()}
		header = s.setCookie(c, 0)
	}
	trip := trip{nonce: auth.NewSecret(), verifier: oauth2.GenerateVerifier(), next: next}
	var state string
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		state, err = s.depart(ctx, tx, toSignIn, c, trip)
		return err
	})
	if err != nil {
		return nil, err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(trip.nonce), oauth2.S256ChallengeOption(trip.verifier)}
	if v := s.config.OIDC.ACRValues; v != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", v))
	}
	return redirect(header, d.client.AuthCodeURL(state, options...)), nil
}

func errTrip() *errs.Error {
	return errs.BadRequest("This sign-in was not begun in this browser, or took too long. Please start again.")
}

// oidcAuth is where the provider sends the browser back to.
func (s *Service) oidcAuth(ctx context.Context, r *api.Request) (*api.Response, error) {
	if s.oidc == nil {
		return nil, errs.NotFound()
	}
	c := readCookie(r.Request)
	state, _ := r.Query.Get("state")
	// The state is used up whatever comes next: a second try with the same one
	// is somebody else's.
	trip, err := s.arriveBack(ctx, toSignIn, c, state)
	if err != nil {
		return nil, err
	}
	if trip == nil {
		return nil, errTrip()
	}
	if iss, given := r.Query.Get("iss"); given && iss != s.config.OIDC.Issuer {
		return nil, errIdentity()
	}
	if reason, given := r.Query.Get("error"); given {
		slog.InfoContext(ctx, "the identity provider refused a sign-in", "reason", short(reason))
		return nil, errs.Unauthorized("The identity provider did not sign you in.")
	}
	code, _ := r.Query.Get("code")
	if code == "" {
		return nil, errs.Query("code", "The code is missing")
	}
	who, err := s.oidc.identify(ctx, code, trip)
	if err != nil {
		return nil, err
	}
	signedIn, err := s.signInAs(ctx, r, c, who)
	if err != nil {
		return nil, err
	}
	return redirect(s.setCookie(signedIn, 0), trip.next), nil
}

func redirect(header http.Header, to string) *api.Response {
	header.Set("Location", to)
	return &api.Response{Status: http.StatusFound, Header: header}
}

// maxNext bounds the address to go on to, in bytes.
const maxNext = 2000

// nextPage is where the browser goes when the person has signed in: a page
// of the portal, never one of another site.
func (s *Service) nextPage(r *api.Request) (string, error) {
	next, _ := r.Query.Get("next")
	if next == "" {
		return s.links.Site + "/?flash=connected", nil
	}
	bad := errs.Query("next", "Must be a page of this portal")
	// Browsers read \ as /, and drop tabs and line ends wherever they stand.
	if len(next) > maxNext || strings.ContainsFunc(next, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' }) {
		return "", bad
	}
	u, err := url.Parse(next)
	if err != nil || u.User != nil {
		return "", bad
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") {
		return s.links.Site + next, nil
	}
	for _, own := range []string{s.links.Site, s.links.API} {
		if o, err := url.Parse(own); err == nil && u.Host != "" && u.Scheme == o.Scheme && u.Host == o.Host {
			return next, nil
		}
	}
	return "", bad
}
