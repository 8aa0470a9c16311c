package user

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
)

// tripFor is how long a browser may stay at the provider: long enough to find
// a telephone for a second factor.
const tripFor = 15 * time.Minute

// trip is what the portal remembers while a browser is at the provider.
type trip struct {
	// nonce comes back in the ID token, verifier proves that who brings the code
	// asked for it (PKCE, RFC 7636).
	nonce, verifier string
	// next is the address to go on to.
	next string
}

// What a browser goes to the provider for.
const (
	toSignIn  = "sign-in"
	toSignOut = "sign-out"
)

func (s *Service) tripHash(what string, c cookie, state string) string {
	return auth.HashToken(s.config.TokenSecret, "oidc\x00"+what+"\x00"+c.Browser+"\x00"+state)
}

// depart remembers a trip of the browser that has the cookie and returns its
// state, which the provider hands back.
func (s *Service) depart(ctx context.Context, tx *sql.Tx, what string, c cookie, t trip) (state string, err error) {
	state = auth.NewSecret()
	_, err = tx.ExecContext(ctx, "INSERT INTO oidc_state (hash, nonce, verifier, next, expires_at) VALUES ($1, $2, $3, $4, $5)",
		s.tripHash(what, c, state), t.nonce, t.verifier, t.next, s.clock().Add(tripFor).UnixMicro())
	return state, err
}

// arriveBack ends the trip that the browser began with the state; nil when
// there is none, or it took too long.
func (s *Service) arriveBack(ctx context.Context, what string, c cookie, state string) (*trip, error) {
	if c.Browser == "" || len(state) != auth.SecretLength {
		return nil, nil
	}
	var t *trip
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var found trip
		var ends time.Time
		err := tx.QueryRowContext(ctx, "DELETE FROM oidc_state WHERE hash = $1 RETURNING nonce, verifier, next, expires_at", s.tripHash(what, c, state)).
			Scan(&found.nonce, &found.verifier, &found.next, db.Time{T: &ends})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && ends.After(s.clock()) {
			t = &found
		}
		return err
	})
	return t, err
}
