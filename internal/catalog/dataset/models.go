package dataset

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/territory"
)

var cardModel = &schema.Model{
	Name: "DatasetReference",
	Fields: []schema.Field{
		{Name: "acronym", Type: schema.Text()},
		{Name: "class", Type: schema.Text(), Required: true, ReadOnly: true, Doc: "The object's class, Dataset"},
		{Name: "id", Type: schema.Text(), Required: true},
		{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The dataset's page"},
		{Name: "title", Type: schema.Text(), ReadOnly: true},
		{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The dataset in this API"},
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

var checksumModel = &schema.Model{
	Name: "Checksum",
	Fields: []schema.Field{
		{Name: "type", Type: schema.Enum("sha1", "sha2", "sha256", "md5", "crc"), Example: "sha1"},
		{Name: "value", Type: schema.Text(), Required: true},
	},
}

var schemaModel = &schema.Model{
	Name: "Schema",
	Doc:  "The rules that the data keeps.",
	Fields: []schema.Field{
		{Name: "name", Type: schema.Text()},
		{Name: "url", Type: schema.Text()},
		{Name: "version", Type: schema.Text()},
	},
}

var coverageModel = &schema.Model{
	Name: "TemporalCoverage",
	Doc:  "The time that the data is about, in dates.",
	Fields: []schema.Field{
		{Name: "end", Type: schema.Type{Kind: schema.String, Format: "date"}},
		{Name: "start", Type: schema.Type{Kind: schema.String, Format: "date"}, Required: true},
	},
}

var permissionsModel = &schema.Model{
	Name: "DatasetPermissions",
	Doc:  "What the caller may do with the dataset.",
	Fields: []schema.Field{
		{Name: "delete", Type: schema.Bool()},
		{Name: "edit", Type: schema.Bool()},
		{Name: "edit_resources", Type: schema.Bool()},
	},
}

func internalModel(name string) *schema.Model {
	return &schema.Model{
		Name: name,
		Doc:  "The dates of this portal's record.",
		Fields: []schema.Field{
			{Name: "created_at_internal", Type: schema.Time(), Required: true},
			{Name: "last_modified_internal", Type: schema.Time(), Required: true},
		},
	}
}

var harvestModel = &schema.Model{
	Name: "HarvestDatasetMetadata",
	Doc:  "Where the dataset was taken from. Only those members are there that are known.",
	Fields: []schema.Field{
		{Name: "archived", Type: schema.Text(), Doc: "Why it was archived"},
		{Name: "archived_at", Type: schema.Time()},
		{Name: "backend", Type: schema.Text()},
		{Name: "ckan_name", Type: schema.Text()},
		{Name: "ckan_source", Type: schema.Text()},
		{Name: "created_at", Type: schema.Time(), Doc: "When it was made there"},
		{Name: "dct_identifier", Type: schema.Text()},
		{Name: "domain", Type: schema.Text()},
		{Name: "issued_at", Type: schema.Time(), Doc: "When it was published there"},
		{Name: "last_update", Type: schema.Time(), Doc: "When it was last taken"},
		{Name: "modified_at", Type: schema.Time(), Doc: "When it last changed there"},
		{Name: "remote_id", Type: schema.Text()},
		{Name: "remote_url", Type: schema.Text()},
		{Name: "source_id", Type: schema.Text()},
		{Name: "uri", Type: schema.Text()},
	},
}

var resourceHarvestModel = &schema.Model{
	Name: "HarvestResourceMetadata",
	Doc:  "Where the resource was taken from. Only those members are there that are known.",
	Fields: []schema.Field{
		{Name: "created_at", Type: schema.Time(), Doc: "When it was made there"},
		{Name: "issued_at", Type: schema.Time(), Doc: "When it was published there"},
		{Name: "last_update", Type: schema.Time(), Doc: "When it was last taken"},
		{Name: "modified_at", Type: schema.Time(), Doc: "When it last changed there"},
		{Name: "uri", Type: schema.Text()},
	},
}

// resourceFields describe what resources and community resources share.
var resourceFields = []schema.Field{
	{Name: "checksum", Type: schema.Of(checksumModel)},
	{Name: "created_at", Type: schema.Time(), ReadOnly: true, Doc: "When the data was made"},
	{Name: "description", Type: schema.Markdown()},
	{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
	{Name: "filesize", Type: schema.Int(), Doc: "The size in bytes"},
	{Name: "filetype", Type: schema.Enum(FiletypeFile, FiletypeRemote), Required: true, Doc: "Whether this portal holds the file"},
	{Name: "format", Type: schema.Text(), Required: true, Example: "csv"},
	{Name: "harvest", Type: schema.Of(resourceHarvestModel), ReadOnly: true},
	{Name: "id", Type: schema.Text(), ReadOnly: true, Doc: "A UUID"},
	{Name: "internal", Type: schema.Of(internalModel("ResourceInternals")), ReadOnly: true},
	{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Doc: "When the data last changed"},
	{Name: "latest", Type: schema.Text(), ReadOnly: true, Doc: "An address that goes on leading to the resource when its file is replaced"},
	{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
	{Name: "mime", Type: schema.Text(), Doc: "The media type"},
	{Name: "preview_url", Type: schema.Text(), ReadOnly: true, Doc: "A page that shows the data"},
	{Name: "schema", Type: schema.Of(schemaModel)},
	{Name: "title", Type: schema.Text(), Required: true},
	{Name: "type", Type: schema.Enum(ResourceTypes...), Required: true, Doc: "What the resource is for"},
	{Name: "url", Type: schema.Text(), Required: true},
}

var resourceModel = &schema.Model{
	Name:   "Resource",
	Doc:    "A file or an address that holds data.",
	Fields: resourceFields,
}

func communityResourceModel(user, organization *schema.Model) *schema.Model {
	fields := append([]schema.Field{
		{Name: "dataset", Type: schema.Of(cardModel)},
		{Name: "organization", Type: schema.Of(organization)},
		{Name: "owner", Type: schema.Of(user)},
		{Name: "permissions", Type: schema.Of(communityPermissionsModel), ReadOnly: true},
	}, resourceFields...)
	return &schema.Model{Name: "CommunityResource", Doc: "A resource that somebody else added to a dataset.", Fields: fields}
}

func frequencyIDs() []string {
	ids := make([]string, len(Frequencies))
	for i, f := range Frequencies {
		ids[i] = f.ID
	}
	return ids
}

// fullModel describes the whole dataset; the three models are the cards of
// what it mentions.
func fullModel(user, organization, contact *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "Dataset",
		Doc:  "A set of data, with all its resources.",
		Fields: []schema.Field{
			{Name: "access_audiences", Type: schema.List(schema.Of(audienceModel))},
			{Name: "access_type", Type: schema.Enum("open", "open_with_account", "restricted")},
			{Name: "access_type_reason", Type: schema.Text()},
			{Name: "access_type_reason_category", Type: schema.Text()},
			{Name: "acronym", Type: schema.Text()},
			{Name: "archived", Type: schema.Time(), Doc: "When it was archived"},
			{Name: "authorization_request_url", Type: schema.Text(), Doc: "Where to ask for the data"},
			{Name: "badges", Type: schema.List(schema.Of(ref.BadgeModel)), ReadOnly: true},
			{Name: "community_resources", Type: schema.List(schema.Of(communityResourceModel(user, organization))), ReadOnly: true},
			{Name: "contact_point", Type: schema.Of(contact), ReadOnly: true, Doc: "The first of contact_points"},
			{Name: "contact_points", Type: schema.List(schema.Of(contact))},
			{Name: "created_at", Type: schema.Time(), ReadOnly: true, Required: true, Doc: "When the data was made: at its source when that is known"},
			{Name: "deleted", Type: schema.Time(), ReadOnly: true},
			{Name: "description", Type: schema.Markdown(), Required: true},
			{Name: "description_short", Type: schema.Text()},
			{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
			{Name: "featured", Type: schema.Bool()},
			{Name: "frequency", Type: schema.Enum(frequencyIDs()...), Required: true, Doc: "How often it promises to change"},
			{Name: "frequency_date", Type: schema.Time(), Doc: "When the next change is expected"},
			{Name: "harvest", Type: schema.Of(harvestModel), ReadOnly: true},
			{Name: "id", Type: schema.Text(), ReadOnly: true},
			{Name: "internal", Type: schema.Of(internalModel("DatasetInternals")), ReadOnly: true},
			{Name: "last_modified", Type: schema.Time(), ReadOnly: true, Required: true, Doc: "When the dataset last changed: at its source when that is known"},
			{Name: "last_update", Type: schema.Time(), ReadOnly: true, Required: true, Doc: "When its resources last changed"},
			{Name: "license", Type: schema.Text(), Doc: "The licence's id", Example: "lov2"},
			{Name: "metrics", Type: schema.Any(), ReadOnly: true, Doc: "Counters"},
			{Name: "organization", Type: schema.Of(organization), Doc: "The publisher"},
			{Name: "owner", Type: schema.Of(user), Doc: "The publisher, when that is a person"},
			{Name: "page", Type: schema.Text(), ReadOnly: true, Doc: "The dataset's page"},
			{Name: "permissions", Type: schema.Of(permissionsModel), ReadOnly: true},
			{Name: "private", Type: schema.Bool(), Doc: "Shown to its owners alone"},
			{Name: "quality", Type: schema.Any(), ReadOnly: true, Doc: "Nine questions about the dataset, and the share of them answered with yes as its `score`"},
			{Name: "resources", Type: schema.List(schema.Of(resourceModel))},
			{Name: "schema", Type: schema.Of(schemaModel)},
			{Name: "slug", Type: schema.Text(), ReadOnly: true},
			{Name: "spatial", Type: schema.Of(territory.Model)},
			{Name: "tags", Type: schema.List(schema.Text())},
			{Name: "temporal_coverage", Type: schema.Of(coverageModel)},
			{Name: "title", Type: schema.Text(), Required: true},
			{Name: "uri", Type: schema.Text(), ReadOnly: true, Doc: "The dataset in this API"},
		},
	}
}
