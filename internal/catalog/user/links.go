package user

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
)

// purpose is what a link of a mail is for, and how long it works.
type purpose struct {
	name string
	life time.Duration
}

var (
	toConfirm = purpose{"confirm", 5 * 24 * time.Hour}
	toReset   = purpose{"reset", 24 * time.Hour}
	toMove    = purpose{"change-email", 24 * time.Hour}
)

func (s *Service) linkHash(p purpose, token string) string {
	return auth.HashToken(s.config.TokenSecret, "link\x00"+p.name+"\x00"+token)
}

// newLink makes the token of a link and forgets those for the same purpose
// before it. address is where it is sent.
func (s *Service) newLink(ctx context.Context, tx *sql.Tx, p purpose, person, address string) (string, error) {
	if err := forgetLinks(ctx, tx, p, person); err != nil {
		return "", err
	}
	token := auth.NewSecret()
	_, err := tx.ExecContext(ctx, "INSERT INTO mail_link (hash, person, purpose, email, expires_at) VALUES ($1, $2, $3, $4, $5)",
		s.linkHash(p, token), person, p.name, address, s.clock().Add(p.life).UnixMicro())
	return token, err
}

func forgetLinks(ctx context.Context, tx *sql.Tx, p purpose, person string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM mail_link WHERE person = $1 AND purpose = $2", person, p.name)
	return err
}

func errLink() *errs.Error {
	return errs.New(http.StatusBadRequest, "This link is invalid or has expired.")
}

// follow loads the person of a link, and the address that it was sent
// to. The link works no more. errs.BadRequest for a link that is
// unknown, used, too old, or was sent to an address that is no longer the
// person's – except where moving to another is what it is for.
func (s *Service) follow(ctx context.Context, tx *sql.Tx, p purpose, token string) (u *User, address string, err error) {
	if len(token) != auth.SecretLength {
		return nil, "", errLink()
	}
	var person string
	err = tx.QueryRowContext(ctx, "DELETE FROM mail_link WHERE hash = $1 AND expires_at > $2 RETURNING person, email",
		s.linkHash(p, token), s.clock().UnixMicro()).Scan(&person, &address)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", errLink()
	}
	if err != nil {
		return nil, "", err
	}
	if u, err = byID(ctx, tx, person); err != nil {
		return nil, "", err
	}
	if !u.Active || !u.Deleted.IsZero() || (p != toMove && u.Email != address) {
		return nil, "", errLink()
	}
	return u, address, nil
}
