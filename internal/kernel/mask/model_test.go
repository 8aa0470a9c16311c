package mask_test

import "ouvert/internal/kernel/schema"

// A part of udata's models, enough to hold the documents in testdata.
var (
	badge        = &schema.Model{Name: "Badge", Fields: []schema.Field{{Name: "kind", Type: schema.Text()}}}
	user         = model("UserReference", "id", "slug", "first_name", "last_name")
	organization = model("OrganizationReference", "id", "name", "slug", "acronym",
		schema.Field{Name: "badges", Type: schema.List(schema.Of(badge))})
	resource = model("Resource", "id", "title", "url", "format", "type", "description", "created_at", "last_modified",
		schema.Field{Name: "extras", Type: schema.Any()}, schema.Field{Name: "metrics", Type: schema.Any()})
	dataset = model("Dataset", "id", "title", "slug", "uri", "page", "access_type", "acronym", "archived", "created_at",
		"deleted", "description", "last_modified", "license", "private", "featured", "permissions",
		schema.Field{Name: "badges", Type: schema.List(schema.Of(badge))},
		schema.Field{Name: "extras", Type: schema.Any()}, schema.Field{Name: "metrics", Type: schema.Any()},
		schema.Field{Name: "organization", Type: schema.Of(organization)},
		schema.Field{Name: "owner", Type: schema.Of(user)},
		schema.Field{Name: "resources", Type: schema.List(schema.Of(resource))},
		schema.Field{Name: "tags", Type: schema.List(schema.Text())})
	reuse = model("Reuse", "id", "title", "slug", "description", "type", "topic", "url", "uri", "page", "image",
		"image_thumbnail", "archived", "deleted", "private", "featured", "created_at", "last_modified",
		schema.Field{Name: "badges", Type: schema.List(schema.Of(badge))},
		schema.Field{Name: "datasets", Type: schema.List(schema.Of(dataset))},
		schema.Field{Name: "dataservices", Type: schema.List(schema.Of(&schema.Model{}))},
		schema.Field{Name: "extras", Type: schema.Any()}, schema.Field{Name: "metrics", Type: schema.Any()},
		schema.Field{Name: "organization", Type: schema.Of(organization)},
		schema.Field{Name: "owner", Type: schema.Of(user)},
		schema.Field{Name: "permissions", Type: schema.Of(model("ReusePermissions", "edit", "delete"))},
		schema.Field{Name: "tags", Type: schema.List(schema.Text())})
	reuseType  = model("ReuseType", "id", "label")
	suggestion = model("ReuseSuggestion", "id", "title", "slug", "image_url", "page")
)

// model makes a model of strings (by name) and fields.
func model(name string, fields ...any) *schema.Model {
	m := &schema.Model{Name: name}
	for _, f := range fields {
		if s, ok := f.(string); ok {
			f = schema.Field{Name: s, Type: schema.Text()}
		}
		m.Fields = append(m.Fields, f.(schema.Field))
	}
	return m
}

// types are the types of the documents in testdata/x-fields.json.
var types = map[string]schema.Type{
	"reuse":   schema.Of(reuse),
	"page":    schema.Of(schema.Page(reuse)),
	"page_v2": schema.Of(schema.Page(reuse)),
	"types":   schema.List(schema.Of(reuseType)),
	"suggest": schema.List(schema.Of(suggestion)),
}
