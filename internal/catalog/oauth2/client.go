package oauth2

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
)

// Create makes a client and returns it with its secret, "" for a public one:
// it is told this once. errs.Field says what is wrong.
func (s *Service) Create(ctx context.Context, c *Client, public bool) (secret string, err error) {
	c.Name = strings.TrimSpace(c.Name)
	switch {
	case c.Name == "" || len(c.Name) > maxName:
		return "", errs.Field("name", "A name has between 1 and 255 characters")
	case len(c.Doc.RedirectURIs) == 0:
		return "", errs.New(400, "a client needs a redirect URI")
	case public && c.Internal:
		return "", errs.New(400, "a public client cannot do without the consent page: anybody could pass for it")
	}
	for _, u := range c.Doc.RedirectURIs {
		if !ValidRedirect(u) {
			return "", errs.New(400, "%q is no redirect URI: it must be https, http to this machine, or com.example.app:/path, without #", u)
		}
	}
	now := s.clock()
	c.ID, c.CreatedAt = id.New(now), now
	c.Doc.Grants = []string{grantCode, grantRefresh}
	if len(c.Doc.Scopes) == 0 {
		c.Doc.Scopes = []string{scopeDefault}
	}
	if !public {
		secret = auth.NewSecret()
		c.Secret = s.hash("secret", secret)
		if c.Owner != "" {
			c.Doc.Grants = append(c.Doc.Grants, grantClient)
		}
	}
	return secret, s.db.Write(ctx, func(tx *sql.Tx) error { return saveClient(ctx, tx, c) })
}

// Clients returns all clients, the oldest first.
func (s *Service) Clients(ctx context.Context) ([]*Client, error) {
	var out []*Client
	err := db.Each(ctx, s.db.Read(), "SELECT "+clientColumns+" FROM oauth2_client ORDER BY created_at, id", nil, func(rows *sql.Rows) error {
		c, err := scanClient(rows)
		out = append(out, c)
		return err
	})
	return out, err
}

// Delete removes a client and ends its tokens. errs.NotFound when there is
// none.
func (s *Service) Delete(ctx context.Context, client string) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{"DELETE FROM oauth2_token WHERE client = $1", "DELETE FROM oauth2_code WHERE client = $1"} {
			if _, err := tx.ExecContext(ctx, statement, client); err != nil {
				return err
			}
		}
		res, err := tx.ExecContext(ctx, "DELETE FROM oauth2_client WHERE id = $1", client)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return errs.NotFound()
	})
}

// Exists tells whether there is a client of that id.
func (s *Service) Exists(ctx context.Context, q db.Querier, client string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM oauth2_client WHERE id = $1", client).Scan(&n)
	return n > 0, err
}

// Import writes a client of another portal; secret is in the clear. A public
// one has none.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, c *Client, secret string) error {
	c.Secret = ""
	if secret != "" {
		c.Secret = s.hash("secret", secret)
	}
	return saveClient(ctx, tx, c)
}

// ImportToken writes a token of another portal, which kept it in the clear.
// refresh may be "".
func (s *Service) ImportToken(ctx context.Context, tx *sql.Tx, t *Token, access, refresh string) error {
	t.AccessHash, t.Family = s.hash("access", access), t.ID
	if refresh != "" {
		t.RefreshHash = s.hash("refresh", refresh)
	}
	t.RefreshUntil = t.ExpiresAt.Add(refreshLife)
	// What was revoked here stays so when the import is run again.
	var revoked time.Time
	err := tx.QueryRowContext(ctx, "SELECT revoked_at FROM oauth2_token WHERE id = $1", t.ID).Scan(db.Time{T: &revoked})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if t.RevokedAt.IsZero() {
		t.RevokedAt = revoked
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM oauth2_token WHERE id = $1", t.ID); err != nil {
		return err
	}
	return saveToken(ctx, tx, t)
}

const clientColumns = "id, name, owner, secret, internal, created_at, doc"

func scanClient(row interface{ Scan(...any) error }) (*Client, error) {
	c := &Client{}
	var doc string
	if err := row.Scan(&c.ID, &c.Name, db.Text{S: &c.Owner}, &c.Secret, &c.Internal, db.Time{T: &c.CreatedAt}, &doc); err != nil {
		return nil, err
	}
	return c, json.Unmarshal([]byte(doc), &c.Doc)
}

// client finds a client; errs.NotFound when there is none of that id.
func (s *Service) client(ctx context.Context, oid string) (*Client, error) {
	oid, ok := id.Parse(oid)
	if !ok {
		return nil, errs.NotFound()
	}
	c, err := scanClient(s.db.Read().QueryRowContext(ctx, "SELECT "+clientColumns+" FROM oauth2_client WHERE id = $1", oid))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errs.NotFound()
	}
	return c, err
}

func saveClient(ctx context.Context, tx *sql.Tx, c *Client) error {
	doc, err := json.Marshal(c.Doc)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO oauth2_client ("+clientColumns+") VALUES "+db.Values(1, 7)+`
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, secret = excluded.secret,
		internal = excluded.internal, created_at = excluded.created_at, doc = excluded.doc`,
		c.ID, c.Name, db.Null(c.Owner), c.Secret, c.Internal, c.CreatedAt.UnixMicro(), string(doc))
	return err
}

const tokenColumns = "id, client, person, access_hash, refresh_hash, scope, family, created_at, expires_at, refresh_until, revoked_at"

func scanToken(row interface{ Scan(...any) error }) (*Token, error) {
	t := &Token{}
	return t, row.Scan(&t.ID, &t.Client, &t.Person, &t.AccessHash, db.Text{S: &t.RefreshHash}, &t.Scope, &t.Family,
		db.Time{T: &t.CreatedAt}, db.Time{T: &t.ExpiresAt}, db.Time{T: &t.RefreshUntil}, db.Time{T: &t.RevokedAt})
}

func saveToken(ctx context.Context, tx *sql.Tx, t *Token) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO oauth2_token ("+tokenColumns+") VALUES "+db.Values(1, 11),
		t.ID, t.Client, t.Person, t.AccessHash, db.Null(t.RefreshHash), t.Scope, t.Family, t.CreatedAt.UnixMicro(),
		t.ExpiresAt.UnixMicro(), t.RefreshUntil.UnixMicro(), db.Micros(t.RevokedAt))
	return err
}
