package user

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// How long a session lasts: with "remember me" from the sign-in on, without
// from its last use on, and never longer than maxSession in all.
const (
	rememberFor = 90 * 24 * time.Hour
	idleFor     = 7 * 24 * time.Hour
	maxSession  = 90 * 24 * time.Hour
)

// cookieName is udata's.
const cookieName = "session"

// cookie is what a browser sends. Browser is made at the first visit and
// keys the CSRF token; Token is there while somebody is signed in, and is
// another after each sign-in.
type cookie struct{ Browser, Token string }

func readCookie(r *http.Request) cookie {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return cookie{}
	}
	browser, token, _ := strings.Cut(c.Value, ".")
	if len(browser) != auth.SecretLength || (token != "" && len(token) != auth.SecretLength) {
		return cookie{} // somebody else's, or cut
	}
	return cookie{browser, token}
}

func (c cookie) String() string {
	if c.Token == "" {
		return c.Browser
	}
	return c.Browser + "." + c.Token
}

// setCookie is the header that gives a browser its cookie. A session without
// "remember me" ends with the browser.
func (s *Service) setCookie(c cookie, age time.Duration) http.Header {
	v := http.Cookie{
		Name: cookieName, Value: c.String(), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.config.Secure, Domain: s.config.CookieDomain, MaxAge: int(age.Seconds()),
	}
	if c.Browser == "" {
		v.Value, v.MaxAge = "", -1
	}
	h := noStore()
	h.Set("Set-Cookie", v.String())
	return h
}

// csrf is the token that the browser's forms must carry. It needs no place in
// the database: another site can neither read nor make it.
func (s *Service) csrf(c cookie) string {
	m := hmac.New(sha256.New, []byte(s.config.TokenSecret))
	m.Write([]byte("csrf\x00" + c.Browser))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// FormToken is the CSRF token of the request's browser, for the forms of other
// nouns.
func (s *Service) FormToken(r *http.Request) string { return s.csrf(readCookie(r)) }

func (s *Service) sessionHash(token string) string {
	return auth.HashToken(s.config.TokenSecret, "session\x00"+token)
}

// Session returns the actor of the request's cookie, nil when nobody is
// signed in. errs.Forbidden for a write that another site makes a browser do.
func (s *Service) Session(ctx context.Context, r *http.Request) (*auth.Actor, error) {
	c := readCookie(r)
	if c.Token == "" {
		return nil, nil // nobody is signed in, which is no error
	}
	now := s.clock()
	hash := s.sessionHash(c.Token)
	var person string
	var remember bool
	var created, used, expires time.Time
	err := s.db.Read().QueryRowContext(ctx, "SELECT person, remember, created_at, last_used_at, expires_at FROM session WHERE hash = $1", hash).
		Scan(&person, &remember, db.Time{T: &created}, db.Time{T: &used}, db.Time{T: &expires})
	if errors.Is(err, sql.ErrNoRows) || (err == nil && !expires.After(now)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := s.Actor(ctx, person)
	if errs.Is(err, http.StatusUnauthorized) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.sameSite(r); err != nil {
		return nil, err
	}
	if now.Sub(used) <= touchEvery {
		return a, nil
	}
	return a, s.db.WriteAside(ctx, func(tx *sql.Tx) error {
		if !remember {
			expires = earlier(now.Add(idleFor), created.Add(maxSession))
		}
		if _, err := tx.ExecContext(ctx, "UPDATE session SET last_used_at = $1, expires_at = $2 WHERE hash = $3",
			now.UnixMicro(), expires.UnixMicro(), hash); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE person SET last_login_at = $1 WHERE id = $2", now.UnixMicro(), person)
		return err
	})
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// sameSite refuses what another site makes a browser write.
func (s *Service) sameSite(r *http.Request) error {
	if s.config.Protection == nil || s.config.Protection.Check(r) == nil {
		return nil
	}
	return errs.New(http.StatusForbidden, "This request comes from another site.")
}

// open writes a new session in place of the one that the cookie named, and
// returns the new cookie with its age.
func (s *Service) open(ctx context.Context, tx *sql.Tx, person string, before cookie, remember bool) (cookie, time.Duration, error) {
	if err := s.close(ctx, tx, before); err != nil {
		return cookie{}, 0, err
	}
	now := s.clock()
	c := cookie{before.Browser, auth.NewSecret()}
	if c.Browser == "" {
		c.Browser = auth.NewSecret()
	}
	age, life := time.Duration(0), idleFor
	if remember {
		age, life = rememberFor, rememberFor
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO session (hash, person, remember, created_at, last_used_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		s.sessionHash(c.Token), person, remember, now.UnixMicro(), now.UnixMicro(), now.Add(life).UnixMicro())
	return c, age, err
}

func (s *Service) close(ctx context.Context, tx *sql.Tx, c cookie) error {
	if c.Token == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM session WHERE hash = $1", s.sessionHash(c.Token))
	return err
}

// signOutEverywhere ends all sessions of a person.
func signOutEverywhere(ctx context.Context, tx *sql.Tx, person string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM session WHERE person = $1", person)
	return err
}

// Sweep removes what has run out: sessions, links of mails, counts of tries.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock().UnixMicro()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{
			"DELETE FROM session WHERE expires_at <= $1",
			"DELETE FROM mail_link WHERE expires_at <= $1",
			"DELETE FROM attempt WHERE ends_at <= $1",
		} {
			if _, err := tx.ExecContext(ctx, statement, now); err != nil {
				return err
			}
		}
		return nil
	})
}
