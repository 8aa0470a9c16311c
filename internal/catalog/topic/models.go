package topic

import (
	"slices"

	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/territory"
)

var cardModel = &schema.Model{
	Name: "TopicReference",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Topic"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "name", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The topic's page"},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The topic in this API"},
	},
}

// objectModel is how an element names an object.
var objectModel = &schema.Model{
	Name: "TopicElementReference",
	Doc:  "An object by class and id.",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Enum(classes...), Required: true},
		{Name: "id", Type: schema.Text(), Required: true, Example: "5e00000000000000000000c9"},
	},
}

var elementModel = &schema.Model{
	Name: "TopicElement (read)",
	Doc:  "One thing that a topic holds.",
	Fields: []schema.Field{
		{Name: "description", Type: schema.Markdown()},
		{Name: "element", Type: schema.Of(objectModel), Doc: "What it names, null when it has a title alone"},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "tags", Type: schema.List(schema.Text())},
		{Name: "title", Type: schema.Text()},
	},
}

var elementWriteModel = &schema.Model{
	Name: "TopicElement (write)",
	Doc:  "What a client says of an element: it has a title, or an object, or both.",
	Fields: []schema.Field{
		{Name: "description", Type: schema.Markdown()},
		{Name: "element", Type: schema.Of(objectModel)},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "tags", Type: schema.List(schema.Text())},
		{Name: "title", Type: schema.Text(), Example: "A map of all stops"},
	},
}

// writeModel is what a client may say of a topic.
var writeModel = &schema.Model{
	Name: "TopicInput",
	Fields: []schema.Field{
		{Name: "color", Type: schema.Int()},
		{Name: "description", Type: schema.Markdown()},
		{Name: "elements", Type: schema.List(schema.Of(elementWriteModel)), Doc: "In the place of all that it holds"},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "name", Type: schema.Text(), Required: true, Example: "Getting around"},
		{Name: "organization", Type: schema.Any(), Doc: "The id of an organization of the caller's, or its reference"},
		{Name: "owner", Type: schema.Any(), Doc: "The id of the caller, or their reference"},
		{Name: "private", Type: schema.Bool()},
		{Name: "spatial", Type: schema.Of(territory.Model)},
		{Name: "tags", Type: schema.List(schema.Text()), Example: []string{"mobility"}},
	},
}

// fullModel describes the whole topic; the two models are the cards of whom it
// mentions.
func fullModel(user, organization *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "Topic",
		Doc:  "A collection of datasets, reuses and dataservices about a subject.",
		Fields: []schema.Field{
			{Name: "color", Type: schema.Int()},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "description", Type: schema.Markdown()},
			{Name: "elements", Type: schema.Any(), Doc: "A link to what it holds: href, rel, total, type"},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "featured", Type: schema.Bool(), ReadOnly: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "name", Type: schema.Text(), Required: true},
			{Name: "organization", Type: schema.Of(organization)},
			{Name: "owner", Type: schema.Of(user)},
			{Name: "private", Type: schema.Bool(), Doc: "Shown to its owners alone"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "spatial", Type: schema.Of(territory.Model)},
			{Name: "tags", Type: schema.List(schema.Text())},
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The topic in this API"},
		},
	}
}

// pageModels describe a page of the list and one of the search.
func pageModels(full *schema.Model) (page, searched *schema.Model) {
	page = schema.Page(full)
	return page, &schema.Model{Name: "TopicSearchPage", Fields: append(slices.Clone(page.Fields), search.Fields...)}
}
