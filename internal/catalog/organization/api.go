package organization

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	result := schema.Of(model(s.refs.Model(ref.User, ref.Card)))
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/organizations/{org}/", ID: "get_organization", Tag: "organizations",
			Summary: "Fetch an organization", Access: api.Anyone, Result: result,
			PathDoc: map[string]string{"org": "The organization's id or slug"},
			Errors:  map[int]string{404: "There is no such organization", 410: "The organization was deleted"},
			Subject: s.subject, Handle: s.get,
		},
	}
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	o, err := s.resolve(ctx, s.db.Read(), r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = o
	return nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !o.Deleted.IsZero() && !r.Actor.IsSysadmin() && !r.Actor.AdminOf(o.ID) {
		return nil, errs.Gone("Organization has been deleted")
	}
	members, err := s.members(ctx, s.db.Read(), o, r.Actor, func(label string) string { return r.Lang.T(label) })
	if err != nil {
		return nil, err
	}
	return api.JSON(r, o.full(s.links, members)), nil
}
