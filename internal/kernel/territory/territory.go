// Package territory is where something is about: the part "spatial" of datasets
// and topics, as it is stored, read from bodies and written.
package territory

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Coverage is the territory that something is about.
type Coverage struct {
	// Zones are ids of territories ("fr:commune:75056").
	Zones []string `json:"zones,omitempty"` // udata: spatial.zones
	// Granularity is the size of what is described, "" reads as Other.
	Granularity string `json:"granularity,omitempty"` // udata: spatial.granularity
	// Geom is a GeoJSON geometry.
	Geom json.RawMessage `json:"geom,omitempty"` // udata: spatial.geom
}

// Other is the granularity of what has no size.
const Other = "other"

// maxZones bounds the zones of one coverage.
const maxZones = 1000

// maxShown bounds how much of a value a message repeats.
const maxShown = 100

// The messages about territories, in udata's words.
const (
	msgChoice  = "Not a valid choice."
	msgList    = "A list is expected"
	msgTooMany = "At most %d may be given"
	msgGeom    = "A geometry cannot be set here, name zones instead"
	msgFormat  = "Bad GeoID format: %s"
	msgUnknown = "Unknown geoid(s): %s"
)

// Model describes a coverage.
var Model = &schema.Model{
	Name: "SpatialCoverage",
	Doc:  "The territory that the data is about.",
	Fields: []schema.Field{
		{Name: "geom", Type: schema.Any(), Doc: "A GeoJSON geometry"},
		{Name: "granularity", Type: schema.Text(), Doc: "The size of what is described", Example: "other"},
		{Name: "zones", Type: schema.List(schema.Text()), Doc: "Ids of territories", Example: []string{"fr:commune:75056"}},
	},
}

// Write writes the coverage, null for none.
func (c *Coverage) Write(w *wire.Writer) {
	if c == nil {
		w.Null()
		return
	}
	w.Open('{')
	w.Key("geom")
	w.Raw(c.Geom)
	w.Key("granularity")
	w.String(cmp.Or(c.Granularity, Other))
	w.Key("zones")
	w.Strings(c.Zones)
	w.Close('}')
}

// Register is the list of territories; the spatial noun keeps it.
type Register interface {
	// Unknown returns those of the zones that nobody may name anew.
	Unknown(ctx context.Context, q db.Querier, zones []string) ([]string, error)
	// Granularity tells whether a granularity may be named.
	Granularity(ctx context.Context, q db.Querier, id string) (bool, error)
}

// Apply reads the member "spatial" of a body over what was said before, nil for
// nothing. What was said before may stay, known or not; register may be nil:
// then every zone may be named, and no level. ok is false when there is nothing
// to set; what is wrong is collected in the body.
func Apply(ctx context.Context, q db.Querier, register Register, o *patch.Object, current *Coverage) (c *Coverage, ok bool, err error) {
	c, st := Read(o, current)
	if st != patch.Set {
		return nil, false, nil
	}
	before := Coverage{Granularity: Other}
	if current != nil {
		before = *current
	}
	if c.Granularity != before.Granularity {
		known := c.Granularity == Other || c.Granularity == "poi"
		if register != nil {
			if known, err = register.Granularity(ctx, q, c.Granularity); err != nil {
				return nil, false, err
			}
		}
		if !known {
			o.Fail("spatial", msgChoice)
			return nil, false, nil
		}
	}
	added := slices.DeleteFunc(slices.Clone(c.Zones), func(z string) bool { return slices.Contains(before.Zones, z) })
	if register == nil || len(added) == 0 {
		return c, true, nil
	}
	unknown, err := register.Unknown(ctx, q, added)
	if err != nil {
		return nil, false, err
	}
	if len(unknown) > 0 {
		o.Fail("spatial", msgUnknown, patch.Clip(strings.Join(unknown, ", "), maxShown))
		return nil, false, nil
	}
	return c, true, nil
}

// zone is the form of a territory's id: "fr:commune:75056", with a date maybe.
var zone = regexp.MustCompile(`^[\w-]+(:[\w.-]+)+(@[\w-]+)?$`)

// Read reads the member "spatial" of a body: zones as ids or as objects that
// have one. Whether they are known is not looked at. What is no object, or an
// empty one, is Null and leaves the coverage as it is. A geometry cannot be
// given, as in udata, where saving one fails; that of a harvested object may be
// sent back as it was read.
func Read(o *patch.Object, current *Coverage) (*Coverage, patch.State) {
	const name = "spatial"
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] != '{':
		return nil, patch.Null
	}
	inner, err := patch.Parse(raw)
	if err != nil {
		o.Fail(name, patch.NotObject)
		return nil, patch.Bad
	}
	if len(inner.Names()) == 0 {
		return nil, patch.Null
	}
	out := Coverage{Granularity: Other}
	if current != nil {
		out = *current
	}
	if v, st := inner.Text("granularity"); st == patch.Set {
		out.Granularity = v
	} else if st == patch.Bad {
		o.Fail(name, msgChoice)
		return nil, st
	}
	if raw := inner.Raw("geom"); raw != nil && raw[0] != 'n' && !patch.SameJSON(raw, out.Geom) {
		o.Fail(name, msgGeom)
		return nil, patch.Bad
	}
	raw = inner.Raw("zones")
	switch {
	case raw == nil:
		return &out, patch.Set
	case raw[0] == 'n':
		out.Zones = nil
		return &out, patch.Set
	}
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		o.Fail(name, msgList)
		return nil, patch.Bad
	}
	if len(items) > maxZones {
		o.Fail(name, msgTooMany, maxZones)
		return nil, patch.Bad
	}
	out.Zones = nil
	for _, item := range items {
		z := zoneID(item)
		if !zone.MatchString(z) || len(z) > 200 {
			o.Fail(name, msgFormat, patch.Clip(z, maxShown))
			return nil, patch.Bad
		}
		out.Zones = append(out.Zones, z)
	}
	return &out, patch.Set
}

// zoneID is the id that a value names: a text, or an object's "id".
func zoneID(raw []byte) string {
	if raw[0] == '{' {
		if object, err := patch.Parse(raw); err == nil && object.Has("id") {
			raw = object.Raw("id")
		}
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
