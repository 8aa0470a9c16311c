package user

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	organization := s.refs.Model(ref.Organization, ref.Card)
	user := schema.Of(model(organization))
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/me/", ID: "get_me", Tag: "me", Result: user,
			Summary: "Fetch the current person", Handle: s.me,
		},
		{
			Method: http.MethodGet, Path: "/api/1/users/{user}/", ID: "get_user", Tag: "users", Result: user, Access: api.Anyone,
			Summary: "Fetch a person", PathDoc: map[string]string{"user": "The person's id or slug"},
			Errors:  map[int]string{404: "There is no such person", 410: "The account was deleted"},
			Subject: s.subject, Handle: s.get,
		},
	}
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	u, err := s.resolve(ctx, s.db.Read(), r.PathValue("user"))
	if err != nil {
		return api.Redirect(r, "user", err)
	}
	r.Subject = u
	return nil
}

func (s *Service) me(ctx context.Context, r *api.Request) (*api.Response, error) {
	u, err := byID(ctx, s.db.Read(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	u.LastLoginAt = r.Now // asking with a token is signing in
	return s.answer(ctx, r, u, true)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	u := r.Subject.(*User)
	if !u.Deleted.IsZero() && !r.Actor.IsSysadmin() {
		return nil, errs.Gone("User is not active anymore")
	}
	if !u.Active && !r.Actor.IsSysadmin() && !r.Actor.Is(u.ID) {
		return nil, errs.Gone("User is not active anymore")
	}
	// Their own address a person sees under /me/ alone, as in udata.
	return s.answer(ctx, r, u, r.Actor.IsSysadmin())
}

func (s *Service) answer(ctx context.Context, r *api.Request, u *User, confidential bool) (*api.Response, error) {
	q := s.db.Read()
	ids, err := s.memberships.OrganizationsOf(ctx, q, u.ID)
	if err != nil {
		return nil, err
	}
	cards, err := s.refs.Render(ctx, q, ref.Organization, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	organizations := make([]wire.Fragment, 0, len(ids))
	for _, oid := range ids {
		organizations = append(organizations, cards[oid])
	}
	return api.JSON(r, u.full(s.links, organizations, confidential)), nil
}
