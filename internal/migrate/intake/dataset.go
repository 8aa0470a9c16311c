package intake

import (
	"context"
	"crypto/sha1"
	"database/sql"
	"fmt"
	"time"

	"ouvert/internal/catalog/dataset"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/territory"
)

func (r *Run) dataset(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	featured := rec.OptionalBool("featured")
	d := &dataset.Dataset{
		ID: oid, Slug: rec.Text("slug"), Title: rec.Needed("title"), Acronym: rec.Text("acronym"), License: r.licenseOf(rec),
		Private: rec.Bool("private"), Featured: featured != nil && *featured,
		CreatedInternal: rec.Created(oid, "created_at_internal", "created_at"), // the second, before 2022
		LastUpdate:      rec.Time("last_update"), Archived: rec.Time("archived"), Deleted: rec.Time("deleted"),
	}
	d.ModifiedInternal = rec.Changed(d.CreatedInternal, "last_modified_internal", "last_modified")
	d.Counts, d.Metrics = rec.Metrics(dataset.Counters)
	it := &item{
		class: ref.Dataset, slug: &d.Slug, title: d.Title,
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Datasets.Import(ctx, tx, d) },
	}
	d.Owner, d.Organization = owned(rec, it)
	for i, sub := range rec.Subs("resources") {
		d.Resources = append(d.Resources, resource(sub, oid, i, d.CreatedInternal))
	}
	d.Doc = dataset.Doc{
		Description: rec.Text("description"), DescriptionShort: rec.Text("description_short"), Tags: tags(rec),
		Frequency: rec.Text("frequency"), FrequencyDate: rec.Time("frequency_date"), TemporalCoverage: coverage(rec),
		Spatial: spatialCoverage(rec), Schema: schemaOf(rec), Harvest: harvest(rec.Sub("harvest")), ContactPoints: rec.Refs("contact_points"),
		Access: dataset.Access{
			Type: rec.Text("access_type"), RequestURL: rec.Text("authorization_request_url"),
			ReasonCategory: rec.Text("access_type_reason_category"), Reason: rec.Text("access_type_reason"),
		},
		Extras: rec.Raw("extras"),
	}
	if old := rec.Ref("contact_point"); old != "" && len(d.Doc.ContactPoints) == 0 { // the only one, before 2024
		d.Doc.ContactPoints = []string{old}
	}
	it.refer(contactPoint, "its contact point", d.Doc.ContactPoints...)
	for _, a := range rec.Subs("access_audiences") {
		d.Doc.Access.Audiences = append(d.Doc.Access.Audiences, dataset.Audience{Role: a.Text("role"), Condition: a.Text("condition")})
	}
	for _, b := range badges(rec) {
		d.Doc.Badges = append(d.Doc.Badges, dataset.Badge(b))
	}
	d.Doc.Kept = rec.Rest()
	return it, nil
}

// communityResource reads a resource that somebody else than the publisher
// added to a dataset. Its id is a UUID.
func (r *Run) communityResource(rec *Record, id string) (*item, error) {
	if rec.Text("_id") == "" {
		return nil, refusal("its _id is " + kind(rec.doc["_id"]) + ", not a UUID")
	}
	it := &item{}
	c := &dataset.CommunityResource{Dataset: rec.Ref("dataset")}
	it.refer(ref.Dataset, "its dataset", c.Dataset)
	c.Owner, c.Organization = owned(rec, it)
	c.Resource = resource(rec, id, 0, r.opts.Now)
	it.write = func(ctx context.Context, tx *sql.Tx) error {
		return r.target.Datasets.ImportCommunityResource(ctx, tx, c)
	}
	return it, nil
}

// resource reads a resource; nth is its place among those of the dataset of,
// made is when that was made.
func resource(rec *Record, of string, nth int, made time.Time) dataset.Resource {
	x := dataset.Resource{
		ID: rec.Text("_id"), URL: rec.Needed("url"), Title: rec.Text("title"), Description: rec.OptionalText("description"),
		Filetype: rec.Text("filetype"), Type: rec.Text("type"), Format: rec.Text("format"), Mime: rec.Text("mime"),
		Filesize: rec.Int("filesize"), StoredAs: rec.Text("fs_filename"), Schema: schemaOf(rec),
		Metrics: rec.Raw("metrics"), Extras: rec.Raw("extras"),
	}
	if x.ID == "" || len(x.ID) > maxName {
		// The same in each run of an import.
		sum := sha1.Sum(fmt.Appendf(nil, "%s/%d", of, nth))
		x.ID = id.FormatUUID([16]byte(sum[:16]))
		rec.Add("%s_id is missing or too long, it got %s", rec.path, x.ID)
	}
	x.CreatedInternal = rec.Changed(made, "created_at_internal", "created_at", "published") // the latter, before 2022
	x.ModifiedInternal = rec.Changed(x.CreatedInternal, "last_modified_internal", "modified", "last_modified")
	if c := rec.Sub("checksum"); c != nil && (!empty(c.doc["type"]) || !empty(c.doc["value"])) {
		x.Checksum = &dataset.Checksum{Type: c.Text("type"), Value: c.Text("value")}
	}
	if h := rec.Sub("harvest"); h != nil {
		x.Harvest = &dataset.ResourceHarvest{
			URI: h.Text("uri"), DctIdentifier: h.Text("dct_identifier"), CreatedAt: h.Time("created_at"), IssuedAt: h.Time("issued_at"),
			ModifiedAt: h.Time("modified_at"), LastUpdate: h.Time("last_update"),
		}
	}
	x.Kept = rec.Rest()
	return x
}

// coverage reads the time that the data is about. Its dates are texts, in old
// databases instants.
func coverage(rec *Record) *dataset.TemporalCoverage {
	c := rec.Sub("temporal_coverage")
	if c == nil || len(c.doc) == 0 {
		return nil
	}
	date := func(key string) string {
		if t, ok := c.get(key).(time.Time); ok {
			return t.Format(time.DateOnly)
		}
		return c.Text(key)
	}
	return &dataset.TemporalCoverage{Start: date("start"), End: date("end")}
}

func spatialCoverage(rec *Record) *territory.Coverage {
	s := rec.Sub("spatial")
	if s == nil || len(s.doc) == 0 {
		return nil
	}
	x := &territory.Coverage{Granularity: s.Text("granularity"), Geom: s.Raw("geom")}
	for _, v := range s.list("zones") {
		switch z := v.(type) {
		case DBRef:
			v = z.ID
		case Object:
			v = z["_id"]
		}
		if name := s.text("zones[]", v); name != "" {
			x.Zones = append(x.Zones, name)
		}
	}
	return x
}

// schemaOf reads the schema of a dataset or a resource. An empty one is not
// the same as none.
func schemaOf(rec *Record) *dataset.Schema {
	// Before 2021 it was a name.
	if name, ok := rec.doc["schema"].(string); ok {
		rec.get("schema")
		if name == "" {
			return nil
		}
		return &dataset.Schema{Name: name}
	}
	s := rec.Sub("schema")
	if s == nil {
		return nil
	}
	return &dataset.Schema{Name: s.Text("name"), Version: s.Text("version"), URL: s.Text("url")}
}

func harvest(h *Record) *dataset.Harvest {
	if h == nil || len(h.doc) == 0 {
		return nil
	}
	return &dataset.Harvest{
		Backend: h.Text("backend"), Domain: h.Text("domain"), SourceID: h.Text("source_id"), RemoteID: h.Text("remote_id"),
		RemoteURL: h.Text("remote_url"), URI: h.Text("uri"), DctIdentifier: h.Text("dct_identifier"), CkanName: h.Text("ckan_name"),
		CkanSource: h.Text("ckan_source"), CreatedAt: h.Time("created_at"), IssuedAt: h.Time("issued_at"),
		ModifiedAt: h.Time("modified_at"), LastUpdate: h.Time("last_update"), ArchivedAt: h.Time("archived_at"), Archived: h.Text("archived"),
	}
}
