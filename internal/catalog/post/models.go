package post

import (
	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

var cardModel = &schema.Model{
	Name: "PostReference",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Post"},
		{Name: "id", Type: schema.Text(), Required: true, ReadOnly: true},
		{Name: "name", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The post's page"},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The post in this API"},
	},
}

var (
	nameField     = schema.Field{Name: "name", Type: schema.Text(), Required: true, Doc: "At most 255 characters", Example: "A new map of the buses"}
	headlineField = schema.Field{Name: "headline", Type: schema.Text(), Doc: "What it is about, in a sentence"}
	contentField  = schema.Field{
		Name: "content", Type: schema.Markdown(), Doc: "The source, as `body_type` says; needed unless the post is made of blocs", Example: "Where they are, **live**.",
	}
	bodyField      = schema.Field{Name: "body_type", Type: schema.Enum(BodyTypes...), Doc: "What the post is written in", Example: Markdown}
	kindField      = schema.Field{Name: "kind", Type: schema.Enum(Kinds...), Doc: "News, or a page of the portal", Example: News}
	creditField    = schema.Field{Name: "credit_to", Type: schema.Text(), Doc: "Who made the picture"}
	creditURLField = schema.Field{Name: "credit_url", Type: schema.Text(), Doc: "Where the picture comes from"}
	imageURLField  = schema.Field{Name: "image_url", Type: schema.Text(), Doc: "A picture that stands elsewhere"}
	tagsField      = schema.Field{Name: "tags", Type: schema.List(schema.Text()), Doc: "Words to find it by, kept as they are written"}
)

// writeModel is what a client may send.
var writeModel = &schema.Model{
	Name: "Post (write)",
	Doc:  "What a client may say of a post. Fields that are not named stay as they are.",
	Fields: []schema.Field{
		{Name: "blocs", Type: schema.List(schema.Any()), Doc: bloc.Doc},
		bodyField, contentField, creditField, creditURLField,
		{Name: "datasets", Type: schema.List(schema.Text()), Doc: "Ids of the datasets that it is about"},
		headlineField, imageURLField, kindField, nameField,
		{Name: "reuses", Type: schema.List(schema.Text()), Doc: "Ids of the reuses that it is about"},
		tagsField,
	},
}

// readModel describes a post; every tells that its blocs are there without
// being asked for.
func (s *Service) readModel(name string, every bool) *schema.Model {
	blocs := bloc.Field("blocs")
	blocs.OnRequest = !every
	return &schema.Model{
		Name: name, Doc: "A piece of news, or a page of the portal.",
		Fields: []schema.Field{
			blocs, bodyField, contentField,
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			creditField, creditURLField,
			{Name: "datasets", Type: schema.List(schema.Of(s.refs.Model(ref.Dataset, ref.Full))), Doc: "The datasets that it is about, those that the caller may see"},
			headlineField,
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "image", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
			{Name: "image_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture as a square of 100 pixels"},
			imageURLField, kindField,
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
			nameField,
			{Name: "owner", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), ReadOnly: true, Doc: "Who wrote it"},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The post's page"},
			{Name: "published", Type: schema.Time(), ReadOnly: true, Doc: "When it was published; null is a draft"},
			{Name: "reuses", Type: schema.List(schema.Of(s.refs.Model(ref.Reuse, ref.Card))), Doc: "The reuses that it is about, those that the caller may see"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			tagsField,
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The post in this API"},
		},
	}
}

// listParams are the parameters of the list.
var listParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending; the newest first by default"},
	{Name: "kind", Type: schema.Enum(Kinds...), Doc: "News, or pages"},
	{Name: "with_drafts", Type: schema.Bool(), Doc: "Sysadmins: drafts too", Default: false},
}, api.PageParams...)

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "last_update_range", Type: schema.Enum(lastUpdateRanges...), Doc: "How recently it changed"},
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending"},
}, api.PageParams...)

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}
