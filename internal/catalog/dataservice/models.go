package dataservice

import (
	"slices"

	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
)

var cardModel = &schema.Model{
	Name: "DataserviceReference",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Dataservice"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "self_api_url", Type: schema.Text(), ReadOnly: true, Doc: "The dataservice in this API"},
		{Name: "self_web_url", Type: schema.Text(), ReadOnly: true, Doc: "The dataservice's page"},
		{Name: "title", Type: schema.Text(), Required: true},
	},
}

var audienceModel = &schema.Model{
	Name: "AccessAudience (read)",
	Doc:  "A group of people and whether they may have the data.",
	Fields: []schema.Field{
		{Name: "condition", Type: schema.Enum("yes", "no", "under_condition")},
		{Name: "role", Type: schema.Enum("local_authority_and_administration", "company_and_association", "private")},
	},
}

var permissionsModel = &schema.Model{
	Name: "DataservicePermissions",
	Doc:  "What the caller may do with the dataservice.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
	},
}

var harvestModel = &schema.Model{
	Name: "HarvestMetadata (read)",
	Doc:  "Where the dataservice was taken from.",
	Fields: []schema.Field{
		{Name: "archived_at", Type: schema.Time()},
		{Name: "archived_reason", Type: schema.Text()},
		{Name: "backend", Type: schema.Text()},
		{Name: "created_at", Type: schema.Time(), Doc: "When it was made there"},
		{Name: "domain", Type: schema.Text()},
		{Name: "issued_at", Type: schema.Time(), Doc: "When it was published there"},
		{Name: "last_update", Type: schema.Time(), Doc: "When it was last taken"},
		{Name: "modified_at", Type: schema.Time(), Doc: "When it last changed there"},
		{Name: "remote_id", Type: schema.Text()},
		{Name: "remote_url", Type: schema.Text()},
		{Name: "source_id", Type: schema.Text()},
		{Name: "source_url", Type: schema.Text()},
		{Name: "uri", Type: schema.Text()},
	},
}

// fullModel describes the whole dataservice; the three models are the cards
// of what it mentions.
func fullModel(user, organization, contact *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "Dataservice (read)",
		Doc:  "An API that serves data.",
		Fields: []schema.Field{
			{Name: "access_audiences", Type: schema.List(schema.Of(audienceModel))},
			{Name: "access_type", Type: schema.Enum("open", "open_with_account", "restricted"), Example: "open"},
			{Name: "access_type_reason", Type: schema.Text()},
			{Name: "access_type_reason_category", Type: schema.Text()},
			{Name: "acronym", Type: schema.Text()},
			{Name: "archived_at", Type: schema.Time()},
			{Name: "authorization_request_url", Type: schema.Text(), Doc: "Where to ask for the right to use it"},
			{Name: "availability", Type: schema.Float(), Doc: "The share of the time, in percent", Example: 99.99},
			{Name: "availability_url", Type: schema.Text()},
			{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
			{Name: "base_api_url", Type: schema.Text()},
			{Name: "business_documentation_url", Type: schema.Text()},
			{Name: "contact_points", Type: schema.List(schema.Of(contact))},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "datasets", Type: schema.Any(), Doc: "A link to the list of the datasets that it serves: href, rel, total, type"},
			{Name: "deleted_at", Type: schema.Time()},
			{Name: "description", Type: schema.Markdown()},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "featured", Type: schema.Bool(), ReadOnly: true},
			{Name: "format", Type: schema.Enum("REST", "WMS", "WSL")},
			{Name: "harvest", Type: schema.Of(harvestModel), ReadOnly: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "license", Type: schema.Text(), Doc: "The licence's id"},
			{Name: "machine_documentation_url", Type: schema.Text(), Doc: "Swagger link, OpenAPI format, WMS XML…"},
			{Name: "metadata_modified_at", Type: schema.Time(), ReadOnly: true, Required: true},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
			{Name: "organization", Type: schema.Of(organization)},
			{Name: "owner", Type: schema.Of(user)},
			{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
			{Name: "private", Type: schema.Bool(), Doc: "Shown to its owners alone"},
			{Name: "rate_limiting", Type: schema.Text()},
			{Name: "rate_limiting_url", Type: schema.Text()},
			{Name: "self_api_url", Type: schema.Text(), ReadOnly: true, Doc: "The dataservice in this API"},
			{Name: "self_web_url", Type: schema.Text(), ReadOnly: true, Doc: "The dataservice's page"},
			{Name: "slug", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "tags", Type: schema.List(schema.Text())},
			{Name: "technical_documentation_url", Type: schema.Text(), Doc: "HTML version of a Swagger…"},
			{Name: "title", Type: schema.Text(), Required: true},
		},
	}
}

// pageModels describe a page of the list and one of the search.
func pageModels(full *schema.Model) (page, searched *schema.Model) {
	page = schema.Page(full)
	return page, &schema.Model{Name: "DataserviceSearchPage", Fields: append(slices.Clone(page.Fields), search.Fields...)}
}

// linkModel names a dataset to add.
var linkModel = &schema.Model{
	Name:   "DataserviceDatasetsAdd",
	Fields: []schema.Field{{Name: "id", Type: schema.Text(), Required: true, Doc: "The dataset's id", Example: "5e00000000000000000000c9"}},
}

var audienceWriteModel = &schema.Model{
	Name: "AccessAudience (write)",
	Doc:  "A group of people and whether they may have the data.",
	Fields: []schema.Field{
		{Name: "condition", Type: schema.Enum(accessConditions...), Required: true},
		{Name: "role", Type: schema.Enum(accessRoles...), Required: true},
	},
}

// writeModel is what a client may send.
var writeModel = &schema.Model{
	Name: "Dataservice (write)",
	Doc:  "What a client may say of a dataservice. Fields that are not named stay as they are.",
	Fields: []schema.Field{
		{Name: "access_audiences", Type: schema.List(schema.Of(audienceWriteModel)), Doc: "For a restricted one: who may use it"},
		{Name: "access_type", Type: schema.Enum(accessTypes...), Example: "open"},
		{Name: "access_type_reason", Type: schema.Text()},
		{Name: "access_type_reason_category", Type: schema.Enum(reasonCategories...)},
		{Name: "acronym", Type: schema.Text(), Doc: "At most 128 characters"},
		{Name: "archived_at", Type: schema.Time(), Doc: "When it stopped working"},
		{Name: "authorization_request_url", Type: schema.Text(), Doc: "Where to ask for the right to use it"},
		{Name: "availability", Type: schema.Float(), Doc: "The share of the time, in percent", Example: 99.99},
		{Name: "availability_url", Type: schema.Text()},
		{Name: "base_api_url", Type: schema.Text(), Example: "https://api.example.org/"},
		{Name: "business_documentation_url", Type: schema.Text()},
		{Name: "contact_points", Type: schema.List(schema.Text()), Doc: "Ids of contact points"},
		{Name: "datasets", Type: schema.List(schema.Text()), Doc: "Ids of the datasets that it serves"},
		{Name: "deleted_at", Type: schema.Time(), Doc: "null restores a deleted dataservice"},
		{Name: "description", Type: schema.Markdown()},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "format", Type: schema.Enum(formats...), Example: "REST"},
		{Name: "license", Type: schema.Text(), Doc: "The licence's id"},
		{Name: "machine_documentation_url", Type: schema.Text(), Doc: "Swagger link, OpenAPI format, WMS XML…"},
		{Name: "organization", Type: schema.Text(), Doc: "The id of the organization that publishes it"},
		{Name: "owner", Type: schema.Text(), Doc: "The id of the person who publishes it"},
		{Name: "private", Type: schema.Bool(), Doc: "A draft that only its owners see", Example: false},
		{Name: "rate_limiting", Type: schema.Text()},
		{Name: "rate_limiting_url", Type: schema.Text()},
		{Name: "tags", Type: schema.List(schema.Text()), Doc: "3 to 96 characters each, kept in lower case without accents"},
		{Name: "technical_documentation_url", Type: schema.Text(), Doc: "HTML version of a Swagger…"},
		{Name: "title", Type: schema.Text(), Required: true, Example: "My awesome API"},
	},
}
