package dataservice

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Dataservice is an API that serves data. `udata:` names the key of udata's
// collection `dataservice` that a field comes from.
type Dataservice struct {
	ID      string // udata: _id
	Slug    string // udata: slug
	Title   string // udata: title
	Acronym string // udata: acronym
	// Owner and Organization are ids; one of them is set.
	Owner        string // udata: owner
	Organization string // udata: organization
	Private      bool   // udata: private; null is false
	// Featured is nil until a sysadmin said something about it.
	Featured     *bool     // udata: featured
	CreatedAt    time.Time // udata: created_at
	LastModified time.Time // udata: metadata_modified_at
	Archived     time.Time // udata: archived_at
	Deleted      time.Time // udata: deleted_at
	// Datasets are ids, in the order given, which may name something twice or
	// something that is gone.
	Datasets []string // udata: datasets
	// Counts holds the counters that are columns, Metrics is a JSON object of
	// the others; metric.Counters.Split makes both.
	Counts  map[string]int64 // udata: metrics
	Metrics string           // udata: metrics
	Doc     Doc
	// Revision counts the writes; it is set by the store.
	Revision int64
}

// Doc is what SQL never looks into.
type Doc struct {
	Description string   `json:"description,omitempty"` // udata: description, Markdown
	Tags        []string `json:"tags,omitempty"`        // udata: tags
	Badges      []Badge  `json:"badges,omitempty"`      // udata: badges[]
	// License is an id of the noun license, "" when nobody said.
	License                   string `json:"license,omitempty"`                     // udata: license
	BaseAPIURL                string `json:"base_api_url,omitempty"`                // udata: base_api_url
	MachineDocumentationURL   string `json:"machine_documentation_url,omitempty"`   // udata: machine_documentation_url (before 2025: endpoint_description_url)
	TechnicalDocumentationURL string `json:"technical_documentation_url,omitempty"` // udata: technical_documentation_url
	BusinessDocumentationURL  string `json:"business_documentation_url,omitempty"`  // udata: business_documentation_url
	RateLimiting              string `json:"rate_limiting,omitempty"`               // udata: rate_limiting
	RateLimitingURL           string `json:"rate_limiting_url,omitempty"`           // udata: rate_limiting_url
	// Availability is the share of the time, in percent.
	Availability    *float64 `json:"availability,omitempty"`     // udata: availability
	AvailabilityURL string   `json:"availability_url,omitempty"` // udata: availability_url
	Format          string   `json:"format,omitempty"`           // udata: format; REST, WMS or WSL
	// ContactPoints are ids, in their order.
	ContactPoints []string `json:"contact_points,omitempty"` // udata: contact_points
	Access        Access   `json:"access,omitzero"`          // udata: access_type, access_audiences, …
	Harvest       *Harvest `json:"harvest,omitzero"`         // udata: harvest
	// Extras are the client's own members, a JSON object; instants in it are
	// texts in the form of wire.AppendTime.
	Extras json.RawMessage `json:"extras,omitempty"` // udata: extras
	// Kept is a JSON object of what another portal knew and this one has no
	// use for yet.
	Kept json.RawMessage `json:"kept,omitempty"` // udata: every key that is named nowhere here
}

// Badge is a distinction that the portal gave.
type Badge = badge.Badge

// Access says who may use the API.
type Access struct {
	// Type is "open", "open_with_account" or "restricted"; "" reads as "open".
	Type           string     `json:"type,omitempty"`            // udata: access_type
	Audiences      []Audience `json:"audiences,omitempty"`       // udata: access_audiences[]
	RequestURL     string     `json:"request_url,omitempty"`     // udata: authorization_request_url
	ReasonCategory string     `json:"reason_category,omitempty"` // udata: access_type_reason_category
	Reason         string     `json:"reason,omitempty"`          // udata: access_type_reason
}

// Audience is a group of people and whether they may use the API.
type Audience struct {
	Role      string `json:"role,omitempty"`      // udata: access_audiences[].role
	Condition string `json:"condition,omitempty"` // udata: access_audiences[].condition
}

// Harvest tells where another portal's dataservice was taken from.
type Harvest struct {
	Backend        string    `json:"backend,omitempty"`         // udata: harvest.backend
	Domain         string    `json:"domain,omitempty"`          // udata: harvest.domain
	SourceID       string    `json:"source_id,omitempty"`       // udata: harvest.source_id
	SourceURL      string    `json:"source_url,omitempty"`      // udata: harvest.source_url
	RemoteID       string    `json:"remote_id,omitempty"`       // udata: harvest.remote_id
	RemoteURL      string    `json:"remote_url,omitempty"`      // udata: harvest.remote_url
	URI            string    `json:"uri,omitempty"`             // udata: harvest.uri
	CreatedAt      time.Time `json:"created_at,omitzero"`       // udata: harvest.created_at
	IssuedAt       time.Time `json:"issued_at,omitzero"`        // udata: harvest.issued_at
	ModifiedAt     time.Time `json:"modified_at,omitzero"`      // udata: harvest.modified_at
	LastUpdate     time.Time `json:"last_update,omitzero"`      // udata: harvest.last_update, when it was last taken
	ArchivedAt     time.Time `json:"archived_at,omitzero"`      // udata: harvest.archived_at
	ArchivedReason string    `json:"archived_reason,omitempty"` // udata: harvest.archived_reason
}

// Counters of a dataservice.
var Counters = metric.Counters{
	Table: "dataservice",
	Names: []string{"discussions", "discussions_open", "followers", "followers_by_months", "reuses", "views"},
	Columns: map[string]string{
		"reuses": "metric_reuses", "followers": "metric_followers", "views": "metric_views",
	},
}

// Owned says whose dataservice it is.
func (d *Dataservice) Owned() auth.Owned {
	return auth.Owned{ID: d.ID, Owner: d.Owner, Organization: d.Organization}
}

func (d *Dataservice) uri(l wire.Links) string  { return l.API + "/api/1/dataservices/" + d.Slug + "/" }
func (d *Dataservice) page(l wire.Links) string { return l.Site + "/dataservices/" + d.Slug }

// card writes the short form in which others mention the dataservice.
func (d *Dataservice) card(l wire.Links) wire.Fragment {
	w := wire.NewWriter(384)
	w.Open('{')
	w.Key("class")
	w.String(ref.Dataservice)
	w.Key("id")
	w.String(d.ID)
	w.Key("self_api_url")
	w.String(d.uri(l))
	w.Key("self_web_url")
	w.String(d.page(l))
	w.Key("title")
	w.String(d.Title)
	w.Close('}')
	return w.Fragment()
}

// parts are the wire forms of what dataservices mention, by id.
type parts struct {
	users, organizations, contactPoints map[string]wire.Fragment
}

// full writes the whole dataservice. It links to its datasets instead of
// holding them.
func (d *Dataservice) full(l wire.Links, p parts) wire.Fragment {
	w := wire.NewWriter(3072)
	w.Open('{')
	w.Key("access_audiences")
	w.Open('[')
	for _, au := range d.Doc.Access.Audiences {
		w.Open('{')
		w.Key("condition")
		w.StringOrNull(au.Condition)
		w.Key("role")
		w.StringOrNull(au.Role)
		w.Close('}')
	}
	w.Close(']')
	w.Key("access_type")
	if d.Doc.Access.Type == "" {
		w.String("open")
	} else {
		w.String(d.Doc.Access.Type)
	}
	w.Key("access_type_reason")
	w.StringOrNull(d.Doc.Access.Reason)
	w.Key("access_type_reason_category")
	w.StringOrNull(d.Doc.Access.ReasonCategory)
	w.Key("acronym")
	w.StringOrNull(d.Acronym)
	w.Key("archived_at")
	w.Time(d.Archived)
	w.Key("authorization_request_url")
	w.StringOrNull(d.Doc.Access.RequestURL)
	w.Key("availability")
	if d.Doc.Availability == nil {
		w.Null()
	} else {
		w.Float(*d.Doc.Availability)
	}
	w.Key("availability_url")
	w.StringOrNull(d.Doc.AvailabilityURL)
	badge.Write(w, d.Doc.Badges)
	w.Key("base_api_url")
	w.StringOrNull(d.Doc.BaseAPIURL)
	w.Key("business_documentation_url")
	w.StringOrNull(d.Doc.BusinessDocumentationURL)
	w.Key("contact_points")
	w.Open('[')
	for _, oid := range d.Doc.ContactPoints {
		if f, ok := p.contactPoints[oid]; ok {
			w.Embed(f)
		}
	}
	w.Close(']')
	w.Key("created_at")
	w.Time(d.CreatedAt)
	w.Key("datasets")
	w.Open('{')
	w.Key("href")
	w.String(l.API + "/api/1/datasets/?dataservice=" + d.ID)
	w.Key("rel")
	w.String("subsection")
	w.Key("total")
	w.Int(int64(len(d.Datasets)))
	w.Key("type")
	w.String("GET")
	w.Close('}')
	w.Key("deleted_at")
	w.Time(d.Deleted)
	w.Key("description")
	w.String(d.Doc.Description)
	w.Key("extras")
	w.Object(d.Doc.Extras)
	w.Key("featured")
	w.BoolOrNull(d.Featured)
	w.Key("format")
	w.StringOrNull(d.Doc.Format)
	d.Doc.Harvest.write(w)
	w.Key("id")
	w.String(d.ID)
	w.Key("license")
	w.StringOrNull(d.Doc.License)
	w.Key("machine_documentation_url")
	w.StringOrNull(d.Doc.MachineDocumentationURL)
	w.Key("metadata_modified_at")
	w.Time(d.LastModified)
	Counters.Write(w, d.Counts, []byte(d.Metrics))
	w.Key("organization")
	w.Embed(p.organizations[d.Organization])
	w.Key("owner")
	w.Embed(p.users[d.Owner])
	auth.WritePermissions(w, ref.Dataservice, d.Owned())
	w.Key("private")
	w.Bool(d.Private)
	w.Key("rate_limiting")
	w.StringOrNull(d.Doc.RateLimiting)
	w.Key("rate_limiting_url")
	w.StringOrNull(d.Doc.RateLimitingURL)
	w.Key("self_api_url")
	w.String(d.uri(l))
	w.Key("self_web_url")
	w.String(d.page(l))
	w.Key("slug")
	w.String(d.Slug)
	w.Key("tags")
	w.Strings(d.Doc.Tags)
	w.Key("technical_documentation_url")
	w.StringOrNull(d.Doc.TechnicalDocumentationURL)
	w.Key("title")
	w.String(d.Title)
	w.Close('}')
	return w.Fragment()
}

// write writes all members, null when nothing is known – also of a
// dataservice that was not harvested, as udata does.
func (h *Harvest) write(w *wire.Writer) {
	if h == nil {
		h = &Harvest{}
	}
	w.Key("harvest")
	w.Open('{')
	w.Key("archived_at")
	w.Time(h.ArchivedAt)
	w.Key("archived_reason")
	w.StringOrNull(h.ArchivedReason)
	w.Key("backend")
	w.StringOrNull(h.Backend)
	w.Key("created_at")
	w.Time(h.CreatedAt)
	w.Key("domain")
	w.StringOrNull(h.Domain)
	w.Key("issued_at")
	w.Time(h.IssuedAt)
	w.Key("last_update")
	w.Time(h.LastUpdate)
	w.Key("modified_at")
	w.Time(h.ModifiedAt)
	w.Key("remote_id")
	w.StringOrNull(h.RemoteID)
	w.Key("remote_url")
	w.StringOrNull(h.RemoteURL)
	w.Key("source_id")
	w.StringOrNull(h.SourceID)
	w.Key("source_url")
	w.StringOrNull(h.SourceURL)
	w.Key("uri")
	w.StringOrNull(h.URI)
	w.Close('}')
}
