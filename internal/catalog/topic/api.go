package topic

import (
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		v2                  = "/api/2/topics/"
		one                 = v2 + "{topic}/"
		wrong               = "Something is wrong with the fields named in `errors`"
		none                = "There is no such topic"
		noElement           = "There is no such topic, or it has no such element"
	)
	full := s.refs.Model(ref.Topic, ref.Full)
	read, elements := schema.Of(full), schema.List(schema.Of(elementModel))
	page, searched := pageModels(full)
	missing := map[int]string{404: none}
	writing := map[int]string{400: wrong, 404: none}
	routes := []api.Route{
		{Method: get, Path: v2, ID: "get_topics_api", Summary: "List or search topics, the newest first", Access: api.Anyone, Query: listParams, Result: schema.Of(page), Handle: s.list},
		{
			Method: post, Path: v2, ID: "create_topic", Summary: "Publish a topic", Body: writeModel, Result: read, Status: http.StatusCreated,
			Errors: map[int]string{400: wrong}, Handle: s.create,
		},
		{Method: get, Path: v2 + "search/", ID: "search_topics", Summary: "Search topics", Access: api.Anyone, Query: searchParams, Result: schema.Of(searched), Handle: s.search},
		{Method: get, Path: one, ID: "get_topic", Summary: "Fetch a topic", Access: api.Anyone, Result: read, Errors: missing, Subject: s.subject, Handle: s.get},
		{
			Method: put, Path: one, ID: "update_topic", Summary: "Change a topic", Body: writeModel, Result: read, Errors: writing,
			Doc:     "Fields that the body does not name stay as they are. `elements` takes the place of all that the topic holds.",
			Example: `{"description": "Now with **trams**."}`, Subject: s.subject, Handle: s.update,
		},
		{
			Method: del, Path: one, ID: "delete_topic", Summary: "Delete a topic", Status: http.StatusNoContent, Errors: missing,
			Doc: "The topic goes for good, with its elements and discussions. What it named stays.", Subject: s.subject, Handle: s.delete,
		},
		{
			Method: get, Path: one + "elements/", ID: "topic_elements", Summary: "List what a topic holds", Access: api.Anyone, Query: elementParams,
			Result: schema.Of(schema.Page(elementModel)), Errors: missing, Subject: s.subject, Handle: s.elements,
		},
		{
			Method: post, Path: one + "elements/", ID: "topic_elements_create", Summary: "Add elements to a topic", Body: elementWriteModel, Result: elements, Status: http.StatusCreated,
			Doc: "The body is a list of these.", Example: `[{"title": "A map", "element": {"class": "Reuse", "id": "5e00000000000000000000c9"}}]`,
			Errors: writing, Subject: s.subject, Handle: s.addElements,
		},
		{Method: del, Path: one + "elements/", ID: "topic_elements_delete", Summary: "Take all elements out of a topic", Status: http.StatusNoContent, Errors: missing, Subject: s.subject, Handle: s.removeElements},
		{
			Method: put, Path: one + "elements/{element_id}/", ID: "topic_element_update", Summary: "Change an element of a topic", Body: elementWriteModel, Result: schema.Of(elementModel),
			Errors: map[int]string{400: wrong, 404: noElement}, Subject: s.subject, Handle: s.updateElement,
		},
		{
			Method: del, Path: one + "elements/{element_id}/", ID: "delete_topic_element", Summary: "Take an element out of a topic", Status: http.StatusNoContent,
			Errors: map[int]string{404: noElement}, Subject: s.subject, Handle: s.removeElement,
		},
		{Method: post, Path: one + "featured/", ID: "feature_topic", Summary: "Put a topic on the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(true)},
		{Method: del, Path: one + "featured/", ID: "unfeature_topic", Summary: "Take a topic off the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(false)},
		{
			Method: get, Path: "/api/2/me/org_topics/", ID: "my_org_topics", Tag: "me", Summary: "List the topics of the current person and of their organizations",
			Query: listParams, Result: schema.Of(page), Handle: s.mine,
		},
	}
	for i := range routes {
		if r := &routes[i]; r.Tag == "" {
			r.Tag = "topics"
		}
		if routes[i].Subject != nil {
			doc := map[string]string{"topic": "The topic's id or slug"}
			if routes[i].ID == "topic_element_update" || routes[i].ID == "delete_topic_element" {
				doc["element_id"] = "The element's id"
			}
			routes[i].PathDoc = doc
		}
	}
	return routes
}

// listParams are the parameters of the list.
var listParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for in topics and their elements, whole and all of them"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "private", Type: schema.Bool(), Doc: "Only private ones, or none of them; of the private ones, those that the caller may see"},
	{Name: "geozone", Type: schema.Text(), Doc: "The id of a territory"},
	{Name: "granularity", Type: schema.Text(), Doc: "The size of what is described"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones, or none of them"},
	{Name: "dataset", Type: schema.Text(), Doc: "The id of a dataset that it holds"},
	{Name: "reuse", Type: schema.Text(), Doc: "The id of a reuse that it holds"},
	{Name: "dataservice", Type: schema.Text(), Doc: "The id of a dataservice that it holds"},
}, api.PageParams...)

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for in topics and their elements, whole and all of them"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones, or none of them"},
	{Name: "last_update_range", Type: schema.Enum(lastUpdateChoices...), Doc: "How recently it changed"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
}, api.PageParams...)

// elementParams are the parameters of the list of elements.
var elementParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for in titles and descriptions, whole and all of them"},
	{Name: "class", Type: schema.Text(), Doc: "Dataset, Reuse or Dataservice; None for what names nothing"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
}, api.PageParams...)

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}
