package user

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
)

// leave ends the browser's session. When the person signed in with the
// provider, it returns the address where they sign out there too (OpenID
// Connect RP-Initiated Logout), and the header that gives the browser the
// cookie by which it is known when it comes back. A provider that does not
// answer keeps nobody signed in here.
func (s *Service) leave(ctx context.Context, c cookie) (header http.Header, address string, err error) {
	var token string
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if token, err = s.idToken(ctx, tx, c); err != nil {
			return err
		}
		return s.close(ctx, tx, c)
	})
	out := s.setCookie(cookie{}, 0)
	if err != nil || token == "" {
		return out, "", err
	}
	d, err := s.oidc.discover(ctx)
	if err != nil || d.endSession == "" {
		return out, "", nil
	}
	to, err := url.Parse(d.endSession)
	if err != nil {
		return out, "", nil
	}
	fresh := cookie{Browser: auth.NewSecret()}
	var state string
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		state, err = s.depart(ctx, tx, toSignOut, fresh, trip{next: s.links.Site + "/"})
		return err
	})
	q := to.Query()
	q.Set("id_token_hint", token)
	q.Set("client_id", s.config.OIDC.ClientID)
	q.Set("post_logout_redirect_uri", s.links.API+oidcLogoutPath)
	q.Set("state", state)
	to.RawQuery = q.Encode()
	return s.setCookie(fresh, 0), to.String(), err
}

// oidcLeave signs out by a plain link.
func (s *Service) oidcLeave(ctx context.Context, r *api.Request) (*api.Response, error) {
	if s.oidc == nil {
		return nil, errs.NotFound()
	}
	// It changes something although it is a GET, so no other site may send
	// people here.
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return nil, errs.New(http.StatusForbidden, "This request comes from another site.")
	}
	header, address, err := s.leave(ctx, readCookie(r.Request))
	if err != nil {
		return nil, err
	}
	if address == "" {
		address = s.links.Site + "/"
	}
	return redirect(header, address), nil
}

// oidcLeft is where the provider sends the browser back to.
func (s *Service) oidcLeft(ctx context.Context, r *api.Request) (*api.Response, error) {
	if s.oidc == nil {
		return nil, errs.NotFound()
	}
	state, _ := r.Query.Get("state")
	if state == "" {
		return nil, errs.Query("state", "The state is missing")
	}
	trip, err := s.arriveBack(ctx, toSignOut, readCookie(r.Request), state)
	if err != nil {
		return nil, err
	}
	if trip == nil {
		return nil, errs.Unauthorized("You did not sign out in this browser, or a while ago.")
	}
	return redirect(noStore(), trip.next), nil
}
