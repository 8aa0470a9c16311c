package user

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// limit is how often something may be tried in a window of time.
type limit struct {
	what   string
	most   int64
	window time.Duration
}

// An account is guarded against guessing its password, an address against
// trying one password on many accounts, and a mailbox against being flooded.
// Whoever signs in has their tries forgotten.
var (
	signInsOfAccount = limit{"sign-in account", 10, 15 * time.Minute}
	signInsOfAddress = limit{"sign-in address", 100, 15 * time.Minute}
	mailsToMailbox   = limit{"mail mailbox", 5, time.Hour}
	mailsOfAddress   = limit{"mail address", 30, time.Hour}
)

// try is one thing that is counted.
type try struct {
	limit
	of string
}

func (s *Service) key(t try) string {
	return auth.HashToken(s.config.TokenSecret, "attempt\x00"+t.what+"\x00"+t.of)
}

// count counts tries before what is tried is done, so that many at a time do
// not slip through. errs.Error 429 when one of them is over its limit.
func (s *Service) count(ctx context.Context, tries ...try) error {
	var wait time.Duration
	now := s.clock()
	err := s.db.WriteAside(ctx, func(tx *sql.Tx) error {
		wait = 0
		for _, t := range tries {
			var n int64
			var ends time.Time
			err := tx.QueryRowContext(ctx, `INSERT INTO attempt (key, tries, ends_at) VALUES ($1, 1, $2)
				ON CONFLICT (key) DO UPDATE SET
				tries = CASE WHEN attempt.ends_at <= $3 THEN 1 ELSE attempt.tries + 1 END,
				ends_at = CASE WHEN attempt.ends_at <= $3 THEN excluded.ends_at ELSE attempt.ends_at END
				RETURNING tries, ends_at`, s.key(t), now.Add(t.window).UnixMicro(), now.UnixMicro()).Scan(&n, db.Time{T: &ends})
			if err != nil {
				return err
			}
			if n > t.most {
				wait = max(wait, ends.Sub(now))
			}
		}
		return nil
	})
	if err != nil || wait == 0 {
		return err
	}
	e := errs.New(http.StatusTooManyRequests, "Too many tries. Wait some minutes and try again.")
	e.RetryAfter = int(wait.Seconds()) + 1
	return e
}

// forgive takes back what count counted: all tries of the account, this one
// of the address.
func (s *Service) forgive(ctx context.Context, tx *sql.Tx, account, address try) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM attempt WHERE key = $1", s.key(account)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE attempt SET tries = tries - 1 WHERE key = $1 AND tries > 0", s.key(address))
	return err
}

// address is where a request comes from: what the nearest proxy that is ours
// says, or the connection's other end. Of IPv6, the network that one customer
// is given.
func (s *Service) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	at, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	for i := len(hops) - 1; i >= 0 && s.isProxy(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = next
	}
	at = at.Unmap()
	if at.Is6() {
		network, err := at.WithZone("").Prefix(64)
		if err == nil {
			return network.String()
		}
	}
	return at.String()
}

func (s *Service) isProxy(a netip.Addr) bool {
	a = a.Unmap()
	for _, p := range s.config.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
