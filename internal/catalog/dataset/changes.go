package dataset

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"

	"ouvert/internal/kernel/patch"
)

// changed names the fields in which two datasets differ, in udata's words, as
// activities tell them. Deleting and restoring are told by events of their
// own.
func changed(a, b *Dataset) []string {
	var out []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"owner", a.Owner == b.Owner},
		{"organization", a.Organization == b.Organization},
		{"title", a.Title == b.Title},
		{"acronym", a.Acronym == b.Acronym},
		{"description", a.Doc.Description == b.Doc.Description},
		{"description_short", a.Doc.DescriptionShort == b.Doc.DescriptionShort},
		{"tags", slices.Equal(a.Doc.Tags, b.Doc.Tags)},
		{"license", a.License == b.License},
		{"frequency", a.frequency().ID == b.frequency().ID},
		{"frequency_date", a.Doc.FrequencyDate.Equal(b.Doc.FrequencyDate)},
		{"temporal_coverage", reflect.DeepEqual(a.Doc.TemporalCoverage, b.Doc.TemporalCoverage)},
		{"spatial", reflect.DeepEqual(a.Doc.Spatial, b.Doc.Spatial)},
		{"contact_points", slices.Equal(a.Doc.ContactPoints, b.Doc.ContactPoints)},
		{"access_type", orElse(a.Doc.Access.Type, AccessOpen) == orElse(b.Doc.Access.Type, AccessOpen)},
		{"access_audiences", slices.Equal(a.Doc.Access.Audiences, b.Doc.Access.Audiences)},
		{"access_type_reason_category", a.Doc.Access.ReasonCategory == b.Doc.Access.ReasonCategory},
		{"access_type_reason", a.Doc.Access.Reason == b.Doc.Access.Reason},
		{"authorization_request_url", a.Doc.Access.RequestURL == b.Doc.Access.RequestURL},
		{"private", a.Private == b.Private},
		{"archived", a.Archived.Equal(b.Archived)},
		{"resources", slices.EqualFunc(a.Resources, b.Resources, func(x, y Resource) bool { return sameResource(&x, &y) })},
	} {
		if !f.same {
			out = append(out, f.name)
		}
	}
	return out
}

// sameResource tells whether two states of a resource say the same.
func sameResource(a, b *Resource) bool {
	return a.ID == b.ID && a.URL == b.URL && a.Title == b.Title && reflect.DeepEqual(a.Description, b.Description) &&
		a.Filetype == b.Filetype && a.Type == b.Type && a.Format == b.Format && a.Mime == b.Mime &&
		reflect.DeepEqual(a.Checksum, b.Checksum) && reflect.DeepEqual(a.Filesize, b.Filesize) && a.StoredAs == b.StoredAs &&
		reflect.DeepEqual(a.Schema, b.Schema) && patch.SameJSON(orEmpty(a.Extras), orEmpty(b.Extras))
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// unquoted is a JSON text without its quotes, and any other value as it is
// written.
func unquoted(raw []byte) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

func itoa(n int) string { return strconv.Itoa(n) }

func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}
