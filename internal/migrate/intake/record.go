package intake

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
)

// Record reads the fields of a document, or of an object inside of one. A
// value of a kind that a field does not have is read as well as it can be,
// and noted. A field that is missing is no damage unless a method says so.
type Record struct {
	*Notes
	doc  Object
	path string
	// texts: ids and instants are written as texts in this source, which is
	// nothing to note.
	texts bool
	// taken are the fields that somebody asked for.
	taken map[string]bool
}

func newRecord(d Doc) *Record {
	return &Record{Notes: d.Notes, doc: d.Object, texts: d.Texts, taken: make(map[string]bool, len(d.Object))}
}

// get returns the value of a field, and takes it: it will not be in Rest.
func (r *Record) get(key string) any {
	r.taken[key] = true
	return r.doc[key]
}

// has tells whether a field is there, be it null.
func (r *Record) has(key string) bool {
	_, ok := r.doc[key]
	return ok
}

func (r *Record) wrong(key string, v any, instead string) {
	r.Add("%s%s is %s, %s", r.path, key, kind(v), instead)
}

// Text returns a text, "" when there is none.
func (r *Record) Text(key string) string { return r.text(key, r.get(key)) }

// OptionalText returns a text, nil when there is none; an empty one is one.
func (r *Record) OptionalText(key string) *string {
	v := r.get(key)
	if v == nil {
		return nil
	}
	s := r.text(key, v)
	return &s
}

func (r *Record) text(key string, v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case int64, float64, bool, ID:
		s := strings.Trim(string(appendJSON(nil, x)), `"`)
		r.wrong(key, v, "taken as the text "+strconv.Quote(s))
		return s
	case time.Time:
		s := x.Format(time.RFC3339Nano)
		r.wrong(key, v, "taken as the text "+strconv.Quote(s))
		return s
	}
	r.wrong(key, v, "left out")
	return ""
}

// Needed returns a text that every object of its class has; that it is empty
// is noted.
func (r *Record) Needed(key string) string {
	s := r.Text(key)
	if s == "" {
		r.Add("%s%s is missing", r.path, key)
	}
	return s
}

// Texts returns a list of texts; what is none, or empty, is left out.
func (r *Record) Texts(key string) []string {
	var out []string
	for _, v := range r.list(key) {
		if s := r.text(key+"[]", v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// list returns a list, of one element when the value is no list.
func (r *Record) list(key string) []any {
	switch x := r.get(key).(type) {
	case nil:
		return nil
	case []any:
		return x
	default:
		if empty(x) {
			return nil
		}
		r.wrong(key, x, "taken as a list of one")
		return []any{x}
	}
}

// Bool returns a truth; null and what is none are false, and noted.
func (r *Record) Bool(key string) bool {
	b := r.OptionalBool(key)
	if b == nil {
		if r.has(key) {
			r.Add("%s%s is null, taken as false", r.path, key)
		}
		return false
	}
	return *b
}

// OptionalBool returns a truth, nil when there is none.
func (r *Record) OptionalBool(key string) *bool {
	var b bool
	switch x := r.get(key).(type) {
	case nil:
		return nil
	case bool:
		return &x
	case int64:
		b = x != 0
	case float64:
		b = x != 0 && !math.IsNaN(x)
	case string:
		switch strings.ToLower(strings.TrimSpace(x)) {
		case "true", "1", "yes":
			b = true
		}
	default:
		r.wrong(key, x, "left out")
		return nil
	}
	r.wrong(key, r.doc[key], "taken as "+strconv.FormatBool(b))
	return &b
}

// Float returns a number, nil when there is none.
func (r *Record) Float(key string) *float64 {
	var f float64
	switch x := r.get(key).(type) {
	case nil:
		return nil
	case int64:
		f = float64(x)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			r.Add("%s%s is not a finite number, left out", r.path, key)
			return nil
		}
		f = x
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			r.wrong(key, x, "left out")
			return nil
		}
		r.wrong(key, x, "taken as a number")
		f = n
	default:
		r.wrong(key, x, "left out")
		return nil
	}
	return &f
}

// Int returns a whole number, nil when there is none.
func (r *Record) Int(key string) *int64 {
	if n, ok := r.doc[key].(int64); ok {
		r.taken[key] = true
		return &n
	}
	f := r.Float(key)
	if f == nil {
		return nil
	}
	if math.Abs(*f) >= 1<<63 {
		r.Add("%s%s is too large a number, left out", r.path, key)
		return nil
	}
	n := int64(*f)
	return &n
}

// Time returns an instant, the zero time when there is none.
func (r *Record) Time(key string) time.Time { return r.instant(key, r.get(key)) }

func (r *Record) instant(key string, v any) time.Time {
	switch x := v.(type) {
	case nil:
		return time.Time{}
	case time.Time:
		return x
	case string:
		if x == "" {
			return time.Time{}
		}
		t, ok := parseInstant(x)
		if !ok {
			r.Add("%s%s is no date that can be read, left out", r.path, key)
			return time.Time{}
		}
		if !r.texts {
			r.wrong(key, v, "taken as a date")
		}
		return t
	}
	r.wrong(key, v, "left out")
	return time.Time{}
}

var instants = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04", time.DateOnly,
}

func parseInstant(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range instants {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC().Truncate(time.Microsecond)
			return t, t.Year() >= firstYear && t.Year() <= lastYear && !t.IsZero()
		}
	}
	return time.Time{}, false
}

// Created returns the first instant that one of the fields holds, or when the
// id was made, which is noted.
func (r *Record) Created(oid string, keys ...string) time.Time {
	for _, key := range keys {
		if t := r.Time(key); !t.IsZero() {
			return t
		}
	}
	r.Add("%s%s is missing, taken from the id", r.path, keys[0])
	return ID(oid).MadeAt()
}

// Changed returns the first instant that one of the fields holds, or
// otherwise.
func (r *Record) Changed(otherwise time.Time, keys ...string) time.Time {
	for _, key := range keys {
		if t := r.Time(key); !t.IsZero() {
			return t
		}
	}
	return otherwise
}

// Ref returns the id of the object that a field refers to, "" when there is
// none.
func (r *Record) Ref(key string) string { return r.ref(key, r.get(key)) }

func (r *Record) ref(key string, v any) string {
	oid, plain := identify(v)
	switch {
	case oid == "" && v != nil && v != "":
		r.wrong(key, v, "which refers to nothing, left out")
	case oid != "" && !plain && !(r.texts && isText(v)):
		r.wrong(key, v, "taken as the id "+oid)
	}
	return oid
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// identify finds the ObjectId in a value. plain tells whether it was one.
func identify(v any) (oid string, plain bool) {
	switch x := v.(type) {
	case ID:
		return string(x), true
	case string:
		oid, _ := id.Parse(x)
		return oid, false
	case DBRef:
		oid, _ := identify(x.ID)
		return oid, false
	case Object:
		for _, key := range []string{"_ref", "_id", "id"} {
			if oid, _ := identify(x[key]); oid != "" {
				return oid, false
			}
		}
	}
	return "", false
}

// Refs returns the ids that a list refers to, in its order.
func (r *Record) Refs(key string) []string {
	var out []string
	for _, v := range r.list(key) {
		if oid := r.ref(key+"[]", v); oid != "" {
			out = append(out, oid)
		}
	}
	return out
}

// Generic returns the class and id of a reference to an object of any class:
// {_cls, _ref}.
func (r *Record) Generic(key string) (class, oid string) { return r.generic(key, r.get(key)) }

// Generics returns the objects of a list of such references; what refers to
// nothing is left out.
func (r *Record) Generics(key string) []ref.Ref {
	var out []ref.Ref
	for _, v := range r.list(key) {
		if class, oid := r.generic(key+"[]", v); class != "" && oid != "" {
			out = append(out, ref.Ref{Class: class, ID: oid})
		}
	}
	return out
}

func (r *Record) generic(key string, v any) (class, oid string) {
	switch x := v.(type) {
	case nil:
		return "", ""
	case Object:
		class, _ = x["_cls"].(string)
		if class == "" {
			class, _ = x["class"].(string)
		}
		oid, _ = identify(x)
	case DBRef:
		class = classes[x.Collection]
		oid, _ = identify(x)
	default:
		r.wrong(key, x, "which refers to nothing")
	}
	return class, oid
}

// Sub returns an object, nil when there is none.
func (r *Record) Sub(key string) *Record {
	switch x := r.get(key).(type) {
	case nil:
		return nil
	case Object:
		return r.sub(key, x)
	default:
		if !empty(x) {
			r.wrong(key, x, "left out")
		}
		return nil
	}
}

func (r *Record) sub(key string, o Object) *Record {
	return &Record{Notes: r.Notes, doc: o, path: r.path + key + ".", texts: r.texts, taken: make(map[string]bool, len(o))}
}

// Subs returns a list of objects; what is none is left out.
func (r *Record) Subs(key string) []*Record {
	var out []*Record
	for _, v := range r.list(key) {
		if o, ok := v.(Object); ok {
			out = append(out, r.sub(key+"[]", o))
			continue
		}
		r.wrong(key+"[]", v, "left out")
	}
	return out
}

// Raw returns an object as JSON, nil when there is none or it is empty.
func (r *Record) Raw(key string) json.RawMessage {
	switch x := r.get(key).(type) {
	case nil:
		return nil
	case Object:
		if len(x) > 0 {
			return appendJSON(nil, x)
		}
	default:
		if !empty(x) {
			r.wrong(key, x, "left out")
		}
	}
	return nil
}

// RawList returns a list as JSON, nil when there is none or it is empty.
func (r *Record) RawList(key string) json.RawMessage {
	if list := r.list(key); len(list) > 0 {
		return appendJSON(nil, list)
	}
	return nil
}

// derived are fields that udata works out from others, and technical ones:
// there is no use in keeping them.
var derived = map[string]bool{"_id": true, "_cls": true, "urlhash": true, "quality_cached": true, "id": true}

// Rest returns a JSON object of all fields that nobody asked for and that say
// anything, nil when there are none.
func (r *Record) Rest() json.RawMessage {
	rest := Object{}
	for key, v := range r.doc {
		if !r.taken[key] && !derived[key] && !empty(v) {
			rest[key] = v
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return appendJSON(nil, rest)
}

// Metrics returns the counters of an object: the columns' values, and a JSON
// object of the others.
func (r *Record) Metrics(c metric.Counters) (map[string]int64, string) {
	values := map[string]any{}
	m := r.Sub("metrics")
	if m == nil {
		if r.has("metrics") && r.doc["metrics"] == nil {
			r.Add("metrics is null, taken as empty")
		}
		return c.Split(values)
	}
	for key, v := range m.doc {
		switch x := v.(type) {
		case nil:
			if _, ok := c.Columns[key]; ok {
				r.Add("metrics.%s is null, taken as 0", key)
			}
		case int64:
			values[key] = x
		case Object, []any:
			if _, ok := c.Columns[key]; ok {
				m.wrong(key, v, "left out")
				continue
			}
			values[key] = json.RawMessage(appendJSON(nil, x))
		default:
			if n := m.Float(key); n != nil {
				values[key] = *n
				if *n == math.Trunc(*n) && math.Abs(*n) < 1<<53 {
					values[key] = int64(*n)
				}
			}
		}
	}
	return c.Split(values)
}
