package dataset

import (
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// parts are the wire forms of what datasets mention, by id.
type parts struct {
	users, organizations, contactPoints map[string]wire.Fragment
	// licenses are whole ones, for the form that holds them.
	licenses map[string]wire.Fragment
	// territories are whole ones, for the form that holds them; nil for ids.
	territories *territories
	// datasets are cards, for community resources.
	datasets map[string]wire.Fragment
	// communities are the community resources by dataset.
	communities map[string][]*CommunityResource
}

// card writes the short form in which others mention the dataset.
func (d *Dataset) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(384)
	w.Open('{')
	w.Key("acronym")
	w.StringOrNull(d.Acronym)
	w.Key("class")
	w.String(ref.Dataset)
	w.Key("id")
	w.String(d.ID)
	w.Key("page")
	w.String(d.page(l))
	w.Key("title")
	w.String(d.Title)
	w.Key("uri")
	w.String(d.uri(l))
	w.Close('}')
	return w.Fragment()
}

// full writes the whole dataset with all its resources, as the API v1 answers
// it and embeds it in reuses. now is the time of asking: some answers depend
// on it.
func (d *Dataset) full(l wire.Links, p parts, now time.Time) wire.Fragment {
	w := wire.NewWriter(3072 + 1024*len(d.Resources))
	w.Open('{')
	d.Doc.Access.write(w)
	w.Key("acronym")
	w.StringOrNull(d.Acronym)
	w.Key("archived")
	w.Time(d.Archived)
	w.Key("authorization_request_url")
	w.StringOrNull(d.Doc.Access.RequestURL)
	w.Key("badges")
	w.Open('[')
	for _, b := range d.Doc.Badges {
		w.Open('{')
		w.Key("kind")
		w.String(b.Kind)
		w.Close('}')
	}
	w.Close(']')
	w.Key("community_resources")
	w.Open('[')
	for _, c := range p.communities[d.ID] {
		c.write(w, l, p, now, false)
	}
	w.Close(']')
	d.writeContactPoints(w, p)
	w.Key("created_at")
	w.Time(d.createdAt())
	w.Key("deleted")
	w.Time(d.Deleted)
	w.Key("description")
	w.String(d.Doc.Description)
	w.Key("description_short")
	w.StringOrNull(d.Doc.DescriptionShort)
	w.Key("extras")
	w.Object(d.Doc.Extras)
	w.Key("featured")
	w.Bool(d.Featured)
	w.Key("frequency")
	w.String(d.frequency().ID)
	w.Key("frequency_date")
	w.Time(d.Doc.FrequencyDate)
	w.Key("harvest")
	d.Doc.Harvest.write(w)
	w.Key("id")
	w.String(d.ID)
	writeInternal(w, d.CreatedInternal, d.ModifiedInternal)
	w.Key("last_modified")
	w.Time(d.lastModified())
	w.Key("last_update")
	w.Time(d.LastUpdate)
	w.Key("license")
	if d.License == "" {
		w.String("notspecified")
	} else {
		w.String(d.License)
	}
	Counters.Write(w, d.Counts, []byte(d.Metrics))
	w.Key("organization")
	w.Embed(p.organizations[d.Organization])
	w.Key("owner")
	w.Embed(p.users[d.Owner])
	w.Key("page")
	w.String(d.page(l))
	auth.WritePermissions(w, ref.Dataset, d.Owned())
	w.Key("private")
	w.Bool(d.Private)
	d.quality(now).write(w)
	w.Key("resources")
	w.Open('[')
	for i := range d.Resources {
		d.Resources[i].write(w, l, now)
	}
	w.Close(']')
	w.Key("schema")
	d.Doc.Schema.write(w)
	w.Key("slug")
	w.String(d.Slug)
	w.Key("spatial")
	d.Doc.Spatial.Write(w)
	w.Key("tags")
	w.Strings(d.Doc.Tags)
	w.Key("temporal_coverage")
	d.Doc.TemporalCoverage.write(w)
	w.Key("title")
	w.String(d.Title)
	w.Key("uri")
	w.String(d.uri(l))
	w.Close('}')
	return w.Fragment()
}

// writeContactPoints writes those that exist: the list of today's udata, and
// the single one of 2024's.
func (d *Dataset) writeContactPoints(w *wire.Writer, p parts) {
	found := make([]wire.Fragment, 0, len(d.Doc.ContactPoints))
	for _, oid := range d.Doc.ContactPoints {
		if f, ok := p.contactPoints[oid]; ok {
			found = append(found, f)
		}
	}
	w.Key("contact_point")
	if len(found) > 0 {
		w.Embed(found[0])
	} else {
		w.Null()
	}
	w.Key("contact_points")
	w.Open('[')
	for _, f := range found {
		w.Embed(f)
	}
	w.Close(']')
}

// write writes the resource.
func (r *Resource) write(w *wire.Writer, l wire.Links, now time.Time) {
	w.Open('{')
	r.writeMembers(w, l, now)
	w.Close('}')
}

func (r *Resource) writeMembers(w *wire.Writer, l wire.Links, now time.Time) {
	w.Key("checksum")
	r.Checksum.write(w)
	w.Key("created_at")
	w.Time(r.createdAt())
	w.Key("description")
	if r.Description == nil {
		w.Null()
	} else {
		w.String(*r.Description)
	}
	w.Key("extras")
	w.Object(r.Extras)
	w.Key("filesize")
	if r.Filesize == nil {
		w.Null()
	} else {
		w.Int(*r.Filesize)
	}
	w.Key("filetype")
	w.String(orElse(r.Filetype, FiletypeFile))
	w.Key("format")
	w.StringOrNull(r.Format)
	w.Key("harvest")
	r.Harvest.write(w)
	w.Key("id")
	w.String(r.ID)
	writeInternal(w, r.CreatedInternal, r.ModifiedInternal)
	w.Key("last_modified")
	w.Time(r.lastModified(now))
	w.Key("latest")
	w.String(r.latest(l))
	w.Key("metrics")
	w.Object(r.Metrics)
	w.Key("mime")
	w.StringOrNull(r.Mime)
	w.Key("preview_url")
	w.Null() // only a portal with a table explorer has any
	w.Key("schema")
	r.Schema.write(w)
	w.Key("title")
	w.String(r.Title)
	w.Key("type")
	w.String(orElse(r.Type, TypeMain))
	w.Key("url")
	w.String(r.URL)
}

// write writes the members that come first in the alphabet;
// authorization_request_url has its own place.
func (a Access) write(w *wire.Writer) {
	w.Key("access_audiences")
	w.Open('[')
	for _, au := range a.Audiences {
		w.Open('{')
		w.Key("condition")
		w.StringOrNull(au.Condition)
		w.Key("role")
		w.StringOrNull(au.Role)
		w.Close('}')
	}
	w.Close(']')
	w.Key("access_type")
	w.String(orElse(a.Type, "open"))
	w.Key("access_type_reason")
	w.StringOrNull(a.Reason)
	w.Key("access_type_reason_category")
	w.StringOrNull(a.ReasonCategory)
}

// write writes those members that are set, as udata does.
func (h *Harvest) write(w *wire.Writer) {
	if h == nil {
		w.Null()
		return
	}
	w.Open('{')
	writeSet(w, "archived", h.Archived)
	writeTimeSet(w, "archived_at", h.ArchivedAt)
	writeSet(w, "backend", h.Backend)
	writeSet(w, "ckan_name", h.CkanName)
	writeSet(w, "ckan_source", h.CkanSource)
	writeTimeSet(w, "created_at", h.CreatedAt)
	writeSet(w, "dct_identifier", h.DctIdentifier)
	writeSet(w, "domain", h.Domain)
	writeTimeSet(w, "issued_at", h.IssuedAt)
	writeTimeSet(w, "last_update", h.LastUpdate)
	writeTimeSet(w, "modified_at", h.ModifiedAt)
	writeSet(w, "remote_id", h.RemoteID)
	writeSet(w, "remote_url", h.RemoteURL)
	writeSet(w, "source_id", h.SourceID)
	writeSet(w, "uri", h.URI)
	w.Close('}')
}

func (h *ResourceHarvest) write(w *wire.Writer) {
	if h == nil {
		w.Null()
		return
	}
	w.Open('{')
	writeTimeSet(w, "created_at", h.CreatedAt)
	writeTimeSet(w, "issued_at", h.IssuedAt)
	writeTimeSet(w, "last_update", h.LastUpdate)
	writeTimeSet(w, "modified_at", h.ModifiedAt)
	writeSet(w, "uri", h.URI)
	w.Close('}')
}

func (c *Checksum) write(w *wire.Writer) {
	if c == nil {
		w.Null()
		return
	}
	w.Open('{')
	w.Key("type")
	w.String(orElse(c.Type, "sha1"))
	w.Key("value")
	w.StringOrNull(c.Value)
	w.Close('}')
}

func (s *Schema) write(w *wire.Writer) {
	if s == nil {
		w.Null()
		return
	}
	w.Open('{')
	w.Key("name")
	w.StringOrNull(s.Name)
	w.Key("url")
	w.StringOrNull(s.URL)
	w.Key("version")
	w.StringOrNull(s.Version)
	w.Close('}')
}

func (t *TemporalCoverage) write(w *wire.Writer) {
	if t == nil {
		w.Null()
		return
	}
	w.Open('{')
	w.Key("end")
	w.StringOrNull(t.End)
	w.Key("start")
	w.StringOrNull(t.Start)
	w.Close('}')
}

func writeInternal(w *wire.Writer, created, modified time.Time) {
	w.Key("internal")
	w.Open('{')
	w.Key("created_at_internal")
	w.Time(created)
	w.Key("last_modified_internal")
	w.Time(modified)
	w.Close('}')
}

func writeSet(w *wire.Writer, key, s string) {
	if s != "" {
		w.Key(key)
		w.String(s)
	}
}

func writeTimeSet(w *wire.Writer, key string, t time.Time) {
	if !t.IsZero() {
		w.Key(key)
		w.Time(t)
	}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
