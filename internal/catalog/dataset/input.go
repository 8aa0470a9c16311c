package dataset

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/slug"
)

// Clients send datasets as they send forms: udata takes the number 5 for the
// text "5" here, and anything that is not empty for a yes. These functions
// read a body so; what could mean nothing is an error all the same.

const (
	msgRequired    = "This field is required."
	msgChoice      = "Not a valid choice."
	msgTooLong     = "Field cannot be longer than %d characters."
	msgInt         = "Not a valid integer value."
	msgTime        = patch.NotTime
	msgExtras      = patch.NotObject
	msgIdentifier  = "Unsupported identifier: %s"
	msgIdentifiers = "Unknown identifiers: %s"
	msgList        = "A list is expected"
	msgTooMany     = "At most %d may be given"
)

// empty tells whether a JSON value is an empty list or object.
func empty(raw []byte) bool {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return false
	}
	return b.String() == "[]" || b.String() == "{}"
}

// text reads a text of at most limit characters; 0 is no limit. What is blank
// or empty is Null.
func text(o *patch.Object, name string, limit int) (string, patch.State) {
	raw := o.Raw(name)
	if raw == nil {
		return "", patch.Absent
	}
	var s string
	switch c := raw[0]; {
	case c == 'n' || (c == '[' || c == '{') && empty(raw):
		return "", patch.Null
	case c == 't':
		s = "True"
	case c == 'f':
		s = "False"
	case c == '"':
		var st patch.State
		if s, st = o.Text(name); st != patch.Set {
			return "", st
		}
	case c == '[' || c == '{':
		o.Fail(name, patch.NotText)
		return "", patch.Bad
	default:
		s = string(raw)
	}
	if limit > 0 && utf8.RuneCountInString(s) > limit {
		o.Fail(name, msgTooLong, limit)
		return "", patch.Bad
	}
	return s, patch.Set
}

// required collects an error about each field that is blank, or absent while
// creating.
func required(o *patch.Object, creating bool, names ...string) {
	for _, name := range names {
		if _, st := text(o, name, 0); st == patch.Null || st == patch.Absent && creating {
			o.Fail(name, msgRequired)
		}
	}
}

// truth reads a yes or no as udata's forms do: false, 0, "false" and nothing
// are no.
func truth(o *patch.Object, name string) (bool, patch.State) {
	raw := o.Raw(name)
	if raw == nil {
		return false, patch.Absent
	}
	switch string(raw) {
	case "null", "false", "0", `""`, `"false"`:
		return false, patch.Set
	}
	return !empty(raw), patch.Set
}

// whole reads a whole number, also as a text; fractions are cut off.
func whole(o *patch.Object, name string) (int64, patch.State) {
	s, st := text(o, name, 0)
	if st != patch.Set {
		return 0, st
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
		return n, patch.Set
	}
	if o.Raw(name)[0] != '"' {
		if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) <= 1<<53 {
			return int64(f), patch.Set
		}
	}
	o.Fail(name, msgInt)
	return 0, patch.Bad
}

// instant reads a date or an instant.
func instant(o *patch.Object, name string) (time.Time, patch.State) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return time.Time{}, patch.Absent
	case raw[0] != 'n' && raw[0] != '"':
		o.Fail(name, msgTime, clip(string(raw)))
		return time.Time{}, patch.Bad
	}
	s, st := o.Text(name)
	if st != patch.Set {
		return time.Time{}, st
	}
	t, ok := patch.ParseTime(s)
	if !ok {
		o.Fail(name, msgTime, clip(s))
		return time.Time{}, patch.Bad
	}
	return t.UTC(), patch.Set
}

// choice reads one of the allowed texts; current is taken too, for what other
// portals allowed.
func choice(o *patch.Object, name string, allowed []string, current string) (string, patch.State) {
	s, st := text(o, name, 0)
	if st == patch.Set && s != current && !slices.Contains(allowed, s) {
		o.Fail(name, msgChoice)
		return "", patch.Bad
	}
	return s, st
}

// extras reads an object of the client's own; nothing and an empty list are
// the empty one.
func extras(o *patch.Object, name string) (json.RawMessage, patch.State) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] == 'n' || empty(raw):
		return nil, patch.Set
	case raw[0] != '{':
		o.Fail(name, msgExtras)
		return nil, patch.Bad
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		o.Fail(name, msgExtras)
		return nil, patch.Bad
	}
	return b.Bytes(), patch.Set
}

// nested reads an object inside of the body, nil for what is none or empty.
func nested(o *patch.Object, name string) (*patch.Object, patch.State) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] != '{' || empty(raw):
		return nil, patch.Null
	}
	inner, err := patch.Parse(raw)
	if err != nil {
		o.Fail(name, patch.NotObject)
		return nil, patch.Bad
	}
	return inner, patch.Set
}

// fromInner passes on what was found wrong with an object inside of the body.
func fromInner(o, inner *patch.Object, name, prefix string, t func(string, ...any) string) {
	if e := inner.Err(t); e != nil {
		for _, field := range inner.Names() {
			if _, ok := inner.Errors()[field]; ok {
				o.Fail(name, "%s", prefix+field+": "+e.Error())
				return
			}
		}
		o.Fail(name, "%s", prefix+e.Error())
	}
}

// list reads a list of anything; nil when the field is absent.
func list(o *patch.Object, name string, limit int) ([]json.RawMessage, patch.State) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, patch.Absent
	case raw[0] == 'n':
		return nil, patch.Null
	}
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		o.Fail(name, msgList)
		return nil, patch.Bad
	}
	if len(items) > limit {
		o.Fail(name, msgTooMany, limit)
		return nil, patch.Bad
	}
	return items, patch.Set
}

// identifiers reads a list of ids, or of objects with an id.
func identifiers(o *patch.Object, name string) ([]string, patch.State) {
	if raw := o.Raw(name); raw != nil && raw[0] == '"' {
		s, _ := o.String(name)
		o.Fail(name, msgIdentifier, clip(s))
		return nil, patch.Bad
	}
	items, st := list(o, name, maxList)
	if st != patch.Set {
		return nil, st
	}
	out := []string{}
	for _, raw := range items {
		text := string(raw)
		var s string
		var of struct{ ID string }
		if json.Unmarshal(raw, &s) == nil {
			text = s
		} else if json.Unmarshal(raw, &of) == nil {
			text = of.ID
		}
		oid, ok := id.Parse(text)
		if !ok {
			o.Fail(name, msgIdentifier, clip(text))
			return nil, patch.Bad
		}
		if !slices.Contains(out, oid) {
			out = append(out, oid)
		}
	}
	return out, patch.Set
}

// tags reads a list of texts, or one text with commas, and returns them
// normalised, each once.
func tags(o *patch.Object) ([]string, patch.State) {
	raw, st := o.Strings("tags")
	if st != patch.Set {
		return nil, st
	}
	if len(raw) > maxList {
		o.Fail("tags", msgTooMany, maxList)
		return nil, patch.Bad
	}
	var out []string
	for _, t := range raw {
		tag := slug.Tag(t)
		if strings.TrimSpace(t) == "" || slices.Contains(out, tag) {
			continue
		}
		if n := utf8.RuneCountInString(tag); n < minTag || n > maxTag {
			o.Fail("tags", `Tag "%s" must be between %d and %d characters long.`, tag, minTag, maxTag)
			return nil, patch.Bad
		}
		out = append(out, tag)
	}
	slices.Sort(out)
	return out, patch.Set
}

// clip shortens a text of the client's for a message.
func clip(s string) string { return patch.Clip(s, 100) }
