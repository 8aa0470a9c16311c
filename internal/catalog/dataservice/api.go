package dataservice

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
	return append(s.csvRoutes(), []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/dataservices/{dataservice}/", ID: "get_dataservice", Tag: "dataservices",
			Summary: "Fetch a dataservice", Access: api.Anyone, Result: schema.Of(s.refs.Model(ref.Dataservice, ref.Full)),
			PathDoc: map[string]string{"dataservice": "The dataservice's id or slug"},
			Errors:  map[int]string{404: "There is no such dataservice", 410: "The dataservice was deleted"},
			Subject: s.subject, Handle: s.get,
		},
	}...)
}

// model describes the whole form.
func (s *Service) model() *schema.Model {
	return fullModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card), s.refs.Model(contactPoint, ref.Card))
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	d, err := s.resolve(ctx, s.db.Read(), r.PathValue("dataservice"))
	if err != nil {
		return api.Redirect(r, "dataservice", err)
	}
	r.Subject = d
	return nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if !r.Actor.CanReadHidden(d.Owned()) {
		switch {
		case d.Private:
			return nil, errs.NotFound()
		case !d.Deleted.IsZero():
			return nil, errs.Gone("Dataservice has been deleted")
		}
	}
	found, err := s.whole(ctx, s.db.Read(), map[string]*Dataservice{d.ID: d})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, found[d.ID]), nil
}
