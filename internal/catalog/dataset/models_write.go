package dataset

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/territory"
)

const (
	ownerDoc        = "The id of the person who publishes it: oneself"
	organizationDoc = "The id of the organization that publishes it: one of the current person's"
)

// resourceWriteModel is what a client may say of a resource.
var resourceWriteModel = &schema.Model{
	Name: "Resource (write)",
	Doc:  "What a client may say of a resource. Fields that are not named stay as they are.",
	Fields: []schema.Field{
		{Name: "checksum", Type: schema.Of(checksumModel)},
		{Name: "description", Type: schema.Markdown()},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "filesize", Type: schema.Int(), Doc: "The size in bytes"},
		{Name: "filetype", Type: schema.Enum(FiletypeFile, FiletypeRemote), Required: true, Doc: "Whether this portal holds the file", Example: FiletypeRemote},
		{Name: "format", Type: schema.Text(), Example: "csv"},
		{Name: "mime", Type: schema.Text(), Doc: "The media type", Example: "text/csv"},
		{Name: "schema", Type: schema.Of(schemaModel)},
		{Name: "title", Type: schema.Text(), Required: true, Example: "Bus stops"},
		{Name: "type", Type: schema.Enum(ResourceTypes...), Doc: "What the resource is for", Example: TypeMain},
		{Name: "url", Type: schema.Text(), Required: true, Doc: "http, https, ftp or ftps, a public host", Example: "https://www.example.com/stops.csv"},
	},
}

// writeModel is what a client may say of a dataset.
var writeModel = &schema.Model{
	Name: "Dataset (write)",
	Doc:  "What a client may say of a dataset.",
	Fields: []schema.Field{
		{Name: "access_audiences", Type: schema.List(schema.Of(audienceModel)), Doc: "Who may have the data, each group once"},
		{Name: "access_type", Type: schema.Enum(accessTypes...), Doc: "Who may have the data"},
		{Name: "access_type_reason", Type: schema.Text(), Doc: "Why access is restricted"},
		{Name: "access_type_reason_category", Type: schema.Enum(reasonIDs...), Doc: "Why access is restricted"},
		{Name: "acronym", Type: schema.Text(), Doc: "At most 128 characters"},
		{Name: "archived", Type: schema.Time(), Doc: "When it was archived"},
		{Name: "authorization_request_url", Type: schema.Text(), Doc: "Where to ask for the data"},
		{Name: "contact_points", Type: schema.List(schema.Text()), Doc: "Ids of contact points"},
		{Name: "deleted", Type: schema.Time(), Doc: "null restores a deleted dataset"},
		{Name: "description", Type: schema.Markdown(), Required: true, Example: "All bus stops, **with** their lines."},
		{Name: "description_short", Type: schema.Text(), Doc: "At most 200 characters"},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "frequency", Type: schema.Enum(frequencyIDs()...), Doc: "How often it promises to change", Example: "monthly"},
		{Name: "frequency_date", Type: schema.Time(), Doc: "When the next change is expected"},
		{Name: "license", Type: schema.Text(), Doc: "The licence's id", Example: "lov2"},
		{Name: "organization", Type: schema.Text(), Doc: organizationDoc},
		{Name: "owner", Type: schema.Text(), Doc: ownerDoc},
		{Name: "private", Type: schema.Bool(), Doc: "A draft that only its owners see", Example: false},
		{Name: "resources", Type: schema.List(schema.Of(resourceWriteModel)), Doc: "All resources: those with a known id change, others are new, those that are missing are taken away"},
		{Name: "spatial", Type: schema.Of(territory.Model)},
		{Name: "tags", Type: schema.List(schema.Text()), Doc: "3 to 96 characters each, kept in lower case without accents"},
		{Name: "temporal_coverage", Type: schema.Of(coverageModel)},
		{Name: "title", Type: schema.Text(), Required: true, Doc: "At most 350 characters", Example: "Bus stops"},
	},
}

var communityPermissionsModel = &schema.Model{
	Name: "CommunityResourcePermissions",
	Doc:  "What the caller may do with the community resource.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
	},
}

// uploadedModel is what an upload answers with: the resource, and that it
// worked.
func uploadedModel(name string, fields []schema.Field) *schema.Model {
	return &schema.Model{Name: name, Fields: append([]schema.Field{
		{Name: "success", Type: schema.Bool(), ReadOnly: true, Required: true, Example: true},
	}, fields...)}
}

func labelModel(name, key, what string) *schema.Model {
	return &schema.Model{Name: name, Fields: []schema.Field{
		{Name: key, Type: schema.Text(), Doc: "The identifier of the " + what},
		{Name: "label", Type: schema.Text(), Doc: "The name of the " + what + " in the caller's language"},
	}}
}

var (
	frequencyModel    = labelModel("Frequency", "id", "frequency")
	resourceTypeModel = labelModel("ResourceType", "id", "type")
	reasonModel       = labelModel("ReasonCategory", "value", "reason")
	textModel         = &schema.Model{Name: "Suggestion", Fields: []schema.Field{{Name: "text", Type: schema.Text()}}}
	suggestionModel   = &schema.Model{Name: "DatasetSuggestion", Fields: []schema.Field{
		{Name: "acronym", Type: schema.Text(), ReadOnly: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "image_url", Type: schema.Text(), ReadOnly: true, Doc: "Address of the publisher's picture"},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The dataset's page"},
		{Name: "slug", Type: schema.Text(), ReadOnly: true},
		{Name: "title", Type: schema.Text(), ReadOnly: true},
	}}
	catalogSchemaModel = &schema.Model{Name: "CatalogSchema", Fields: []schema.Field{
		{Name: "name", Type: schema.Text()},
		{Name: "schema_url", Type: schema.Text()},
		{Name: "title", Type: schema.Text()},
	}}
	subsectionModel = &schema.Model{Name: "Subsection", Doc: "A link to a list.", Fields: []schema.Field{
		{Name: "href", Type: schema.Text(), Doc: "Where the list is"},
		{Name: "rel", Type: schema.Text(), Doc: "Always subsection"},
		{Name: "total", Type: schema.Int(), Doc: "How many items it holds"},
		{Name: "type", Type: schema.Text(), Doc: "How it is fetched: GET"},
	}}
)

// lightModel describes the v2 form.
func (s *Service) lightModel() *schema.Model {
	full := s.refs.Model(ref.Dataset, ref.Full)
	light := &schema.Model{Name: "DatasetLight", Doc: "A dataset with links to its resources."}
	for _, f := range full.Fields {
		switch f.Name {
		case "schema":
			continue
		case "resources", "community_resources":
			f.Type, f.ReadOnly = schema.Of(subsectionModel), true
		case "frequency":
			f.Type = schema.Text()
			f.Doc = "How often it promises to change: an id; with the header, an object with id and label"
		case "license":
			f.Type = schema.Text()
			f.Doc = "The licence's id; with the header, the whole licence"
		}
		light.Fields = append(light.Fields, f)
	}
	return light
}

// objectsModel is the light form with whole objects in the place of the ids of
// licence, frequency and territory: what masks are checked against when a request asks
// for those.
func objectsModel(light *schema.Model) *schema.Model {
	objects := &schema.Model{Name: light.Name, Doc: light.Doc}
	for _, f := range light.Fields {
		switch f.Name {
		case "frequency", "license", "spatial":
			f.Type = schema.Any()
		}
		objects.Fields = append(objects.Fields, f)
	}
	return objects
}
