package swagger

import (
	"slices"

	"ouvert/internal/kernel/schema"
)

// Sample makes a value of a type up, ready for encoding/json. Its values are
// those that readers know from the page of data.gouv.fr: "text", 1, false,
// the first of an enumeration. A field's Example goes first. A model inside
// of itself is left out.
func Sample(t schema.Type) any {
	v, _ := sample(t, nil, func(*schema.Field) bool { return true })
	return v
}

// bodySample is what a client might send: the fields that it must give, or
// all that it may when there are none.
func bodySample(m *schema.Model) any {
	keep := func(f *schema.Field) bool { return f.Required && !f.ReadOnly }
	if !slices.ContainsFunc(m.Fields, func(f schema.Field) bool { return keep(&f) }) {
		keep = func(f *schema.Field) bool { return !f.ReadOnly }
	}
	v, _ := sample(schema.Of(m), nil, keep)
	return v
}

// sample returns false when there is no value that does not hold one of the
// open models, those around it.
func sample(t schema.Type, open []*schema.Model, keep func(*schema.Field) bool) (any, bool) {
	switch t.Kind {
	case schema.Integer:
		return 1, true
	case schema.Number:
		return 1.5, true
	case schema.Boolean:
		return false, true
	case schema.Array:
		if t.Items == nil {
			return []any{}, true
		}
		v, ok := sample(*t.Items, open, keep)
		if !ok {
			return []any{}, true
		}
		return []any{v}, true
	case schema.Object:
		if t.Model == nil {
			return map[string]any{}, true
		}
		// By name: a model may have been made anew for each mention.
		if slices.ContainsFunc(open, func(m *schema.Model) bool { return m.Name == t.Model.Name }) {
			return nil, false
		}
		open = append(open[:len(open):len(open)], t.Model)
		object := map[string]any{}
		for i := range t.Model.Fields {
			f := &t.Model.Fields[i]
			if !keep(f) {
				continue
			}
			if f.Example != nil {
				object[f.Name] = f.Example
			} else if v, ok := sample(f.Type, open, keep); ok {
				object[f.Name] = v
			}
		}
		return object, true
	case schema.Raw:
		return map[string]any{}, true
	}
	if len(t.Enum) > 0 {
		return t.Enum[0], true
	}
	switch t.Format {
	case "date-time":
		return "2024-09-15T09:33:10.635Z", true
	case "date":
		return "2024-09-15", true
	case "email":
		return "someone@example.org", true
	case "uri", "url":
		return "https://example.org/", true
	}
	return "text", true
}
