package dataset

import (
	"errors"
	"regexp"
	"strings"

	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/weburl"
)

// address reads the address of a web page or file. current may stay, even
// when older rules took it.
func address(o *patch.Object, name, current string, t func(string, ...any) string) (string, patch.State) {
	s, st := text(o, name, 0)
	if st != patch.Set || s == current {
		return s, st
	}
	clean, err := weburl.Default.Check(s)
	if err != nil {
		var bad *weburl.Error
		if errors.As(err, &bad) {
			o.Fail(name, "%s", bad.Message(t))
		} else {
			o.Fail(name, "%s", err.Error())
		}
		return "", patch.Bad
	}
	return clean, patch.Set
}

// temporalCoverage reads {"start", "end"}, or a text "start - end".
func temporalCoverage(o *patch.Object) (*TemporalCoverage, patch.State) {
	const name = "temporal_coverage"
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] == 'n' || empty(raw):
		return nil, patch.Null
	}
	var start, end string
	switch raw[0] {
	case '"':
		s, st := o.Text(name)
		if st != patch.Set {
			return nil, st
		}
		var ok bool
		if start, end, ok = strings.Cut(s, " - "); !ok {
			end = start
		}
	case '{':
		inner, st := nested(o, name)
		if st != patch.Set {
			return nil, st
		}
		for field, into := range map[string]*string{"start": &start, "end": &end} {
			if *into, st = inner.Text(field); st == patch.Bad {
				o.Fail(name, "Unable to parse date range")
				return nil, st
			}
		}
	}
	if start == "" {
		o.Fail(name, "Unable to parse date range")
		return nil, patch.Bad
	}
	c := &TemporalCoverage{Start: date(start, true), End: date(end, false)}
	if c.Start == "" || end != "" && c.End == "" {
		o.Fail(name, msgTime, clip(start+" - "+end))
		return nil, patch.Bad
	}
	if c.End != "" && c.End < c.Start {
		c.Start, c.End = c.End, c.Start
	}
	return c, patch.Set
}

var yearOrMonth = regexp.MustCompile(`^\d{4}(-\d\d)?$`)

// date reads a day, month or year and returns its first or last day; "" when
// it is none.
func date(s string, first bool) string {
	s = strings.TrimSpace(s)
	if yearOrMonth.MatchString(s) {
		whole := s
		if len(s) == len("2020") {
			whole += map[bool]string{true: "-01", false: "-12"}[first]
		}
		t, ok := patch.ParseTime(whole + "-01")
		if !ok {
			return ""
		}
		if !first {
			t = t.AddDate(0, 1, -1)
		}
		return t.Format("2006-01-02")
	}
	t, ok := patch.ParseTime(s)
	if !ok {
		return ""
	}
	return t.Format("2006-01-02") // the day where it was written
}

// audiences reads who may have the data.
func audiences(o *patch.Object) ([]Audience, patch.State) {
	const name = "access_audiences"
	items, st := list(o, name, len(accessRoles))
	if st != patch.Set {
		return nil, st
	}
	var out []Audience
	seen := map[string]bool{}
	for _, raw := range items {
		inner, err := patch.Parse(raw)
		if err != nil {
			o.Fail(name, patch.NotObject)
			return nil, patch.Bad
		}
		var a Audience
		for field, x := range map[string]struct {
			into    *string
			allowed []string
		}{"role": {&a.Role, accessRoles}, "condition": {&a.Condition, accessConditions}} {
			if *x.into, st = choice(inner, field, x.allowed, ""); st != patch.Set {
				o.Fail(name, msgChoice)
				return nil, patch.Bad
			}
		}
		if seen[a.Role] {
			o.Fail(name, "You can only set one condition for a given access audience role")
			return nil, patch.Bad
		}
		seen[a.Role] = true
		out = append(out, a)
	}
	return out, patch.Set
}

// schemaOf reads the schema of a resource.
func schemaOf(o *patch.Object, current *Schema, t func(string, ...any) string) (*Schema, patch.State) {
	const name = "schema"
	inner, st := nested(o, name)
	if st != patch.Set {
		return nil, st
	}
	var was, out Schema
	if current != nil {
		was = *current
	}
	out.Name, _ = text(inner, "name", 0)
	out.Version, _ = text(inner, "version", 0)
	out.URL, _ = address(inner, "url", was.URL, t)
	if out.Version != "" && out.Name == "" && out.URL == "" {
		inner.Fail("version", "A schema must contains a name or an URL when a version is provided.")
	}
	if inner.Errors() != nil {
		fromInner(o, inner, name, "", t)
		return nil, patch.Bad
	}
	if out == (Schema{}) && current == nil {
		return nil, patch.Null
	}
	return &out, patch.Set
}

// checksumOf reads the checksum of a resource.
func checksumOf(o *patch.Object, t func(string, ...any) string) (*Checksum, patch.State) {
	const name = "checksum"
	inner, st := nested(o, name)
	if st != patch.Set {
		return nil, st
	}
	out := Checksum{Type: checksumTypes[0]}
	if v, st := choice(inner, "type", checksumTypes, ""); st == patch.Set {
		out.Type = v
	}
	required(inner, true, "value")
	out.Value, _ = text(inner, "value", 0)
	if inner.Errors() != nil {
		fromInner(o, inner, name, "", t)
		return nil, patch.Bad
	}
	return &out, patch.Set
}
