package reuse

import (
	"slices"

	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
)

var permissionsModel = &schema.Model{
	Name: "ReusePermissions",
	Doc:  "What the caller may do with the reuse.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
	},
}

var cardModel = &schema.Model{
	Name: "ReuseReference",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Reuse"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "image", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture"},
		{Name: "image_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture as a square of 500 pixels"},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The reuse's page"},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The reuse in this API"},
	},
}

var (
	typeField = schema.Field{
		Name: "type", Type: schema.Enum(typeIDs...), Required: true, Doc: "What it is", Example: "visualization",
	}
	topicField = schema.Field{
		Name: "topic", Type: schema.Enum(topicIDs...), Required: true, Doc: "What it is about", Example: "transport_and_mobility",
	}
	urlField = schema.Field{
		Name: "url", Type: schema.Text(), Required: true, Example: "https://www.example.com/bus-map",
		Doc: "Where the reuse is found: http, https, ftp or ftps, a public host. No two reuses have the same.",
	}
)

const (
	ownerDoc        = "Only present if organization is not set. Can only be set to the current person, when publishing."
	organizationDoc = "Only present if owner is not set. Can only be set to an organization of the current person, when publishing."
)

// subsection is a link to a list in place of the list.
func subsection(name string) *schema.Model {
	return &schema.Model{
		Name: name,
		Doc:  "A link to a list.",
		Fields: []schema.Field{
			{Name: "href", Type: schema.Text(), Doc: "Where the list is"},
			{Name: "rel", Type: schema.Text(), Doc: "Always subsection"},
			{Name: "total", Type: schema.Int(), Doc: "How many items it holds"},
			{Name: "type", Type: schema.Text(), Doc: "How it is fetched: GET"},
		},
	}
}

// models are the descriptions that depend on other nouns.
type models struct {
	read, readPage   *schema.Model
	light, lightPage *schema.Model
	search           *schema.Model
}

func (s *Service) models() models {
	fields := func(datasets, dataservices schema.Type) []schema.Field {
		return []schema.Field{
			{Name: "archived", Type: schema.Time(), Doc: "When it stopped working"},
			{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "dataservices", Type: dataservices, Doc: "The APIs it uses"},
			{Name: "datasets", Type: datasets, Doc: "The datasets it uses"},
			{Name: "deleted", Type: schema.Time(), Doc: "When it was deleted; null restores it"},
			{Name: "description", Type: schema.Markdown(), Required: true},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "featured", Type: schema.Bool(), ReadOnly: true, Doc: "Shown on the front page"},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "image", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture, at most 800 pixels wide and high"},
			{Name: "image_thumbnail", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture as a square of 500 pixels"},
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters: datasets, discussions, followers, views …"},
			{Name: "organization", Type: schema.Of(s.refs.Model(ref.Organization, ref.Card)), Doc: organizationDoc},
			{Name: "owner", Type: schema.Of(s.refs.Model(ref.User, ref.Card)), Doc: ownerDoc},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The reuse's page"},
			{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
			{Name: "private", Type: schema.Bool(), Doc: "A draft that only its owners see"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "tags", Type: schema.List(schema.Text())},
			{Name: "title", Type: schema.Text(), Required: true},
			topicField,
			typeField,
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The reuse in this API"},
			urlField,
		}
	}
	read := &schema.Model{
		Name: "Reuse (read)", Doc: "A reuse with all that it uses.",
		Fields: fields(schema.List(schema.Of(s.refs.Model(ref.Dataset, ref.Full))), schema.List(schema.Of(s.refs.Model(ref.Dataservice, ref.Card)))),
	}
	link := schema.Of(subsection("Subsection"))
	light := &schema.Model{
		Name: "ReuseLight", Doc: "A reuse with links to what it uses.",
		Fields: fields(link, link),
	}
	m := models{read: read, readPage: schema.Page(read), light: light, lightPage: schema.Page(light)}
	m.search = &schema.Model{Name: "ReuseSearch", Doc: "A page of a search.", Fields: append(slices.Clone(search.Fields), m.lightPage.Fields...)}
	return m
}

// writeModel is what a client may send.
var writeModel = &schema.Model{
	Name: "Reuse (write)",
	Doc:  "What a client may say of a reuse. Fields that are not named stay as they are.",
	Fields: []schema.Field{
		{Name: "archived", Type: schema.Time(), Doc: "When it stopped working"},
		{Name: "dataservices", Type: schema.List(schema.Text()), Doc: "Ids of the APIs it uses"},
		{Name: "datasets", Type: schema.List(schema.Text()), Doc: "Ids of the datasets it uses"},
		{Name: "deleted", Type: schema.Time(), Doc: "null restores a deleted reuse"},
		{Name: "description", Type: schema.Markdown(), Required: true, Example: "Where the buses are, **live**."},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "organization", Type: schema.Text(), Doc: organizationDoc},
		{Name: "owner", Type: schema.Text(), Doc: ownerDoc},
		{Name: "private", Type: schema.Bool(), Doc: "A draft that only its owners see", Example: false},
		{Name: "tags", Type: schema.List(schema.Text()), Doc: "3 to 96 characters each, kept in lower case without accents"},
		{Name: "title", Type: schema.Text(), Required: true, Example: "Live bus map"},
		topicField,
		typeField,
		urlField,
	},
}

func labelModel(name, what string) *schema.Model {
	return &schema.Model{Name: name, Fields: []schema.Field{
		{Name: "id", Type: schema.Text(), Doc: "The " + what + "'s identifier"},
		{Name: "label", Type: schema.Text(), Doc: "The " + what + "'s name in the caller's language"},
	}}
}

var (
	typeModel       = labelModel("ReuseType", "type")
	topicModel      = labelModel("ReuseTopic", "topic")
	suggestionModel = &schema.Model{Name: "ReuseSuggestion", Fields: []schema.Field{
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "image_url", Type: schema.Text(), ReadOnly: true, Doc: "Address of the picture as a square of 500 pixels"},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The reuse's page"},
		{Name: "slug", Type: schema.Text(), ReadOnly: true},
		{Name: "title", Type: schema.Text(), ReadOnly: true},
	}}
	linkModel = func(name, what string) *schema.Model {
		return &schema.Model{Name: name, Fields: []schema.Field{
			{Name: "class", Type: schema.Text(), Doc: "The object's class; not looked at"},
			{Name: "id", Type: schema.Text(), Required: true, Doc: "The " + what + "'s id", Example: "5e00000000000000000000c9"},
		}}
	}
)
