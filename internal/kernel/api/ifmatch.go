package api

import (
	"context"
	"database/sql"
	"errors"
	"net/http"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// errMoved says that something was written between the look at an ETag and the
// write that depends on it.
var errMoved = errors.New("api: the catalogue changed meanwhile")

// looks is how often a request looks again before it gives up.
const looks = 20

// ifMatch carries a change out when what is there is what the client has seen
// (RFC 9110, 13.1.1), and answers 412 else, so that nobody undoes unseen what
// another has just changed.
func (s *Server) ifMatch(ctx context.Context, r *Request, tags []string) (*Response, error) {
	reading := r.path.byMethod[http.MethodGet]
	if reading == nil {
		return r.Route.Handle(ctx, r) // it has no ETag
	}
	r.keepBody = true
	for range looks {
		generation, err := db.Generation(ctx, s.DB.Read())
		if err != nil {
			return nil, err
		}
		fits, err := s.fits(ctx, r, reading, tags)
		if err != nil {
			return nil, err
		}
		if !fits {
			return nil, errs.New(http.StatusPreconditionFailed, "It has changed since you read it: fetch it again, and make your change to what is there now.")
		}
		guarded, _ := db.WithGuard(ctx, func(ctx context.Context, tx *sql.Tx) error {
			now, err := db.Generation(ctx, tx)
			if err == nil && now != generation {
				err = errMoved
			}
			return err
		})
		res, err := r.Route.Handle(guarded, r)
		if !errors.Is(err, errMoved) {
			return res, err
		}
		if r.Route.Subject != nil { // as it is now
			if err := r.Route.Subject(ctx, r); err != nil {
				return nil, err
			}
		}
	}
	return nil, &errs.Error{Status: http.StatusServiceUnavailable, Message: "Too much is being changed at the moment.", RetryAfter: 1}
}

// fits tells whether one of the tags is that of what the caller would read, or
// of what anybody would.
func (s *Server) fits(ctx context.Context, r *Request, reading *Route, tags []string) (bool, error) {
	for _, actor := range []*auth.Actor{r.Actor, nil} {
		read := &Request{
			Request: r.Request, Route: reading, path: r.path, Actor: actor, Query: r.Query, Lang: r.Lang, ID: r.ID, Now: r.Now, large: func() {},
		}
		if reading.Subject != nil {
			if err := reading.Subject(ctx, read); err != nil {
				return false, err
			}
		}
		if err := s.compileMask(read); err != nil {
			return false, err
		}
		res, err := reading.Handle(auth.With(ctx, actor), read)
		switch {
		case err != nil && actor == nil:
			return false, nil // strangers don't see it
		case err != nil:
			return false, err
		case res.Stream != nil:
			return false, nil
		}
		if _, ok := matching(tags, entityTag(read.masked(res.Body)), true); ok {
			return true, nil
		}
	}
	return false, nil
}
