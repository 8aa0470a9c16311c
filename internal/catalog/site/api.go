package site

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/schema"
)

var (
	titleField    = schema.Field{Name: "title", Type: schema.Text(), Required: true, Doc: "What the portal is called", Example: "Open data of the town"}
	feedSizeField = schema.Field{Name: "feed_size", Type: schema.Int(), Required: true, Doc: "How many entries the Atom feeds have, at most 500", Example: 20}
	keywordsField = schema.Field{Name: "keywords", Type: schema.List(schema.Text())}

	readModel = &schema.Model{Name: "Site (read)", Fields: []schema.Field{
		bloc.Field("dataservices_blocs"), bloc.Field("datasets_blocs"), feedSizeField,
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		keywordsField,
		{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "The portal's figures, counted once a day"},
		bloc.Field("reuses_blocs"), titleField,
		{Name: "version", Type: schema.Text(), ReadOnly: true, Doc: "The version of udata whose API this is"},
	}}
	writeModel = &schema.Model{
		Name: "Site (write)", Doc: "What a sysadmin may say of the portal. Fields that are not named stay as they are.",
		Fields: []schema.Field{
			bloc.Field("dataservices_blocs"), bloc.Field("datasets_blocs"), feedSizeField, keywordsField, bloc.Field("reuses_blocs"), titleField,
		},
	}
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	routes := []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/site/", ID: "get_site", Access: api.Anyone, Summary: "Fetch the portal",
			Doc: "Its blocs are answered when X-Fields asks for them: `{reuses_blocs,metrics}`.", Result: schema.Of(readModel), Handle: s.get,
		},
		{
			Method: http.MethodPatch, Path: "/api/1/site/", ID: "set_site", Access: api.Sysadmin, Summary: "Change the portal", Body: writeModel,
			Result: schema.Of(readModel), Errors: map[int]string{400: "Something is wrong with the fields named in `errors`"},
			Example: `{"reuses_blocs": [{"class": "ReusesListBloc", "title": "Of the month", "reuses": ["5e00000000000000000000c9"]}]}`, Handle: s.update,
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/harvests.csv", ID: "get_site_harvests_csv", Access: api.Anyone, Summary: "The harvesters as a table",
			Doc:      "There are no harvesters here: the table has its head alone. A parameter, whichever, must be there, as for the other tables.",
			Produces: csvtable.Produces, Errors: map[int]string{404: "No parameter was given"}, Handle: s.harvests,
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/context.jsonld", ID: "get_site_json_ld_context", Access: api.Anyone,
			Summary: "The JSON-LD context of the portal's descriptions", Produces: rdf.JSONLD.MediaType, Handle: jsonldContext,
		},
	}
	for i := range routes {
		routes[i].Tag = "site"
	}
	return routes
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	site, err := s.load(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, site)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	site, err := s.Update(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, site)
}

// answer writes the portal with the blocs that the mask asks for.
func (s *Service) answer(ctx context.Context, r *api.Request, site *Site) (*api.Response, error) {
	var names []string
	var lists [][]bloc.Bloc
	for _, name := range blocNames {
		if r.Asks(name) {
			names, lists = append(names, name), append(lists, site.Blocs[name])
		}
	}
	shown, err := bloc.Reader{Refs: s.refs, Query: s.db.Read(), Actor: r.Actor}.Show(ctx, lists...)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, s.write(site, names, shown)), nil
}

// The columns of the table of harvesters (udata: harvest/csv.py).
var harvestColumns = []string{"id", "name", "url", "organization", "organization_id", "backend", "created_at", "validation", "config"}

// harvests answers with the table of harvesters, of which there are none.
func (s *Service) harvests(_ context.Context, r *api.Request) (*api.Response, error) {
	if len(r.Query) == 0 {
		return nil, errs.NotFound()
	}
	return csvtable.Answer("harvest", r.Now, harvestColumns, nil, nil), nil
}

func jsonldContext(context.Context, *api.Request) (*api.Response, error) {
	return &api.Response{Body: rdf.Context}, nil
}
