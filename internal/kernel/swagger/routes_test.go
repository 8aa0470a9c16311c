package swagger_test

import (
	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/swagger"
)

// A small API with one route of each kind.

var options = swagger.Options{
	Title:       "Open data API",
	Description: "What people build with the data of this portal: the reuses, and the catalogue around them.\n\nIt speaks the language of udata, so clients of `data.gouv.fr` feel at home.",
	Version:     "1.0",
	BasePath:    "/api/1",
	PublicURL:   "https://portal.example",
	Tags: map[string]string{
		"reuses": "What people build with open data.",
		"me":     "The person who asks.",
	},
}

var (
	badge = &schema.Model{Name: "Badge (read)", Fields: []schema.Field{
		{Name: "kind", Type: schema.Text(), Required: true, Doc: "The badge's kind"},
	}}
	owner = &schema.Model{Name: "UserReference", Doc: "A person in short.", Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "first_name", Type: schema.Text(), Required: true},
		{Name: "last_name", Type: schema.Text(), Required: true},
	}}
	dataset = recursive()
	types   = schema.Enum("api", "application", "idea", "news_article", "paper", "post", "visualization", "hardware")
	topics  = schema.Enum("health", "transport_and_mobility", "housing_and_development", "food_and_agriculture", "others")

	reuse = &schema.Model{Name: "Reuse (read)", Doc: "A reuse, as it is answered.", Fields: []schema.Field{
		{Name: "badges", Type: schema.List(schema.Of(badge)), ReadOnly: true},
		{Name: "created_at", Type: schema.Time(), Required: true, ReadOnly: true, Doc: "When it was published"},
		{Name: "datasets", Type: schema.List(schema.Of(dataset)), Doc: "The datasets that it uses"},
		{Name: "description", Type: schema.Markdown(), Required: true},
		{Name: "extras", Type: schema.Any(), Doc: "Members of your own"},
		{Name: "featured", Type: schema.Bool()},
		{Name: "id", Type: schema.Text(), Required: true, ReadOnly: true},
		{Name: "metrics", Type: schema.Any(), ReadOnly: true, Example: map[string]any{"followers": 3, "views": 12}},
		{Name: "owner", Type: schema.Of(owner), Doc: "Only when there is no `organization`"},
		{Name: "score", Type: schema.Float()},
		{Name: "tags", Type: schema.List(schema.Text())},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "topic", Type: topics, Required: true, Example: "health"},
		{Name: "type", Type: types, Required: true, Example: "api"},
		{Name: "url", Type: schema.Text(), Required: true, Doc: "Where it is found"},
	}}
	reuseForm = &schema.Model{Name: "Reuse (write)", Doc: "A reuse, as it is sent.", Fields: []schema.Field{
		{Name: "datasets", Type: schema.List(schema.Text()), Doc: "The ids of the datasets that it uses"},
		{Name: "description", Type: schema.Markdown(), Required: true, Doc: "In Markdown"},
		{Name: "extras", Type: schema.Any()},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "kinds", Type: schema.List(schema.Enum("a", "b"))},
		{Name: "private", Type: schema.Bool(), Doc: "Shown to its owner only"},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "topic", Type: topics, Required: true, Example: "health"},
		{Name: "type", Type: types, Required: true, Example: "api"},
		{Name: "url", Type: schema.Text(), Required: true, Doc: "Where it is found"},
	}}
	choice = &schema.Model{Name: "ReuseType", Fields: []schema.Field{
		{Name: "id", Type: schema.Text()}, {Name: "label", Type: schema.Text()},
	}}
	uploaded = &schema.Model{Name: "UploadedImage", Fields: []schema.Field{
		{Name: "image", Type: schema.Text()}, {Name: "success", Type: schema.Bool(), Example: true},
	}}
)

// recursive is a dataset that holds datasets, directly and in a list.
func recursive() *schema.Model {
	m := &schema.Model{Name: "Dataset"}
	m.Fields = []schema.Field{
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "contact", Type: schema.Type{Kind: schema.String, Format: "email"}},
		{Name: "since", Type: schema.Type{Kind: schema.String, Format: "date"}},
		{Name: "parent", Type: schema.Of(m)},
		{Name: "series", Type: schema.List(schema.Of(m))},
	}
	return m
}

func routes() []*api.Route {
	reusePath := map[string]string{"reuse": "The reuse's id or slug"}
	return []*api.Route{
		{
			Method: "POST", Path: "/api/1/reuses/", ID: "create_reuse", Tag: "reuses", Summary: "Publish a reuse",
			Doc:  "The caller becomes the owner, unless `organization` says otherwise.\n\nAn address that is known already is refused.",
			Body: reuseForm, Result: schema.Of(reuse), Status: 201,
			Errors:  map[int]string{200: "It was there already", 400: "A field is missing or not valid", 423: "The portal takes nothing in at the moment"},
			Example: `{"title":"Bike map","description":"It's a map","topic":"transport_and_mobility","type":"application","url":"https://bikes.example/"}`,
		},
		{
			Method: "GET", Path: "/api/1/reuses/", ID: "list_reuses", Tag: "reuses", Summary: "List or search the reuses", Access: api.Anyone,
			Result: schema.Of(schema.Page(reuse)),
			Query: append([]api.Param{
				{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
				{Name: "sort", Type: schema.Enum("created", "-created", "title", "-title"), Doc: "The field to sort on; `-` turns the order around"},
				{Name: "tag", Type: schema.Text(), Repeat: true, Doc: "Only those with this tag"},
				{Name: "featured", Type: schema.Bool(), Default: false},
			}, api.PageParams...),
		},
		{
			Method: "GET", Path: "/api/1/reuses/{reuse}/", ID: "get_reuse", Tag: "reuses", Summary: "Fetch a reuse", Access: api.Anyone,
			PathDoc: reusePath, Result: schema.Of(reuse), Errors: map[int]string{308: "The slug has changed", 404: "There is no such reuse", 410: ""},
		},
		{
			Method: "PUT", Path: "/api/1/reuses/{reuse}/", ID: "update_reuse", Tag: "reuses", Summary: "Change a reuse",
			PathDoc: reusePath, Body: reuseForm, Result: schema.Of(reuse), Errors: map[int]string{403: "The reuse is not the caller's"},
		},
		{
			Method: "DELETE", Path: "/api/1/reuses/{reuse}/", ID: "delete_reuse", Tag: "reuses", Summary: "Delete a reuse",
			PathDoc: reusePath, Status: 204,
		},
		{
			Method: "POST", Path: "/api/1/reuses/{reuse}/featured/", ID: "feature_reuse", Tag: "reuses", Summary: "Feature a reuse",
			Access: api.Sysadmin, PathDoc: reusePath, Result: schema.Of(reuse),
		},
		{
			Method: "POST", Path: "/api/1/reuses/{reuse}/image/", ID: "reuse_image", Tag: "reuses", Summary: "Set the picture of a reuse",
			PathDoc: reusePath, Result: schema.Of(uploaded), Form: []schema.Field{
				{Name: "file", Type: schema.Type{Kind: schema.File}, Required: true, Doc: "The picture"},
				{Name: "bbox", Type: schema.Text(), Doc: "The square to cut out: `left,top,right,bottom`"},
				{Name: "labels", Type: schema.List(schema.Text())},
			},
		},
		{
			Method: "GET", Path: "/api/1/reuses/types/", ID: "reuse_types", Tag: "reuses", Summary: "List the types", Access: api.Anyone,
			Result: schema.List(schema.Of(choice)),
		},
		{
			Method: "GET", Path: "/api/1/reuses/badges/", ID: "available_reuse_badges", Tag: "reuses", Summary: "List the badges", Access: api.Anyone,
			Result: schema.Any(),
		},
		{
			Method: "GET", Path: "/api/1/reuses/recent.atom", ID: "recent_reuses_atom_feed", Tag: "reuses", Summary: "Follow the newest reuses",
			Access: api.Anyone, Produces: "application/atom+xml",
		},
		{
			Method: "GET", Path: "/api/1/me/", ID: "get_me", Tag: "me", Summary: "Fetch the current person", Result: schema.Of(owner),
		},
		{
			Method: "GET", Path: "/api/1/files/{path...}", ID: "get_file", Tag: "files", Summary: "Fetch a <file> & \"more\"", Access: api.Anyone,
			Produces: "application/octet-stream",
		},
		{
			Method: "GET", Path: "/api/2/reuses/", ID: "list_reuses", Tag: "reuses", Summary: "List the reuses", Access: api.Anyone,
			Result: schema.Of(schema.Page(reuse)),
		},
		{
			Method: "GET", Path: "/api/10/none/", ID: "none", Tag: "none", Summary: "Not under /api/1", Access: api.Anyone,
		},
	}
}
