package dataservice

import (
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
		v1                    = "/api/1/dataservices/"
		one                   = v1 + "{dataservice}/"
		wrong                 = "Something is wrong with the fields named in `errors`"
		none                  = "There is no such dataservice"
		deleted               = "The dataservice was deleted"
	)
	full := s.refs.Model(ref.Dataservice, ref.Full)
	read := schema.Of(full)
	page, searched := pageModels(full)
	missing := map[int]string{404: none}
	writing := map[int]string{400: wrong, 404: none, 410: deleted}
	routes := []api.Route{
		{Method: get, Path: v1, ID: "list_dataservices", Summary: "List or search dataservices, the newest first", Access: api.Anyone, Query: listParams, Result: schema.Of(page), Handle: s.list},
		{
			Method: post, Path: v1, ID: "create_dataservice", Summary: "Publish a dataservice", Body: writeModel, Result: read, Status: http.StatusCreated,
			Errors: map[int]string{400: wrong}, Handle: s.create,
		},
		{
			Method: get, Path: one, ID: "get_dataservice", Summary: "Fetch a dataservice", Access: api.Anyone, Result: read,
			Errors: map[int]string{404: none + ", or not for the caller", 410: deleted}, Subject: s.subject, Handle: s.get,
		},
		{
			Method: patch, Path: one, ID: "update_dataservice", Summary: "Change a dataservice", Body: writeModel, Result: read, Errors: writing,
			Doc:     "Fields that the body does not name stay as they are. `{\"deleted_at\": null}` restores a deleted dataservice.",
			Example: `{"description": "Now with **trams**."}`, Subject: s.subject, Handle: s.update,
		},
		{
			Method: del, Path: one, ID: "delete_dataservice", Summary: "Delete a dataservice", Status: http.StatusNoContent, Errors: map[int]string{404: none, 410: deleted},
			Doc:     "The dataservice is marked as deleted and can be restored.",
			Query:   []api.Param{legal.Param},
			Subject: s.subject, Handle: s.delete,
		},
		{
			Method: post, Path: one + "datasets/", ID: "dataservice_datasets_create", Summary: "Add datasets to a dataservice", Body: linkModel, Result: read, Status: http.StatusCreated,
			Doc: "The body is a list of these.", Example: `[{"id": "5e00000000000000000000c9"}]`, Errors: writing, Subject: s.subject, Handle: s.addDatasets,
		},
		{
			Method: del, Path: one + "datasets/{dataset}/", ID: "delete_dataservice_dataset", Summary: "Take a dataset from a dataservice", Status: http.StatusNoContent,
			PathDoc: map[string]string{"dataset": "The dataset's id or slug"},
			Errors:  map[int]string{404: "There is no such dataservice or dataset, or the one lacks the other", 410: deleted}, Subject: s.pairSubject, Handle: s.removeDataset,
		},
		{Method: post, Path: one + "featured/", ID: "feature_dataservice", Summary: "Put a dataservice on the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(true)},
		{Method: del, Path: one + "featured/", ID: "unfeature_dataservice", Summary: "Take a dataservice off the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(false)},
		{Method: get, Path: "/api/2/dataservices/search/", ID: "search_dataservices", Summary: "Search dataservices", Access: api.Anyone, Query: searchParams, Result: schema.Of(searched), Handle: s.search},
	}
	routes = append(routes, s.rdfRoutes()...)
	for i := range routes {
		r := &routes[i]
		r.Tag = "dataservices"
		if r.PathDoc == nil {
			r.PathDoc = map[string]string{}
		}
		r.PathDoc["dataservice"] = "The dataservice's id or slug"
	}
	return append(s.csvRoutes(), routes...)
}

// model describes the whole form.
func (s *Service) model() *schema.Model {
	return fullModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card), s.refs.Model(contactPoint, ref.Card))
}

// listParams are the parameters of the list.
var listParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
	{Name: "reuse", Type: schema.Text(), Doc: "The id of a reuse that uses it"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "organization_badge", Type: schema.Enum(organizationBadges...), Doc: "A badge of the organization"},
	{Name: "access_type", Type: schema.Enum(accessTypes...), Doc: "Who may use it"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones, or only those that are featured no more"},
	{Name: "contact_point", Type: schema.Text(), Doc: "The id of a contact point"},
	{Name: "dataset", Type: schema.Text(), Doc: "The id of a dataset that it serves"},
	{Name: "topic", Type: schema.Text(), Doc: "The id of a topic that holds it"},
}, api.PageParams...)

// producerTypes are the kinds of publishers.
var producerTypes = []string{"not-specified", "user", "company", "public-service", "association", "local-authority"}

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "topic", Type: schema.Text(), Doc: "The id of a topic that holds it"},
	{Name: "archived", Type: schema.Bool(), Doc: "true finds nothing: only those that still work are searched"},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones"},
	{Name: "access_type", Type: schema.Text(), Doc: "Who may use it"},
	{Name: "is_restricted", Type: schema.Bool(), Doc: "Only those that not everybody may use"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
	{Name: "last_update_range", Type: schema.Enum(search.Ranges...), Doc: "How recently it changed"},
	search.Explain,
}, api.PageParams...)

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}
