package oauth2

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
)

// question is what a client asks a person for.
type question struct {
	client *Client
	// uri is where the answer goes; given, what the request said of it.
	uri, given       string
	scope, challenge string
	state            string
}

// errClient is about a client that is not to be trusted with an answer: it is
// told to the person.
var errClient = errors.New("the client or its address is not known")

// read checks the query of an authorization request. It returns errClient when
// nobody may be sent anywhere, and a fault that the client is to be told.
func (s *Service) read(ctx context.Context, r *api.Request) (*question, error) {
	q := map[string]string{}
	for _, p := range r.Query {
		if _, twice := q[p.Name]; twice && slices.Contains([]string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"}, p.Name) {
			return nil, errClient
		}
		q[p.Name] = p.Value
	}
	c, err := s.client(ctx, q["client_id"])
	if errs.Is(err, http.StatusNotFound) {
		return nil, errClient
	}
	if err != nil {
		return nil, err
	}
	a := &question{client: c, uri: q["redirect_uri"], given: q["redirect_uri"], state: q["state"], challenge: q["code_challenge"]}
	if a.uri == "" && len(c.Doc.RedirectURIs) == 1 {
		a.uri = c.Doc.RedirectURIs[0]
	}
	// To the letter: what only looks alike may be somebody else's.
	if !slices.Contains(c.Doc.RedirectURIs, a.uri) {
		return nil, errClient
	}
	method := q["code_challenge_method"]
	switch {
	case q["response_type"] == "":
		return a, &fault{"invalid_request", "response_type is missing."}
	case q["response_type"] != "code":
		return a, &fault{"unsupported_response_type", "The response type is code."}
	case !slices.Contains(c.Doc.Grants, grantCode):
		return a, &fault{"unauthorized_client", "The client may not use this grant type."}
	case a.challenge == "" && c.Secret == "":
		return a, &fault{"invalid_request", "code_challenge is missing."}
	case a.challenge != "" && (method != "S256" || len(a.challenge) != 43):
		return a, &fault{"invalid_request", "The code_challenge_method is S256."}
	case len(a.state) > maxURI:
		return a, &fault{"invalid_request", "state is too long."}
	}
	var f *fault
	if a.scope, f = c.scope(q["scope"]); f != nil {
		return a, f
	}
	return a, nil
}

// back sends the browser to the client with an answer.
func (a *question) back(values url.Values) *api.Response {
	u, err := url.Parse(a.uri)
	if err != nil { // it was checked when the client was made
		return &api.Response{Status: http.StatusBadRequest, Header: noStore()}
	}
	if a.state != "" {
		values.Set("state", a.state)
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += values.Encode()
	h := noStore()
	h.Set("Location", u.String())
	return &api.Response{Status: http.StatusFound, Header: h}
}

// question reads a request and answers those that come to no question: res is
// not nil, then.
func (s *Service) question(ctx context.Context, r *api.Request) (a *question, who *auth.Actor, res *api.Response, err error) {
	a, err = s.read(ctx, r)
	var f *fault
	switch {
	case errors.Is(err, errClient):
		return nil, nil, s.errorPage(r, http.StatusBadRequest), nil
	case errors.As(err, &f):
		return nil, nil, a.back(url.Values{"error": {f.Code}, "error_description": {f.Text}}), nil
	case err != nil:
		return nil, nil, nil, err
	}
	// The cookie alone: a client's token must not give out more tokens.
	if who, err = s.people.Session(ctx, r.Request); err != nil {
		return nil, nil, nil, err
	}
	if who == nil {
		h := noStore()
		next := s.links.API + "/oauth/authorize?" + r.URL.RawQuery
		h.Set("Location", s.links.Site+"/login?next="+url.QueryEscape(next))
		return nil, nil, &api.Response{Status: http.StatusFound, Header: h}, nil
	}
	return a, who, nil, nil
}

func (s *Service) ask(ctx context.Context, r *api.Request) (*api.Response, error) {
	a, who, res, err := s.question(ctx, r)
	if res != nil || err != nil {
		return res, err
	}
	if a.client.Internal && a.client.Secret != "" {
		return s.give(ctx, a, who)
	}
	return s.consentPage(r, a), nil
}

func (s *Service) decide(ctx context.Context, r *api.Request) (*api.Response, error) {
	form, err := readForm(r)
	if err != nil {
		return answer(nil, err, false)
	}
	a, who, res, err := s.question(ctx, r)
	if res != nil || err != nil {
		return res, err
	}
	if given := form.Get("csrf_token"); given == "" || !auth.SameHash(given, s.people.FormToken(r.Request)) {
		return nil, errs.BadRequest("The CSRF token is invalid.")
	}
	if !form.Has("accept") || form.Has("decline") {
		return a.back(url.Values{"error": {"access_denied"}, "error_description": {"The person refused."}}), nil
	}
	return s.give(ctx, a, who)
}

// give makes a code and sends it to the client.
func (s *Service) give(ctx context.Context, a *question, who *auth.Actor) (*api.Response, error) {
	code, now := auth.NewSecret(), s.clock()
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO oauth2_code (hash, client, person, redirect_uri, scope, challenge, family, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			s.hash("code", code), a.client.ID, who.ID, a.given, a.scope, a.challenge, auth.NewSecret(), now.Add(codeLife).UnixMicro())
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.back(url.Values{"code": {code}}), nil
}

// scheme is what the policy of the page lets its form lead to, beside this
// site: browsers hold redirects to it too.
func (a *question) scheme() string {
	scheme, _, _ := strings.Cut(a.uri, ":")
	return scheme + ":"
}
