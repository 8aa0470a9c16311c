package user

import (
	"context"
	"database/sql"
	"errors"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// signInAs opens a session of the person whom the provider knows, in place of
// the browser's before, and returns its cookie. Errors: 401 for an account
// that is disabled, 403 for somebody without a confirmed address, or without an
// account when none is made.
func (s *Service) signInAs(ctx context.Context, r *api.Request, before cookie, who *identity) (cookie, error) {
	email := normalEmail(who.Email)
	if !validEmail(email) {
		return cookie{}, errs.New(http.StatusForbidden, "The identity provider does not tell your e-mail address.")
	}
	// Accounts are found by their address: who only claims to have it gets none,
	// neither the one that is there nor a new one.
	if who.Verified == "no" {
		return cookie{}, errs.New(http.StatusForbidden, "Your e-mail address is not confirmed at the identity provider.")
	}
	var signedIn cookie
	write := func() error {
		return s.db.Write(ctx, func(tx *sql.Tx) error {
			u, err := s.known(ctx, tx, email, who)
			if err != nil {
				return err
			}
			u.LastLoginAt = s.clock()
			if err := save(ctx, tx, u); err != nil {
				return err
			}
			if err := s.forgive(ctx, tx, try{signInsOfAccount, email}, try{signInsOfAddress, s.address(r.Request)}); err != nil {
				return err
			}
			if signedIn, _, err = s.open(ctx, tx, u.ID, before, false); err != nil || len(who.token) > maxIDToken {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE session SET id_token = $1 WHERE hash = $2", who.token, s.sessionHash(signedIn.Token))
			return err
		})
	}
	err := write()
	if errs.Is(err, http.StatusBadRequest) { // another window of theirs made the account a moment ago
		err = write()
	}
	return signedIn, err
}

// known loads the person with the address, or makes them.
func (s *Service) known(ctx context.Context, tx *sql.Tx, email string, who *identity) (*User, error) {
	u, err := scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM person WHERE email = $1", email))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return s.welcome(ctx, tx, email, who)
	case err != nil:
		return nil, err
	case !u.Active || !u.Deleted.IsZero():
		return nil, errs.Unauthorized("Account is disabled.")
	case !u.ConfirmedAt.IsZero():
		return u, nil
	}
	// Somebody asked for this account and never showed that the address is
	// theirs. It is who signs in now: a password and links that others may have
	// go.
	u.ConfirmedAt, u.Password = s.clock(), ""
	for _, p := range []purpose{toConfirm, toReset, toMove} {
		if err := forgetLinks(ctx, tx, p, u.ID); err != nil {
			return nil, err
		}
	}
	if err := signOutEverywhere(ctx, tx, u.ID); err != nil {
		return nil, err
	}
	return u, s.tell(ctx, tx, u.ConfirmedAt, "user:confirmed", u.ID, u.ID, nil)
}

// welcome makes an account, where the portal does.
func (s *Service) welcome(ctx context.Context, tx *sql.Tx, email string, who *identity) (*User, error) {
	if !s.config.OIDC.Register {
		return nil, errs.New(http.StatusForbidden, "Nobody has an account with your e-mail address here.")
	}
	u := s.newUser()
	u.Email, u.ConfirmedAt = email, u.CreatedAt
	if u.FirstName, u.LastName = who.names(); u.FullName() == "" {
		return nil, errs.New(http.StatusForbidden, "The identity provider does not tell your name.")
	}
	return u, s.insert(ctx, tx, u, u.ID)
}

// idToken is what the provider said of who signed in there; "" for a session
// that came from a password, and for none.
func (s *Service) idToken(ctx context.Context, q db.Querier, c cookie) (string, error) {
	if s.oidc == nil || c.Token == "" {
		return "", nil
	}
	var token string
	err := q.QueryRowContext(ctx, "SELECT id_token FROM session WHERE hash = $1", s.sessionHash(c.Token)).Scan(db.Text{S: &token})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return token, err
}
