package dataset

import (
	"encoding/json"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/territory"
	"ouvert/internal/kernel/wire"
)

// Dataset is a set of data. `udata:` names the key of udata's collection
// `dataset` that a field comes from, its own name when nothing is said.
type Dataset struct {
	ID      string // udata: _id
	Slug    string // udata: slug
	Title   string // udata: title
	Acronym string // udata: acronym
	// Owner and Organization are ids; one of them is set.
	Owner        string // udata: owner
	Organization string // udata: organization
	// License is an id of the noun license, "" when nobody said.
	License string // udata: license
	Private bool   // udata: private; null is false
	// Featured datasets are put forward by the portal.
	Featured bool // udata: featured
	// CreatedInternal and ModifiedInternal are of this portal's record; what
	// the API calls created_at and last_modified follows from Doc.Harvest too.
	CreatedInternal  time.Time // udata: created_at_internal (before 2022: created_at)
	ModifiedInternal time.Time // udata: last_modified_internal (before 2022: last_modified)
	// LastUpdate is when the data last changed. When it is zero, writing the
	// dataset works it out from the resources.
	LastUpdate time.Time  // udata: last_update
	Archived   time.Time  // udata: archived
	Deleted    time.Time  // udata: deleted
	Resources  []Resource // udata: resources, in their order
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
	Description      string   `json:"description,omitempty"`       // udata: description, Markdown
	DescriptionShort string   `json:"description_short,omitempty"` // udata: description_short
	Tags             []string `json:"tags,omitempty"`              // udata: tags
	Badges           []Badge  `json:"badges,omitempty"`            // udata: badges[]
	// Frequency is one of Frequencies; "" reads as "unknown".
	Frequency        string              `json:"frequency,omitempty"`        // udata: frequency
	FrequencyDate    time.Time           `json:"frequency_date,omitzero"`    // udata: frequency_date
	TemporalCoverage *TemporalCoverage   `json:"temporal_coverage,omitzero"` // udata: temporal_coverage
	Spatial          *territory.Coverage `json:"spatial,omitzero"`           // udata: spatial
	Schema           *Schema             `json:"schema,omitzero"`            // udata: schema
	Harvest          *Harvest            `json:"harvest,omitzero"`           // udata: harvest
	// ContactPoints are ids, in their order.
	ContactPoints []string `json:"contact_points,omitempty"` // udata: contact_points; before 2024: contact_point, one id
	Access        Access   `json:"access,omitzero"`          // udata: access_type, access_audiences, …
	// Extras are the client's own members, a JSON object; instants in it are
	// texts in the form of wire.AppendTime.
	Extras json.RawMessage `json:"extras,omitempty"` // udata: extras
	// Kept is a JSON object of what another portal knew and this one has no
	// use for yet. udata: ext, and every key that is named nowhere here.
	Kept json.RawMessage `json:"kept,omitempty"`
}

// Badge is a distinction that the portal gave.
type Badge = badge.Badge

// TemporalCoverage is the time that the data is about. Dates are texts, as
// udata keeps them: "2020-12-31".
type TemporalCoverage struct {
	Start string `json:"start,omitempty"` // udata: temporal_coverage.start
	End   string `json:"end,omitempty"`   // udata: temporal_coverage.end
}

// Schema names the rules that the data keeps. udata holds an empty one where
// a client sent {}; that is shown, unlike none.
type Schema struct {
	Name    string `json:"name,omitempty"`    // udata: schema.name
	Version string `json:"version,omitempty"` // udata: schema.version
	URL     string `json:"url,omitempty"`     // udata: schema.url
}

// Harvest tells where another portal's dataset was taken from.
type Harvest struct {
	Backend       string    `json:"backend,omitempty"`        // udata: harvest.backend
	Domain        string    `json:"domain,omitempty"`         // udata: harvest.domain
	SourceID      string    `json:"source_id,omitempty"`      // udata: harvest.source_id
	RemoteID      string    `json:"remote_id,omitempty"`      // udata: harvest.remote_id
	RemoteURL     string    `json:"remote_url,omitempty"`     // udata: harvest.remote_url
	URI           string    `json:"uri,omitempty"`            // udata: harvest.uri
	DctIdentifier string    `json:"dct_identifier,omitempty"` // udata: harvest.dct_identifier
	CkanName      string    `json:"ckan_name,omitempty"`      // udata: harvest.ckan_name
	CkanSource    string    `json:"ckan_source,omitempty"`    // udata: harvest.ckan_source
	CreatedAt     time.Time `json:"created_at,omitzero"`      // udata: harvest.created_at
	IssuedAt      time.Time `json:"issued_at,omitzero"`       // udata: harvest.issued_at
	ModifiedAt    time.Time `json:"modified_at,omitzero"`     // udata: harvest.modified_at
	// LastUpdate is when it was last taken.
	LastUpdate time.Time `json:"last_update,omitzero"` // udata: harvest.last_update
	ArchivedAt time.Time `json:"archived_at,omitzero"` // udata: harvest.archived_at
	// Archived is the reason.
	Archived string `json:"archived,omitempty"` // udata: harvest.archived
}

// Access says who may have the data.
type Access struct {
	// Type is "open", "open_with_account" or "restricted"; "" reads as "open".
	Type           string     `json:"type,omitempty"`            // udata: access_type
	Audiences      []Audience `json:"audiences,omitempty"`       // udata: access_audiences[]
	RequestURL     string     `json:"request_url,omitempty"`     // udata: authorization_request_url
	ReasonCategory string     `json:"reason_category,omitempty"` // udata: access_type_reason_category
	Reason         string     `json:"reason,omitempty"`          // udata: access_type_reason
}

// Audience is a group of people and whether they may have the data.
type Audience struct {
	Role      string `json:"role,omitempty"`      // udata: access_audiences[].role
	Condition string `json:"condition,omitempty"` // udata: access_audiences[].condition
}

// Counters of a dataset.
var Counters = metric.Counters{
	Table: "dataset",
	Names: []string{
		"dataservices", "discussions", "discussions_open", "followers", "followers_by_months", "resources_downloads", "reuses",
		"reuses_by_months", "views",
	},
	Columns: map[string]string{
		"reuses": "metric_reuses", "followers": "metric_followers", "views": "metric_views",
	},
}

func (d *Dataset) id() string { return d.ID }

// Owned says whose dataset it is.
func (d *Dataset) Owned() auth.Owned {
	return auth.Owned{ID: d.ID, Owner: d.Owner, Organization: d.Organization}
}

// createdAt is when the data was made, as far as anybody knows.
func (d *Dataset) createdAt() time.Time {
	if h := d.Doc.Harvest; h != nil {
		switch {
		case !h.IssuedAt.IsZero():
			return h.IssuedAt
		case !h.CreatedAt.IsZero():
			return h.CreatedAt
		}
	}
	return d.CreatedInternal
}

// lastModified is when the dataset last changed where it comes from.
func (d *Dataset) lastModified() time.Time {
	if h := d.Doc.Harvest; h != nil && !h.ModifiedAt.IsZero() {
		return h.ModifiedAt
	}
	return d.ModifiedInternal
}

// lastUpdate works out when the data last changed: what its source says, or
// the newest resource, or the dataset itself when it has none.
func (d *Dataset) lastUpdate(now time.Time) time.Time {
	if h := d.Doc.Harvest; h != nil && !h.ModifiedAt.IsZero() {
		return h.ModifiedAt
	}
	if len(d.Resources) == 0 {
		return d.lastModified()
	}
	var newest time.Time
	for i := range d.Resources {
		if t := d.Resources[i].lastModified(now); t.After(newest) {
			newest = t
		}
	}
	return newest
}

func (d *Dataset) uri(l wire.Links) string  { return l.API + "/api/1/datasets/" + d.Slug + "/" }
func (d *Dataset) page(l wire.Links) string { return l.Site + "/datasets/" + d.Slug }
