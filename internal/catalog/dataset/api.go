package dataset

import (
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

const (
	v1   = "/api/1/datasets/"
	v2   = "/api/2/datasets/"
	one1 = v1 + "{dataset}/"
	one2 = v2 + "{dataset}/"
)

var (
	gone    = map[int]string{404: "There is no such dataset, or not for the caller", 410: "The dataset was deleted"}
	missing = map[int]string{404: "There is no such dataset"}
	writing = map[int]string{400: "Something is wrong with the fields named in `errors`", 404: "There is no such dataset", 410: "The dataset was deleted"}
	invalid = map[int]string{400: "Something is wrong with the fields named in `errors`"}
	pathDoc = map[string]string{
		"dataset": "The dataset's id or slug", "rid": "The resource's id", "community": "The community resource's id", "id": "The resource's id",
		"badge_kind": "The badge", "org": "The organization's id or slug",
		"_format": rdf.FormatDoc,
	}
)

// Routes are the operations of the noun; those of resources, of community
// resources and of the API v2 stand in files of their own.
func (s *Service) Routes() []api.Route {
	whole := s.refs.Model(ref.Dataset, ref.Full)
	read, page := schema.Of(whole), schema.Of(schema.Page(whole))
	all := schema.List(read)
	routes := []api.Route{
		{Method: http.MethodGet, Path: v1, ID: "list_datasets", Summary: "List or search datasets, the newest first", Access: api.Anyone, Query: listParams, Result: page, Handle: s.list},
		{Method: http.MethodPost, Path: v1, ID: "create_dataset", Summary: "Publish a dataset", Body: writeModel, Result: read, Status: http.StatusCreated, Errors: invalid, Handle: s.create},
		{Method: http.MethodGet, Path: one1, ID: "get_dataset", Summary: "Fetch a dataset", Access: api.Anyone, Result: read, Errors: gone, Subject: s.seen, Handle: s.get},
		{
			Method: http.MethodPut, Path: one1, ID: "update_dataset", Summary: "Change a dataset", Body: writeModel, Result: read, Errors: writing,
			Doc: "Fields that the body does not name stay as they are, but for `tags` and `temporal_coverage`, which it takes away " +
				"(unless it says only `private`, `archived` or `deleted`). `{\"deleted\": null}` restores a deleted dataset.",
			Example: `{"description": "Now with **trams**.", "tags": ["transport"]}`, Subject: s.subject, Handle: s.update,
		},
		{
			Method: http.MethodDelete, Path: one1, ID: "delete_dataset", Summary: "Delete a dataset", Status: http.StatusNoContent, Errors: gone,
			Doc:     "The dataset is marked as deleted and can be restored.",
			Query:   []api.Param{legal.Param},
			Subject: s.subject, Handle: s.delete,
		},
		{Method: http.MethodPost, Path: one1 + "featured/", ID: "feature_dataset", Summary: "Put a dataset on the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(true)},
		{Method: http.MethodDelete, Path: one1 + "featured/", ID: "unfeature_dataset", Summary: "Take a dataset off the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(false)},
		{Method: http.MethodGet, Path: v1 + "badges/", ID: "available_dataset_badges", Summary: "List the badges that a dataset may have, with their labels", Access: api.Anyone, Result: schema.Any(), Handle: badge.Available(Badges)},
		{
			Method: http.MethodPost, Path: one1 + "badges/", ID: "add_dataset_badge", Summary: "Give a dataset a badge", Access: api.Sysadmin, Body: ref.BadgeModel, Result: schema.Of(ref.BadgeModel),
			Status: http.StatusCreated, Errors: map[int]string{200: "It has the badge already", 400: "No such badge", 404: missing[404]}, Subject: s.subject, Handle: badge.Add((*Dataset).id, s.AddBadge),
		},
		{
			Method: http.MethodDelete, Path: one1 + "badges/{badge_kind}/", ID: "delete_dataset_badge", Summary: "Take a badge from a dataset", Access: api.Sysadmin, Status: http.StatusNoContent,
			Errors: map[int]string{404: "There is no such dataset, or it lacks the badge"}, Subject: s.subject, Handle: badge.Remove((*Dataset).id, s.RemoveBadge),
		},
		{
			Method: http.MethodGet, Path: v1 + "suggest/", ID: "suggest_datasets", Summary: "Complete the title or acronym of a dataset", Access: api.Anyone, Query: suggestParams,
			Result: schema.List(schema.Of(suggestionModel)), Errors: map[int]string{400: "`q` is missing"}, Handle: s.suggest,
		},
		{
			Method: http.MethodGet, Path: v1 + "suggest/formats/", ID: "suggest_formats", Summary: "Complete the format of a resource", Access: api.Anyone, Query: suggestParams,
			Result: schema.List(schema.Of(textModel)), Errors: map[int]string{400: "`q` is missing"}, Handle: s.suggestTexts("format"),
		},
		{
			Method: http.MethodGet, Path: v1 + "suggest/mime/", ID: "suggest_mime", Summary: "Complete the media type of a resource", Access: api.Anyone, Query: suggestParams,
			Result: schema.List(schema.Of(textModel)), Errors: map[int]string{400: "`q` is missing"}, Handle: s.suggestTexts("mime"),
		},
		{Method: http.MethodGet, Path: v1 + "frequencies/", ID: "list_frequencies", Summary: "List how often datasets may promise to change", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(frequencyModel)), Handle: labels(frequencyLabels(), "id")},
		{Method: http.MethodGet, Path: v1 + "resource_types/", ID: "resource_types", Summary: "List what resources may be for", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(resourceTypeModel)), Handle: labels(resourceTypeLabels, "id")},
		{Method: http.MethodGet, Path: v1 + "extensions/", ID: "allowed_extensions", Summary: "List the extensions of the files that may be uploaded", Access: api.Anyone, Result: schema.List(schema.Text()), Handle: listExtensions},
		{
			Method: http.MethodGet, Path: v1 + "schemas/", ID: "schemas", Summary: "List the schemas that the portal knows", Access: api.Anyone, Result: schema.List(schema.Of(catalogSchemaModel)),
			Doc: "Empty: this portal holds no catalogue of schemas. A resource may name any.", Handle: noSchemas,
		},
		{Method: http.MethodGet, Path: "/api/1/access_type/reason_categories/", ID: "reason_categories", Tag: "access_type", Summary: "List why access to data may be restricted", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(reasonModel)), Handle: labels(ReasonCategories, "value")},
		{
			Method: http.MethodGet, Path: "/api/1/organizations/{org}/datasets/", ID: "list_organization_datasets", Tag: "organizations", Summary: "List an organization's datasets, the oldest first", Access: api.Anyone, Query: listParams, Result: page,
			Doc: "Drafts are shown to its members.", Errors: map[int]string{404: "There is no such organization"}, Subject: s.organizationSubject, Handle: s.ofOrganization,
		},
		{Method: http.MethodGet, Path: "/api/1/me/datasets/", ID: "my_datasets", Tag: "me", Summary: "List the current person's datasets", Result: all, Handle: s.mine},
		{
			Method: http.MethodGet, Path: "/api/1/me/org_datasets/", ID: "my_org_datasets", Tag: "me", Summary: "List the datasets of the current person and of their organizations", Result: all,
			Query: []api.Param{{Name: "q", Type: schema.Text(), Doc: "What the title contains"}}, Handle: s.mineAndOrganizations,
		},
	}
	routes = append(routes, s.resourceRoutes()...)
	routes = append(routes, s.communityRoutes()...)
	routes = append(routes, s.v2Routes()...)
	routes = append(routes, s.csvRoutes()...)
	routes = append(routes, s.rdfRoutes()...)
	routes = append(routes, s.catalogRoutes()...)
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "datasets"
		}
		if routes[i].PathDoc == nil {
			routes[i].PathDoc = pathDoc
		}
	}
	return routes
}

// model describes the whole form.
func (s *Service) model() *schema.Model {
	return fullModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card), s.refs.Model(contactPoint, ref.Card))
}
