package patch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"ouvert/internal/kernel/errs"
)

// State says what the body holds for a field.
type State int

// The states. Bad means that an error about the field was collected; the
// value beside it is the zero value, as it is for Absent and Null.
const (
	Absent State = iota
	Null
	Set
	Bad
)

// Object is the JSON object of a body, and what was found wrong with it. It
// is not safe for concurrent use.
type Object struct {
	members  []member
	problems []problem
}

type member struct {
	name string
	raw  []byte
}

// problem keeps its arguments apart, for the translation that Err is given.
type problem struct {
	field, msgid string
	args         []any
}

// Has tells whether the body names the field, with null too.
func (o *Object) Has(name string) bool { return o.Raw(name) != nil }

// IsNull tells whether the field is there and null.
func (o *Object) IsNull(name string) bool { return isNull(o.Raw(name)) }

// Names lists the fields in the body's order.
func (o *Object) Names() []string {
	names := make([]string, len(o.members))
	for i := range o.members {
		names[i] = o.members[i].name
	}
	return names
}

// Raw returns the field's JSON as it was sent, a part of the body; nil if
// the field is absent. Parse has found it valid: Parse reads it again when it
// is an object.
func (o *Object) Raw(name string) []byte {
	for i := range o.members {
		if o.members[i].name == name {
			return o.members[i].raw
		}
	}
	return nil
}

// Fail collects an error about a field; the first one about it stays. msgid
// is a format as for fmt.Sprintf, in English, and what Err's t is asked for.
func (o *Object) Fail(name, msgid string, args ...any) {
	for i := range o.problems {
		if o.problems[i].field == name {
			return
		}
	}
	o.problems = append(o.problems, problem{name, msgid, args})
}

// Require collects an error about each field that is absent, null or a blank
// string: what udata asks of a creation.
func (o *Object) Require(names ...string) {
	for _, name := range names {
		if !o.Has(name) {
			o.Fail(name, Required)
		}
		o.NotBlank(name)
	}
}

// NotBlank collects an error about each field that is null or a blank string,
// but not about one that is absent: what udata asks of an update.
func (o *Object) NotBlank(names ...string) {
	for _, name := range names {
		if raw := o.Raw(name); isNull(raw) || isString(raw) && blank(unquote(raw)) {
			o.Fail(name, Required)
		}
	}
}

// Errors returns what was collected, in English, by field; nil if there is
// nothing.
func (o *Object) Errors() map[string]string {
	_, fields := o.errors(nil)
	return fields
}

// Err returns what was collected as one *errs.Error with status 400, nil if
// there is nothing. t renders a message in the client's language; nil means
// English.
func (o *Object) Err(t func(msgid string, args ...any) string) error {
	if len(o.problems) == 0 {
		return nil
	}
	texts, fields := o.errors(t)
	message := texts[0]
	if len(fields) > 1 {
		message = summary(texts, o.problems)
	}
	return &errs.Error{Status: http.StatusBadRequest, Message: message, Fields: fields}
}

// errors renders the problems, in order and by field.
func (o *Object) errors(t func(msgid string, args ...any) string) ([]string, map[string]string) {
	if len(o.problems) == 0 {
		return nil, nil
	}
	if t == nil {
		t = english
	}
	texts := make([]string, len(o.problems))
	fields := make(map[string]string, len(o.problems))
	for i, p := range o.problems {
		texts[i] = t(p.msgid, p.args...)
		fields[p.field] = texts[i]
	}
	return texts, fields
}

// summary is the message about several fields: "Field is required (title,
// url); Invalid URL (image)".
func summary(texts []string, problems []problem) string {
	var parts []string
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			continue
		}
		var about []string
		for j := range problems {
			if texts[j] == text {
				about = append(about, problems[j].field)
			}
		}
		parts = append(parts, text+" ("+strings.Join(about, ", ")+")")
	}
	return strings.Join(parts, "; ")
}

func english(msgid string, args ...any) string {
	if len(args) == 0 {
		return msgid
	}
	return fmt.Sprintf(msgid, args...)
}

func isNull(raw []byte) bool   { return bytes.HasPrefix(raw, []byte("n")) }
func isString(raw []byte) bool { return bytes.HasPrefix(raw, []byte(`"`)) }
func blank(s string) bool      { return strings.TrimSpace(s) == "" }

// SameJSON tells whether two JSON values mean the same.
func SameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// IsLink tells whether a value is the link that stands for a list in answers,
// {"href": …}, so that an answer may be sent back.
func IsLink(raw []byte) bool {
	var of struct{ Href string }
	return bytes.HasPrefix(raw, []byte("{")) && json.Unmarshal(raw, &of) == nil && of.Href != ""
}
