package oauth2

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
)

// bodyLimit bounds the forms here.
const bodyLimit = 64 << 10

// fault is an error in the shape of RFC 6749, 5.2.
type fault struct{ Code, Text string }

func (f *fault) Error() string { return f.Code + ": " + f.Text }

func noStore() http.Header {
	return http.Header{"Cache-Control": {"no-store"}, "Pragma": {"no-cache"}, "Referrer-Policy": {"no-referrer"}}
}

// answer makes the answer of a value or of a fault; other errors pass.
func answer(v any, err error, basic bool) (*api.Response, error) {
	status, header := http.StatusOK, noStore()
	var f *fault
	if errors.As(err, &f) {
		status, v = http.StatusBadRequest, map[string]string{"error": f.Code, "error_description": f.Text}
		if f.Code == "invalid_client" {
			status = http.StatusUnauthorized
			if basic {
				header.Set("WWW-Authenticate", "Basic")
			}
		}
	} else if err != nil {
		return nil, err
	}
	b, err := json.Marshal(v)
	return &api.Response{Status: status, Body: b, Header: header}, err
}

// readForm reads the body, urlencoded or multipart. A field that is there
// twice is refused (RFC 6749, 3.2), and so is a query: it would be logged.
func readForm(r *api.Request) (url.Values, error) {
	form := url.Values{}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		b, err := r.ReadBody()
		if err != nil {
			return nil, err
		}
		if form, err = url.ParseQuery(string(b)); err != nil {
			return nil, &fault{"invalid_request", "The form could not be read."}
		}
	case err == nil && kind == "multipart/form-data": // the official front's
		parts, err := r.MultipartReader()
		if err != nil {
			return nil, &fault{"invalid_request", "The form could not be read."}
		}
		for {
			p, err := parts.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, api.BodyError(err)
			}
			b, err := io.ReadAll(p) // bounded with the body
			if err != nil {
				return nil, api.BodyError(err)
			}
			form.Add(p.FormName(), string(b))
		}
	default:
		return nil, &fault{"invalid_request", "Send a form: application/x-www-form-urlencoded or multipart/form-data."}
	}
	for name, values := range form {
		if len(values) > 1 {
			return nil, &fault{"invalid_request", "A field is there twice."}
		}
		if strings.ContainsRune(values[0], 0) || len(name) > maxName {
			return nil, &fault{"invalid_request", "The form could not be read."}
		}
	}
	return form, nil
}

// authenticate finds the client that asks and holds it to its secret.
func (s *Service) authenticate(ctx context.Context, r *api.Request, form url.Values) (*Client, error) {
	unknown := &fault{"invalid_client", "The client is unknown, or its secret is wrong."}
	oid, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		if secret != "" {
			return nil, &fault{"invalid_request", "The client tells its secret in two ways."}
		}
		user, badUser := url.QueryUnescape(user)
		password, badPassword := url.QueryUnescape(password)
		if badUser != nil || badPassword != nil || (oid != "" && oid != user) {
			return nil, unknown
		}
		oid, secret = user, password
	}
	c, err := s.client(ctx, oid)
	if errs.Is(err, http.StatusNotFound) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if c.Secret != "" && !auth.SameHash(c.Secret, s.hash("secret", secret)) {
		return nil, unknown
	}
	return c, nil
}

// granted is what a client is told.
type granted struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
}

func (s *Service) token(ctx context.Context, r *api.Request) (*api.Response, error) {
	_, _, basic := r.BasicAuth()
	g, err := s.grant(ctx, r)
	return answer(g, err, basic)
}

func (s *Service) grant(ctx context.Context, r *api.Request) (*granted, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	c, err := s.authenticate(ctx, r, form)
	if err != nil {
		return nil, err
	}
	kind := form.Get("grant_type")
	switch kind {
	case grantCode, grantRefresh, grantClient:
	case "":
		return nil, &fault{"invalid_request", "grant_type is missing."}
	default:
		return nil, &fault{"unsupported_grant_type", "The grant types are authorization_code, refresh_token and client_credentials."}
	}
	if !slices.Contains(c.Doc.Grants, kind) || (kind == grantClient && c.Secret == "") {
		return nil, &fault{"unauthorized_client", "The client may not use this grant type."}
	}
	switch kind {
	case grantCode:
		return s.redeem(ctx, c, form)
	case grantRefresh:
		return s.refresh(ctx, c, form)
	}
	if c.Owner == "" {
		return nil, &fault{"unauthorized_client", "The client belongs to nobody."}
	}
	scope, f := c.scope(form.Get("scope"))
	if f != nil {
		return nil, f
	}
	if err := s.mayAct(ctx, c.Owner); err != nil {
		return nil, err
	}
	var g *granted
	return g, s.db.Write(ctx, func(tx *sql.Tx) error {
		g, err = s.issue(ctx, tx, c, c.Owner, scope, "", false)
		return err
	})
}

// mayAct refuses people who may not sign in (any more).
func (s *Service) mayAct(ctx context.Context, person string) error {
	_, err := s.people.Actor(ctx, person)
	if errs.Is(err, http.StatusUnauthorized) {
		return errGrant()
	}
	return err
}

// mayStillAct is mayAct of who stands behind a code or token. It comes before
// the transaction, for it reads by another connection.
func (s *Service) mayStillAct(ctx context.Context, query, hash string) error {
	var person string
	err := s.db.Read().QueryRowContext(ctx, query, hash).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		return errGrant()
	}
	if err != nil {
		return err
	}
	return s.mayAct(ctx, person)
}

func errGrant() *fault {
	return &fault{"invalid_grant", "What the client was given is unknown, used, revoked or has run out, or is not its own."}
}

// scope returns the scope that the client gets when it asks for text; all of
// it must be its own.
func (c *Client) scope(text string) (string, *fault) {
	asked := strings.Fields(text)
	if len(asked) == 0 {
		asked = []string{scopeDefault}
	}
	var out []string
	for _, a := range asked {
		if !slices.Contains(c.Doc.Scopes, a) {
			return "", &fault{"invalid_scope", "The client may not ask for this scope."}
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return strings.Join(out, " "), nil
}

// issue makes a token. family is "" for a new one.
func (s *Service) issue(ctx context.Context, tx *sql.Tx, c *Client, person, scope, family string, refresh bool) (*granted, error) {
	now := s.clock()
	t := &Token{
		ID: id.New(now), Client: c.ID, Person: person, Scope: scope, Family: family,
		CreatedAt: now, ExpiresAt: now.Add(tokenLife), RefreshUntil: now.Add(tokenLife),
	}
	if t.Family == "" {
		t.Family = t.ID
	}
	g := &granted{AccessToken: auth.NewSecret(), ExpiresIn: int(tokenLife.Seconds()), Scope: scope, TokenType: "Bearer"}
	t.AccessHash = s.hash("access", g.AccessToken)
	if refresh && slices.Contains(c.Doc.Grants, grantRefresh) {
		g.RefreshToken = auth.NewSecret()
		t.RefreshHash, t.RefreshUntil = s.hash("refresh", g.RefreshToken), t.ExpiresAt.Add(refreshLife)
	}
	return g, saveToken(ctx, tx, t)
}

// redeem gives tokens for a code. A code that was used already ends what came
// of it: one of the two who brought it stole it.
func (s *Service) redeem(ctx context.Context, c *Client, form url.Values) (*granted, error) {
	hash, now := s.hash("code", form.Get("code")), s.clock()
	if err := s.mayStillAct(ctx, "SELECT person FROM oauth2_code WHERE hash = $1", hash); err != nil {
		return nil, err
	}
	var g *granted
	var refused error
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		g, refused = nil, nil
		var client, person, uri, scope, challenge, family string
		var expires int64
		err := tx.QueryRowContext(ctx, "SELECT client, person, redirect_uri, scope, challenge, family, expires_at FROM oauth2_code WHERE hash = $1", hash).
			Scan(&client, &person, &uri, &scope, &challenge, &family, &expires)
		if errors.Is(err, sql.ErrNoRows) || (err == nil && client != c.ID) {
			refused = errGrant()
			return nil
		}
		if err != nil {
			return err
		}
		verifier := form.Get("code_verifier")
		if expires <= now.UnixMicro() || uri != form.Get("redirect_uri") && uri != "" || !proves(verifier, challenge) {
			refused = errGrant()
			return nil
		}
		// The row's lock lets one of two who come at once through.
		res, err := tx.ExecContext(ctx, "UPDATE oauth2_code SET used_at = $1 WHERE hash = $2 AND used_at IS NULL", now.UnixMicro(), hash)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			refused = errGrant()
			return s.revokeFamily(ctx, tx, family)
		}
		g, err = s.issue(ctx, tx, c, person, scope, family, true)
		return err
	})
	return g, errors.Join(err, refused)
}

// proves tells whether the verifier is the challenge's (RFC 7636, S256). A
// client with a secret may do without both, never with one of them.
func proves(verifier, challenge string) bool {
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return auth.SameHash(base64.RawURLEncoding.EncodeToString(sum[:]), challenge)
}

// refresh gives new tokens for a refresh token, which works once.
func (s *Service) refresh(ctx context.Context, c *Client, form url.Values) (*granted, error) {
	hash, now := s.hash("refresh", form.Get("refresh_token")), s.clock()
	if err := s.mayStillAct(ctx, "SELECT person FROM oauth2_token WHERE refresh_hash = $1", hash); err != nil {
		return nil, err
	}
	var g *granted
	var refused error
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		g, refused = nil, nil
		t, err := scanToken(tx.QueryRowContext(ctx, "SELECT "+tokenColumns+" FROM oauth2_token WHERE refresh_hash = $1", hash))
		if errors.Is(err, sql.ErrNoRows) || (err == nil && (t.Client != c.ID || !t.RefreshUntil.After(now))) {
			refused = errGrant()
			return nil
		}
		if err != nil {
			return err
		}
		scope := t.Scope
		if text := form.Get("scope"); text != "" {
			for _, a := range strings.Fields(text) {
				if !slices.Contains(strings.Fields(t.Scope), a) {
					refused = &fault{"invalid_scope", "The token has no such scope."}
					return nil
				}
			}
			scope = strings.Join(strings.Fields(text), " ")
		}
		res, err := tx.ExecContext(ctx, "UPDATE oauth2_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", now.UnixMicro(), t.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			refused = errGrant()
			return s.revokeFamily(ctx, tx, t.Family)
		}
		g, err = s.issue(ctx, tx, c, t.Person, scope, t.Family, true)
		return err
	})
	return g, errors.Join(err, refused)
}

func (s *Service) revokeFamily(ctx context.Context, tx *sql.Tx, family string) error {
	_, err := tx.ExecContext(ctx, "UPDATE oauth2_token SET revoked_at = $1 WHERE family = $2 AND revoked_at IS NULL", db.Micros(s.clock()), family)
	return err
}

// revoke ends a token and all that came of the same code. A token that is
// unknown is as good as revoked (RFC 7009, 2.2).
func (s *Service) revoke(ctx context.Context, r *api.Request) (*api.Response, error) {
	_, _, basic := r.BasicAuth()
	return answer(struct{}{}, s.end(ctx, r), basic)
}

func (s *Service) end(ctx context.Context, r *api.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	c, err := s.authenticate(ctx, r, form)
	if err != nil {
		return err
	}
	text := form.Get("token")
	if text == "" {
		return &fault{"invalid_request", "token is missing."}
	}
	// The hint is not needed: the two kinds have hashes of their own.
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		t, err := scanToken(tx.QueryRowContext(ctx, "SELECT "+tokenColumns+" FROM oauth2_token WHERE access_hash = $1 OR refresh_hash = $2",
			s.hash("access", text), s.hash("refresh", text)))
		if errors.Is(err, sql.ErrNoRows) || (err == nil && t.Client != c.ID) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.revokeFamily(ctx, tx, t.Family)
	})
}
