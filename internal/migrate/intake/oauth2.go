package intake

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"ouvert/internal/catalog/oauth2"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
)

// oauthClient reads a client of udata's, which kept its secret in the clear.
func (r *Run) oauthClient(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	c := &oauth2.Client{
		ID: oid, Name: rec.Needed("name"), Owner: rec.Ref("owner"), Internal: rec.Bool("internal"), CreatedAt: rec.Created(oid, "created_at"),
		Doc: oauth2.Doc{Scopes: strings.Fields(rec.Text("scope")), Grants: rec.Texts("grant_types")},
	}
	if len(c.Doc.Scopes) == 0 {
		c.Doc.Scopes = []string{"default"}
	}
	for _, u := range rec.Texts("redirect_uris") {
		if !oauth2.ValidRedirect(u) {
			rec.Add("the redirect URI %q is not safe, left out", u)
			continue
		}
		c.Doc.RedirectURIs = append(c.Doc.RedirectURIs, u)
	}
	if slices.Contains(c.Doc.Grants, "password") {
		rec.Add("the grant type password is not served")
	}
	if !rec.has("secret") {
		return nil, errors.New("it has no secret, not even an empty one: it could not be told from others")
	}
	it := &item{write: func(ctx context.Context, tx *sql.Tx) error {
		return r.target.OAuth2.Import(ctx, tx, c, rec.Text("secret"))
	}}
	if c.Owner != "" {
		it.needs = []mention{{ref.User, c.Owner, "its owner"}}
	}
	return it, nil
}

// oauthToken reads a token of udata's, which kept it in the clear.
func (r *Run) oauthToken(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	t := &oauth2.Token{ID: oid, Client: rec.Ref("client"), Person: rec.Ref("user"), Scope: rec.Text("scope"), CreatedAt: rec.Created(oid, "created_at")}
	access, refresh := rec.Text("access_token"), rec.Text("refresh_token")
	seconds := rec.Int("expires_in")
	switch {
	case len(access) < minKey:
		return nil, errors.New("it has no access_token, or one that would be guessed")
	case t.Client == "" || t.Person == "":
		return nil, errors.New("it is nobody's")
	case seconds == nil || *seconds < 0 || *seconds > maxTokenLife:
		return nil, errors.New("it does not say when it ends")
	}
	if len(refresh) < minKey {
		refresh = ""
	}
	t.ExpiresAt = t.CreatedAt.Add(time.Duration(*seconds) * time.Second)
	if rec.Bool("revoked") {
		t.RevokedAt = r.opts.Now
	}
	return &item{
		needs: []mention{{ref.User, t.Person, "its person"}},
		write: func(ctx context.Context, tx *sql.Tx) error {
			if known, err := r.target.OAuth2.Exists(ctx, tx, t.Client); err != nil {
				return err
			} else if !known {
				return errs.BadRequest("its client was not imported")
			}
			return r.target.OAuth2.ImportToken(ctx, tx, t, access, refresh)
		},
	}, nil
}

// maxTokenLife is a bound for nonsense: ten years, in seconds.
const maxTokenLife = 10 * 365 * 24 * 3600
