package dataset

import (
	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
)

const (
	docFeatured = "Only those on the front page, or all others"
	docClosed   = ". Only for those who are signed in, among what they may see"
	docArchived = "Only archived datasets, or all others" + docClosed
	docDeleted  = "Only deleted datasets, or all others" + docClosed
	docPrivate  = "Only drafts, or all others" + docClosed
)

// filterParams are what lists and the search filter by.
var filterParams = []api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "license", Type: schema.Text(), Doc: "The id of a licence"},
	{Name: "featured", Type: schema.Bool(), Doc: docFeatured},
	{Name: "geozone", Type: schema.Text(), Doc: "The id of a territory that the data is about"},
	{Name: "granularity", Type: schema.Text(), Doc: "The size of what is described"},
	{Name: "temporal_coverage", Type: schema.Text(), Doc: "A time within which that of the data lies: 2020-01-01-2020-12-31"},
	{Name: "access_type", Type: schema.Enum(accessTypes...), Doc: "Who may have the data"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "badge", Type: schema.Enum(badgeKinds...), Doc: "A badge of the dataset"},
	{Name: "organization_badge", Type: schema.Enum(organizationBadges...), Doc: "A badge of the organization"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "format", Type: schema.Text(), Doc: "The format of a resource"},
	{Name: "schema", Type: schema.Text(), Doc: "The name of a resource's schema"},
}

// listParams are the parameters of the lists.
var listParams = concat([]api.Param{
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
}, filterParams, []api.Param{
	{Name: "schema_version", Type: schema.Text(), Doc: "The version of a resource's schema"},
	{Name: "followed_by", Type: schema.Text(), Doc: "The id of a person who follows it"},
	{Name: "dataservice", Type: schema.Text(), Doc: "The id of a dataservice that serves it"},
	{Name: "reuse", Type: schema.Text(), Doc: "The id of a reuse that uses it"},
	{Name: "archived", Type: schema.Bool(), Doc: docArchived},
	{Name: "deleted", Type: schema.Bool(), Doc: docDeleted},
	{Name: "private", Type: schema.Bool(), Doc: docPrivate},
}, api.PageParams)

// The choices of the search.
var (
	formatFamilies = []string{"tabular", "machine_readable", "geographical", "documents", "other"}
	producerTypes  = []string{"not-specified", "user", "company", "public-service", "association", "local-authority"}
)

// searchParams are the parameters of the search.
var searchParams = concat([]api.Param{
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending"},
}, filterParams, []api.Param{
	{Name: "format_family", Type: schema.Enum(formatFamilies...), Doc: "A kind of formats"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
	{Name: "last_update_range", Type: schema.Enum(search.Ranges...), Doc: "How recently it changed"},
	search.Explain,
}, api.PageParams)

var (
	langParam     = []api.Param{{Name: "lang", Type: schema.Text(), Doc: "The language of the labels: en, fr, es, de, it, pt"}}
	suggestParams = []api.Param{
		{Name: "q", Type: schema.Text(), Doc: "What it contains; required"},
		{Name: "size", Type: schema.Int(), Doc: "How many suggestions at most", Default: 10},
	}
)

func concat(lists ...[]api.Param) []api.Param {
	var out []api.Param
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}
