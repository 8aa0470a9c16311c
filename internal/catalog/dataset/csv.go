package dataset

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/territory"
)

// The columns of the tables of datasets and of their resources (udata:
// core/dataset/csv.py).
var (
	csvColumns = []string{
		"id", "title", "slug", "acronym", "url", "organization", "organization_id", "owner", "owner_id", "description",
		"description_short", "frequency", "license", "temporal_coverage.start", "temporal_coverage.end", "spatial.granularity",
		"spatial.zones", "spatial.geom", "featured", "created_at", "last_modified", "badges", "tags", "archived", "resources_count",
		"main_resources_count", "resources_formats", "harvest.backend", "harvest.domain", "harvest.remote_id", "harvest.remote_url",
		"harvest.uri", "harvest.created_at", "harvest.issued_at", "harvest.modified_at", "harvest.last_update",
		"harvest.dct_identifier", "quality_score", "metric.discussions", "metric.discussions_open", "metric.reuses",
		"metric.reuses_by_months", "metric.dataservices", "metric.followers", "metric.followers_by_months", "metric.views",
		"metric.resources_downloads",
	}
	csvCounters = []string{
		"discussions", "discussions_open", "reuses", "reuses_by_months", "dataservices", "followers", "followers_by_months", "views",
		"resources_downloads",
	}
	csvResourceColumns = []string{
		"dataset.id", "dataset.title", "dataset.slug", "dataset.url", "dataset.organization", "dataset.organization_id",
		"dataset.license", "dataset.private", "dataset.archived", "id", "url", "title", "description", "filetype", "type", "format",
		"mime", "filesize", "checksum.type", "checksum.value", "created_at", "modified", "downloads", "harvest.issued_at",
		"harvest.modified_at", "harvest.last_update", "schema_name", "schema_version", "preview_url", "extras",
	}
)

func (s *Service) csvRoutes() []api.Route {
	site := "The filters are those of the list, and one of them must be there."
	noFilter := map[int]string{404: "No filter was given"}
	noOrganization := map[int]string{404: "There is no such organization"}
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/site/datasets.csv", ID: "get_site_datasets_csv", Tag: "site", Access: api.Anyone, Summary: "The datasets as a table",
			Doc: site, Query: listParams, Produces: csvtable.Produces, Errors: noFilter, Handle: s.csvOfSite("datasets", csvColumns, s.csvRow),
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/resources.csv", ID: "get_site_resources_csv", Tag: "site", Access: api.Anyone, Summary: "The resources of datasets as a table",
			Doc: site, Query: listParams, Produces: csvtable.Produces, Errors: noFilter, Handle: s.csvOfSite("resources", csvResourceColumns, s.csvResourceRows),
		},
		{
			Method: http.MethodGet, Path: "/api/1/organizations/{org}/datasets.csv", ID: "get_datasets_csv", Tag: "organizations", Access: api.Anyone, Summary: "An organization's datasets as a table",
			Produces: csvtable.Produces, Errors: noOrganization, Subject: s.organizationSubject, Handle: s.csvOfOrganization("datasets", csvColumns, s.csvRow),
		},
		{
			Method: http.MethodGet, Path: "/api/1/organizations/{org}/datasets-resources.csv", ID: "get_datasets_resources_csv", Tag: "organizations", Access: api.Anyone, Summary: "The resources of an organization's datasets as a table",
			Produces: csvtable.Produces, Errors: noOrganization, Subject: s.organizationSubject, Handle: s.csvOfOrganization("datasets-resources", csvResourceColumns, s.csvResourceRows),
		},
	}
}

// names are what a table calls that which datasets mention.
type names struct {
	objects map[ref.Ref]ref.Object
	zones   map[string]string
}

func (n names) of(class, oid string) string { return n.objects[ref.Ref{Class: class, ID: oid}].Title }

// places names zones; those that are not known by their ids.
func (n names) places(zones []string) string {
	list := make([]string, len(zones))
	for i, z := range zones {
		list[i] = orElse(n.zones[z], z)
	}
	return strings.Join(list, ",")
}

// A csvWriter writes the rows about one dataset.
type csvWriter func(d *Dataset, n names, now time.Time, row csvtable.Row) error

// csvOfSite answers with a table of datasets that everybody sees. Without a
// parameter, udata leads to the file that it makes at night, if it makes one:
// there is none.
func (s *Service) csvOfSite(name string, columns []string, write csvWriter) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		if len(r.Query) == 0 {
			return nil, errs.NotFound()
		}
		f, err := s.filter(ctx, r)
		if err != nil {
			return nil, err
		}
		return s.csv(ctx, r, f, name, columns, write)
	}
}

func (s *Service) csvOfOrganization(name string, columns []string, write csvWriter) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		org := r.Subject.(ref.Object)
		return s.csv(ctx, r, Filter{Organization: org.Ref.ID}, org.Slug+"-"+name, columns, write)
	}
}

func (s *Service) csv(ctx context.Context, r *api.Request, f Filter, name string, columns []string, write csvWriter) (*api.Response, error) {
	ids, err := s.ids(ctx, f, Seen, r.Actor, f.where(Seen, r.Actor))
	if err != nil {
		return nil, err
	}
	return csvtable.Answer(name, r.Now, columns, ids, func(ids []string, row csvtable.Row) error {
		return s.csvRows(ctx, ids, r.Now, write, row)
	}), nil
}

func (s *Service) csvRows(ctx context.Context, ids []string, now time.Time, write csvWriter, row csvtable.Row) error {
	q := s.db.Read()
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return err
	}
	if err := loadResources(ctx, q, found); err != nil {
		return err
	}
	var mentions []ref.Ref
	for _, d := range found {
		mentions = append(mentions, ref.Ref{Class: ref.Organization, ID: d.Organization}, ref.Ref{Class: ref.User, ID: d.Owner},
			ref.Ref{Class: licenseClass, ID: d.License})
	}
	var named names
	if named.objects, err = s.refs.FindAll(ctx, q, mentions); err != nil {
		return err
	}
	if named.zones, err = s.zoneNames(ctx, q, found); err != nil {
		return err
	}
	for _, oid := range ids {
		d := found[oid]
		if d == nil || !d.Visible() {
			continue // it went since the table was begun
		}
		if err := write(d, named, now, row); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) csvRow(d *Dataset, n names, now time.Time, row csvtable.Row) error {
	var badges, formats []string
	for _, b := range d.Doc.Badges {
		badges = append(badges, b.Kind)
	}
	main := 0
	for i := range d.Resources {
		r := &d.Resources[i]
		if orElse(r.Type, TypeMain) == TypeMain {
			main++
		}
		if r.Format != "" && !slices.Contains(formats, r.Format) {
			formats = append(formats, r.Format)
		}
	}
	coverage, spatial, h := TemporalCoverage{}, territory.Coverage{}, Harvest{}
	if d.Doc.TemporalCoverage != nil {
		coverage = *d.Doc.TemporalCoverage
	}
	if d.Doc.Spatial != nil {
		spatial = *d.Doc.Spatial
	}
	if d.Doc.Harvest != nil {
		h = *d.Doc.Harvest
	}
	var geom any
	if len(spatial.Geom) > 0 {
		geom = spatial.Geom
	}
	cells := []any{
		d.ID, d.Title, d.Slug, d.Acronym, d.page(s.links), n.of(ref.Organization, d.Organization), d.Organization,
		n.of(ref.User, d.Owner), d.Owner, d.Doc.Description, d.Doc.DescriptionShort, d.frequency().ID, n.of(licenseClass, d.License),
		coverage.Start, coverage.End, d.granularity(), n.places(spatial.Zones), geom, d.Featured, d.createdAt(),
		d.lastModified(), strings.Join(badges, ","), strings.Join(d.Doc.Tags, ","), csvtable.OrFalse(d.Archived), len(d.Resources),
		main, strings.Join(formats, ","), h.Backend, h.Domain, h.RemoteID, h.RemoteURL, h.URI, h.CreatedAt, h.IssuedAt, h.ModifiedAt,
		h.LastUpdate, h.DctIdentifier, strconv.FormatFloat(d.quality(now).score(), 'f', 2, 64),
	}
	return row(append(cells, Counters.Cells(csvCounters, d.Counts, d.Metrics)...)...)
}

func (s *Service) csvResourceRows(d *Dataset, n names, now time.Time, row csvtable.Row) error {
	for i := range d.Resources {
		r := &d.Resources[i]
		checksum, schema, h := Checksum{}, Schema{}, ResourceHarvest{}
		if r.Checksum != nil {
			checksum = *r.Checksum
			checksum.Type = orElse(checksum.Type, "sha1")
		}
		if r.Schema != nil {
			schema = *r.Schema
		}
		if r.Harvest != nil {
			h = *r.Harvest
		}
		var description string
		if r.Description != nil {
			description = *r.Description
		}
		var size any
		if r.Filesize != nil {
			size = *r.Filesize
		}
		extras := r.Extras
		if len(extras) == 0 || string(extras) == "null" {
			extras = json.RawMessage("{}")
		}
		err := row(
			d.ID, d.Title, d.Slug, d.page(s.links), n.of(ref.Organization, d.Organization), d.Organization, n.of(licenseClass, d.License),
			d.Private, csvtable.OrFalse(d.Archived), r.ID, r.URL, r.Title, description, r.Filetype, orElse(r.Type, TypeMain), r.Format,
			r.Mime, size, checksum.Type, checksum.Value, r.createdAt(), r.lastModified(now), r.downloads(), h.IssuedAt, h.ModifiedAt,
			h.LastUpdate, schema.Name, schema.Version, nil, extras,
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// downloads is how often the resource was fetched, as somebody else counted.
func (r *Resource) downloads() int64 {
	var m struct {
		Views float64 `json:"views"`
	}
	if len(r.Metrics) > 0 && json.Unmarshal(r.Metrics, &m) != nil {
		return 0
	}
	return int64(m.Views)
}
