package dataset

import (
	"context"
	"database/sql"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// SetIndex tells where datasets are searched.
func (s *Service) SetIndex(ix *search.Index) {
	s.index = ix
	ix.Register(search.Source{Class: ref.Dataset, Documents: func(ctx context.Context, q db.Querier, after string, limit int) ([]*search.Document, error) {
		var list []*Dataset
		byID := map[string]*Dataset{}
		err := db.Each(ctx, q, "SELECT "+columns+" FROM dataset WHERE id > $1 ORDER BY id LIMIT $2", []any{after, limit}, func(rows *sql.Rows) error {
			d, err := scan(rows)
			if err == nil {
				list, byID[d.ID] = append(list, d), d
			}
			return err
		})
		if err == nil {
			err = loadResources(ctx, q, byID)
		}
		return search.Documents(list, (*Dataset).document), err
	}})
}

// document is what is found of the dataset; its resources must be loaded.
func (d *Dataset) document() *search.Document {
	x := &search.Document{
		Class: ref.Dataset, ID: d.ID, Title: d.Title, Acronym: d.Acronym, Tags: d.Doc.Tags, Description: d.Doc.Description,
		Links:  []string{d.Organization},
		Public: !d.Private && d.Deleted.IsZero(), Featured: d.Featured, Archived: !d.Archived.IsZero(),
		Created: d.CreatedInternal, Updated: d.updated(), Counts: d.Counts,
	}
	x.Key("owner", d.Owner)
	x.Key("organization", d.Organization)
	x.Key("license", d.License)
	x.Key("access_type", orElse(d.Doc.Access.Type, AccessOpen))
	x.Key("granularity", d.granularity())
	x.Key("tag", d.Doc.Tags...)
	for _, b := range d.Doc.Badges {
		x.Key("badge", b.Kind)
	}
	if d.Doc.Spatial != nil {
		x.Key("geozone", d.Doc.Spatial.Zones...)
	}
	for i := range d.Resources {
		r := &d.Resources[i]
		x.Key("format", r.Format)
		x.Key("format_family", formatFamily(r.Format))
		if r.Schema != nil {
			x.Key("schema", r.Schema.Name)
		}
	}
	x.State(search.Public, x.Public)
	x.State(search.Seen, d.Visible())
	x.State(search.Featured, x.Featured)
	return x
}

// families are the kinds of formats, in the words of udata's search; what is
// in none is "other".
var families = map[string][]string{
	"tabular":          {"csv", "csv.gz", "tsv", "xls", "xlsx", "ods", "parquet", "excel", "dbf"},
	"machine_readable": {"json", "jsonl", "ndjson", "json.gz", "xml", "rdf", "ttl", "n3", "nt", "jsonld", "json-ld", "sql", "sqlite", "yaml", "yml", "gtfs", "netex", "api", "sparql"},
	"geographical":     {"geojson", "shp", "shapefile", "kml", "kmz", "gpkg", "gpx", "gml", "wms", "wfs", "wmts", "wcs", "geotiff", "tif", "tiff", "ogc:wms", "ogc:wfs", "arcgis", "mbtiles", "pmtiles", "topojson", "dxf", "las", "laz"},
	"documents":        {"pdf", "doc", "docx", "odt", "rtf", "txt", "md", "html", "htm", "ppt", "pptx", "odp", "epub"},
}

var familyOf = func() map[string]string {
	out := map[string]string{}
	for family, formats := range families {
		for _, f := range formats {
			out[f] = family
		}
	}
	return out
}()

// formatFamily is the kind of a format, "" for none.
func formatFamily(format string) string {
	if format == "" {
		return ""
	}
	return orElse(familyOf[strings.ToLower(format)], "other")
}

// within are the keys of the documents that a caller may find; nil for all.
// What else the scope asks is asked of the table.
func (scope Scope) within(a *auth.Actor) []string {
	switch scope {
	case Seen:
		return []string{search.Seen}
	case NotHidden:
		return []string{search.Public}
	case Everything:
		return nil
	}
	return search.Within(a, search.Seen)
}

// ids returns those of a list whose conditions are w. With a text the best
// match comes first unless the list is sorted.
func (s *Service) ids(ctx context.Context, f Filter, scope Scope, a *auth.Actor, w *db.Where) ([]string, error) {
	return s.index.List(ctx, ref.Dataset, f.Query, scope.within(a), "SELECT d.id FROM dataset d", "d.id", w, f.sorted().Order(), f.Sort == "")
}

// inOrder loads datasets in the order of their ids, those that keep tells to.
func (s *Service) inOrder(ctx context.Context, ids []string, keep func(*Dataset) bool) ([]*Dataset, error) {
	found, err := byIDs(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	return search.InOrder(ids, found, keep), nil
}

func anyDataset(*Dataset) bool { return true }

// facets are those of udata's search, in its order.
var facets = []search.Facet{
	{Name: "format_family", Key: "format_family"},
	{Name: "access_type", Key: "access_type"},
	{Name: "producer_type", Key: "producer_type"},
	{Name: "organization_id_with_name", Key: "organization"},
	{Name: "tag", Key: "tag"},
	{Name: "license", Key: "license"},
	{Name: "format", Key: "format"},
	{Name: "schema", Key: "schema"},
	{Name: "geozone", Key: "geozone"},
	{Name: "granularity", Key: "granularity"},
	{Name: "badge", Key: "badge"},
	{Name: "topics", Key: "topics"},
	{Name: "last_update", Key: search.LastUpdate},
}

// searchSort is what the index calls the keys of `sort`.
var searchSort = map[string]string{"last_update": "updated"}

// query is the filter for the index, among what everybody finds.
func (f Filter) query() search.Query {
	q := search.Query{
		Class: ref.Dataset, Text: f.Query, Within: Seen.within(nil), Facets: facets,
		Sort: orElse(searchSort[f.Sort], f.Sort), Descending: f.Descending,
	}
	q.Where("owner", f.Owner)
	q.Where("organization", f.Organization)
	q.Where("organization_badge", f.OrganizationBadge)
	q.Where("badge", f.Badge)
	q.Where("license", f.License)
	q.Where("access_type", f.AccessType)
	q.Where("granularity", f.Granularity)
	q.Where("geozone", f.Zone)
	q.Where("format", f.Format)
	q.WhereExtra("format_family", f.FormatFamily)
	q.Where("schema", f.Schema)
	q.WhereExtra("producer_type", f.ProducerType)
	q.WhereTopic(f.Topic)
	for _, t := range f.Tags {
		q.Where("tag", t)
	}
	q.WhereIs(search.Featured, f.Featured)
	return q
}

// plain tells whether the tables can tell what the filter finds, for the time
// when not all datasets are in the index.
func (f Filter) plain() bool {
	return f.Query == "" && f.ProducerType == "" && f.FormatFamily == "" && f.UpdateRange == ""
}

// tabled tells whether the filter asks what the index does not know.
func (f Filter) tabled() bool {
	return f.Covers != "" || f.Reuse != "" || f.Dataservice != "" || f.FollowedBy != ""
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.searchFilter(ctx, r)
	if err != nil {
		return nil, err
	}
	q := f.query()
	q.Since = search.Since(f.UpdateRange, r.Now)
	if f.tabled() {
		if q.Among, err = s.index.Among(ctx, "SELECT d.id FROM dataset d", f.where(Seen, nil)); err != nil {
			return nil, err
		}
	}
	var listed func(func(*wire.Writer)) (*api.Response, error)
	if f.plain() {
		listed = func(extra func(*wire.Writer)) (*api.Response, error) {
			return s.page(ctx, r, f, Seen, s.lightForm(r), extra)
		}
	}
	return search.Answer(ctx, r, s.links, s.index, q,
		func(ids []string) ([]wire.Fragment, error) { return s.forms(ctx, s.lightForm(r), ids) }, listed)
}

func (s *Service) searchFilter(ctx context.Context, r *api.Request) (f Filter, err error) {
	q := r.Query
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	for _, p := range []struct {
		name    string
		allowed []string
		into    *string
	}{
		{"format_family", formatFamilies, &f.FormatFamily},
		{"producer_type", producerTypes, &f.ProducerType},
		{"last_update_range", search.Ranges, &f.UpdateRange},
		{"badge", badgeKinds, &f.Badge},
		{"organization_badge", organizationBadges, &f.OrganizationBadge},
	} {
		if *p.into, err = q.Choice(p.name, "", p.allowed...); err != nil {
			return f, err
		}
	}
	featured, _, err := q.Bool("featured")
	if err != nil {
		return f, err
	}
	if featured {
		f.Featured = &featured
	}
	f.AccessType, _ = q.Get("access_type")
	f.Schema, _ = q.Get("schema")
	return f, s.commonFilter(ctx, q, r.Actor, &f)
}
