package dataset

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"ouvert/internal/kernel/wire"
)

// Resource is a file or an address that holds data. `udata:` names the key
// below `resources[]` of udata's collection `dataset`.
type Resource struct {
	ID    string `json:"-"`     // udata: _id, a UUID
	URL   string `json:"-"`     // udata: url
	Title string `json:"title"` // udata: title
	// Description is nil when there is none; udata's harvesters left many
	// empty ones, which are answered as such.
	Description *string `json:"description,omitempty"` // udata: description, Markdown
	// Filetype is "file" for what this portal holds, "remote" otherwise.
	Filetype string `json:"filetype,omitempty"` // udata: filetype
	// Type is one of ResourceTypes; "" reads as "main".
	Type     string    `json:"type,omitempty"`     // udata: type
	Format   string    `json:"format,omitempty"`   // udata: format
	Mime     string    `json:"mime,omitempty"`     // udata: mime
	Checksum *Checksum `json:"checksum,omitzero"`  // udata: checksum
	Filesize *int64    `json:"filesize,omitempty"` // udata: filesize, in bytes
	// StoredAs is the key of an uploaded file.
	StoredAs string           `json:"stored_as,omitempty"` // udata: fs_filename
	Schema   *Schema          `json:"schema,omitzero"`     // udata: schema; {} is an empty Schema, not none
	Harvest  *ResourceHarvest `json:"harvest,omitzero"`    // udata: harvest
	// CreatedInternal and ModifiedInternal are of this portal's record, see
	// Dataset.
	CreatedInternal  time.Time `json:"created_internal"`  // udata: created_at_internal (before 2022: created_at)
	ModifiedInternal time.Time `json:"modified_internal"` // udata: last_modified_internal (before 2022: modified)
	// Metrics is a JSON object, shown as it is.
	Metrics json.RawMessage `json:"metrics,omitempty"` // udata: metrics
	// Extras is a JSON object; what a link checker found stands in it
	// ("check:…", "analysis:…").
	Extras json.RawMessage `json:"extras,omitempty"` // udata: extras
	// Kept is a JSON object of what this portal has no use for yet.
	Kept json.RawMessage `json:"kept,omitempty"` // udata: every key that is named nowhere here, but urlhash
}

// Checksum proves that a file is what it was.
type Checksum struct {
	Type  string `json:"type,omitempty"`  // udata: checksum.type; "" reads as "sha1"
	Value string `json:"value,omitempty"` // udata: checksum.value
}

// ResourceHarvest tells where another portal's resource was taken from.
type ResourceHarvest struct {
	URI           string    `json:"uri,omitempty"`            // udata: harvest.uri
	DctIdentifier string    `json:"dct_identifier,omitempty"` // udata: harvest.dct_identifier, not shown
	CreatedAt     time.Time `json:"created_at,omitzero"`      // udata: harvest.created_at (before 2025)
	IssuedAt      time.Time `json:"issued_at,omitzero"`       // udata: harvest.issued_at
	ModifiedAt    time.Time `json:"modified_at,omitzero"`     // udata: harvest.modified_at
	LastUpdate    time.Time `json:"last_update,omitzero"`     // udata: harvest.last_update
}

// The two kinds of resources, and the default type.
const (
	FiletypeFile   = "file"
	FiletypeRemote = "remote"
	TypeMain       = "main"
)

// ResourceTypes are what a resource may be for, in udata's order
// (core/dataset/constants.py).
var ResourceTypes = []string{TypeMain, "documentation", "update", "api", "code", "other"}

// closedFormats are those that no free program writes as well as its owner's.
var closedFormats = map[string]bool{"pdf": true, "doc": true, "docx": true, "word": true, "xls": true, "excel": true, "xlsx": true}

func (r *Resource) createdAt() time.Time {
	if r.Harvest != nil && !r.Harvest.IssuedAt.IsZero() {
		return r.Harvest.IssuedAt
	}
	return r.CreatedInternal
}

// lastModified is when the data behind the resource last changed: what its
// source says (unless that is yet to come), what a link checker found behind
// an address, or this portal's record.
func (r *Resource) lastModified(now time.Time) time.Time {
	if r.Harvest != nil && !r.Harvest.ModifiedAt.IsZero() && r.Harvest.ModifiedAt.Before(now) {
		return r.Harvest.ModifiedAt
	}
	if r.Filetype == FiletypeRemote {
		if t := parseInstant(r.extra("analysis:last-modified-at")); !t.IsZero() {
			return t
		}
	}
	return r.ModifiedInternal
}

// available is what a link checker found; not having been looked at counts as
// available.
func (r *Resource) available() bool {
	switch string(bytes.TrimSpace(r.extra("check:available"))) {
	case "false", "null", "0", `""`:
		return false
	}
	return true
}

func (r *Resource) closed() bool { return r.Format == "" || closedFormats[strings.ToLower(r.Format)] }

// extra returns one member of Extras, nil when it is not there. Most
// resources have none of those that are asked for, which a look at the bytes
// tells.
func (r *Resource) extra(name string) json.RawMessage {
	if !bytes.Contains(r.Extras, []byte(name)) {
		return nil
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(r.Extras, &m) != nil {
		return nil
	}
	return m[name]
}

// latest is the address that goes on leading to the resource when its file is
// replaced.
func (r *Resource) latest(l wire.Links) string { return l.API + "/api/1/datasets/r/" + r.ID }

var instants = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", time.DateOnly, time.RFC1123, time.RFC1123Z}

// parseInstant reads an instant that somebody else wrote, as a JSON text;
// without an offset it is UTC. What it cannot read is the zero time.
func parseInstant(raw json.RawMessage) time.Time {
	var s string
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return time.Time{}
	}
	for _, layout := range instants {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
