package app_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ouvert/internal/kernel/schema"
)

// faults holds a decoded answer against its description and returns what does
// not fit, each with the path of where. Every member must be described, every
// described one must be there, and one that is required is not null.
func faults(v any, t schema.Type, at string) []string {
	wrong := func(want string) []string { return []string{fmt.Sprintf("%s: want %s, got %.80v", at, want, v)} }
	switch t.Kind {
	case schema.String:
		s, ok := v.(string)
		switch {
		case !ok:
			return wrong("a text")
		case t.Format == "date-time":
			if _, err := time.Parse(time.RFC3339, s); err != nil {
				return wrong("an instant")
			}
		case t.Enum != nil && !slices.Contains(t.Enum, s):
			return wrong(fmt.Sprintf("one of %q", t.Enum))
		}
	case schema.Integer:
		if n, ok := v.(float64); !ok || n != math.Trunc(n) {
			return wrong("a whole number")
		}
	case schema.Number:
		if _, ok := v.(float64); !ok {
			return wrong("a number")
		}
	case schema.Boolean:
		if _, ok := v.(bool); !ok {
			return wrong("true or false")
		}
	case schema.Raw:
		if _, ok := v.(map[string]any); !ok {
			return wrong("an object")
		}
	case schema.Array:
		list, ok := v.([]any)
		if !ok {
			return wrong("a list")
		}
		var found []string
		for i, item := range list {
			found = append(found, faults(item, *t.Items, fmt.Sprintf("%s.%d", at, i))...)
		}
		return found
	case schema.Object:
		object, ok := v.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		return memberFaults(object, t.Model, at)
	default:
		return wrong("no answer at all")
	}
	return nil
}

func memberFaults(object map[string]any, m *schema.Model, at string) []string {
	var found []string
	for name, v := range object {
		f := m.Field(name)
		switch {
		case f == nil:
			found = append(found, at+"."+name+": not described in "+m.Name)
		case v != nil:
			found = append(found, faults(v, f.Type, at+"."+name)...)
		case f.Required:
			found = append(found, at+"."+name+": required, but null")
		}
	}
	for _, f := range m.Fields {
		if _, ok := object[f.Name]; !ok && !f.OnRequest {
			found = append(found, at+"."+f.Name+": described in "+m.Name+", but not answered")
		}
	}
	return found
}

// empty tells of described parts that an answer says nothing about: null and
// empty lists, where a test that wants to see everything should see something.
func empty(v any, t schema.Type, at string) []string {
	var found []string
	switch x := v.(type) {
	case nil:
		return []string{at}
	case []any:
		if len(x) == 0 {
			return []string{at}
		}
		if t.Kind == schema.Array {
			return empty(x[0], *t.Items, at+".0")
		}
	case map[string]any:
		if t.Kind != schema.Object {
			return nil
		}
		for _, f := range t.Model.Fields {
			if _, ok := x[f.Name]; !ok && f.OnRequest {
				continue
			}
			found = append(found, empty(x[f.Name], f.Type, at+"."+f.Name)...)
		}
	}
	return found
}
