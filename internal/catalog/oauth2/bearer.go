package oauth2

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
)

// Bearer returns the actor of the request's `Authorization: Bearer`, nil when
// it carries no token that works: then nobody asks, as in udata, and a route
// that wants somebody answers 401. Without the scope admin a sysadmin has
// everybody's rights.
func (s *Service) Bearer(ctx context.Context, r *http.Request) (*auth.Actor, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return nil, nil // nobody, which is no error
	}
	t, err := scanToken(s.db.Read().QueryRowContext(ctx, "SELECT "+tokenColumns+" FROM oauth2_token WHERE access_hash = $1", s.hash("access", token)))
	if errors.Is(err, sql.ErrNoRows) || (err == nil && (!t.RevokedAt.IsZero() || !t.ExpiresAt.After(s.clock()))) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := s.people.Actor(ctx, t.Person)
	if errs.Is(err, http.StatusUnauthorized) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a.Delegated = true
	if !slices.Contains(strings.Fields(t.Scope), scopeAdmin) {
		a.Sysadmin = false
	}
	return a, nil
}
