package patch

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
)

// The messages, in udata's words where it has them; those of its database
// library stay as clients know them.
const (
	Required      = "Field is required"
	NotText       = "StringField only accepts string values"
	NotBool       = "BooleanField only accepts boolean values"
	NotInt        = "%s could not be converted to int"
	NotTime       = `cannot parse date "%s"`
	NotChoice     = "'%s' is not a valid choice. Valid choices: %s"
	NotID         = "%s is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string"
	NotReference  = "A ReferenceField only accepts DBRef, LazyReference, ObjectId or documents"
	NotReferences = "A list of references is expected"
	NotObject     = "Only dictionaries may be used in a DictField"
	NotStrings    = "A list of strings is expected"
	NotExtraName  = `%s: keys may not startswith "$" characters`
	NotNumber     = "%s is out of the range of numbers"
	NotExtra      = "%s.Value should be an instance of: str, int, float, bool, datetime, date, list, dict"
)

// get returns the field's JSON, nil if its state is not Set.
func (o *Object) get(name string) ([]byte, State) {
	raw := o.Raw(name)
	switch {
	case raw == nil:
		return nil, Absent
	case isNull(raw):
		return nil, Null
	}
	return raw, Set
}

func (o *Object) bad(name, msgid string, args ...any) State {
	o.Fail(name, msgid, args...)
	return Bad
}

// String reads a string as it is.
func (o *Object) String(name string) (string, State) {
	raw, state := o.get(name)
	if state != Set {
		return "", state
	}
	if !isString(raw) {
		return "", o.bad(name, NotText)
	}
	return unquote(raw), Set
}

// Text reads a string; one without anything but blanks is Null, as for
// udata's patch(). Blanks around other text stay.
func (o *Object) Text(name string) (string, State) {
	s, state := o.String(name)
	if state == Set && blank(s) {
		return "", Null
	}
	return s, state
}

// Bool reads true or false.
func (o *Object) Bool(name string) (bool, State) {
	raw, state := o.get(name)
	if state != Set {
		return false, state
	}
	switch raw[0] {
	case 't':
		return true, Set
	case 'f':
		return false, Set
	}
	return false, o.bad(name, NotBool)
}

// Int reads a whole number, however it is written (5, 5.0, 5e0).
func (o *Object) Int(name string) (int64, State) {
	raw, state := o.get(name)
	if state != Set {
		return 0, state
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n, Set
	}
	// Beyond 2^53 a float does not tell one whole number from the next.
	if f, err := strconv.ParseFloat(string(raw), 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return int64(f), Set
	}
	return 0, o.bad(name, NotInt, short(str(raw)))
}

// Time reads an instant, see ParseTime. The offset that was sent is kept.
func (o *Object) Time(name string) (time.Time, State) {
	raw, state := o.get(name)
	if state != Set {
		return time.Time{}, state
	}
	if isString(raw) {
		if t, ok := ParseTime(unquote(raw)); ok {
			return t, Set
		}
	}
	return time.Time{}, o.bad(name, NotTime, short(str(raw)))
}

// Enum reads one of the allowed strings; a blank one is Null, as for Text.
func (o *Object) Enum(name string, allowed []string) (string, State) {
	raw, state := o.get(name)
	if state != Set {
		return "", state
	}
	s := str(raw)
	switch {
	case isString(raw) && blank(s):
		return "", Null
	case isString(raw) && slices.Contains(allowed, s):
		return s, Set
	}
	return "", o.bad(name, NotChoice, short(s), list(allowed))
}

// Ref reads the id of one object, given as a string or as an object with an
// `id`; a blank string is Null. The id is returned in lower case; whether
// there is such an object is the caller's to find out, as is its `class`,
// which udata does not look at.
func (o *Object) Ref(name string) (string, State) {
	raw, state := o.get(name)
	if state != Set {
		return "", state
	}
	if isString(raw) && blank(unquote(raw)) {
		return "", Null
	}
	ref, msgid, args := reference(raw)
	if msgid != "" {
		return "", o.bad(name, msgid, args...)
	}
	return ref, Set
}

// Refs reads a list of what Ref reads, duplicates included. As in udata ""
// and {} are empty lists; null, which udata fails on, is Bad.
func (o *Object) Refs(name string) ([]string, State) {
	raw := o.Raw(name)
	if raw == nil {
		return nil, Absent
	}
	switch raw[0] {
	case '[':
		return o.refs(name, raw)
	case '"':
		// To udata a string is a list of characters, and an object one of
		// its names; hence the messages.
		s := unquote(raw)
		if s == "" {
			return []string{}, Set
		}
		r, _ := utf8.DecodeRuneInString(s)
		return nil, o.bad(name, NotID, quote(string(r)))
	case '{':
		names := sub(raw).Names()
		if len(names) == 0 {
			return []string{}, Set
		}
		if _, ok := id.Parse(names[0]); !ok {
			return nil, o.bad(name, NotID, quote(short(names[0])))
		}
	}
	return nil, o.bad(name, NotReferences)
}

func (o *Object) refs(name string, raw []byte) ([]string, State) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, o.bad(name, NotReferences)
	}
	refs := make([]string, 0, len(items))
	for _, item := range items {
		ref, msgid, args := reference(item)
		if msgid != "" {
			return nil, o.bad(name, msgid, args...)
		}
		refs = append(refs, ref)
	}
	return refs, Set
}

// reference reads an id or an object with one; msgid is "" if it did.
func reference(raw []byte) (ref, msgid string, args []any) {
	if raw[0] == '{' {
		if inner := sub(raw).Raw("id"); inner != nil {
			raw = inner
		}
	}
	if isNull(raw) {
		return "", NotReference, nil
	}
	s := str(raw)
	if isString(raw) {
		if ref, ok := id.Parse(s); ok {
			return ref, "", nil
		}
	}
	return "", NotID, []any{quote(short(s))}
}

// Extras reads an object of the client's own and returns it without spaces.
// Its values may be all but null; what they hold may be anything.
func (o *Object) Extras(name string) ([]byte, State) {
	raw, state := o.get(name)
	if state != Set {
		return nil, state
	}
	if raw[0] != '{' {
		return nil, o.bad(name, NotObject)
	}
	for _, m := range sub(raw).members {
		if isNull(m.raw) {
			return nil, o.bad(name, NotExtra, short(m.name))
		}
		// As in udata's database, so that a portal may go back there.
		if strings.HasPrefix(m.name, "$") {
			return nil, o.bad(name, NotExtraName, short(m.name))
		}
	}
	if n := unfit(raw); n != "" {
		return nil, o.bad(name, NotNumber, short(n))
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, o.bad(name, NotObject)
	}
	return b.Bytes(), Set
}

// unfit returns the first number, in a JSON value, that neither a 64-bit
// integer nor a 64-bit float holds; "" if there is none.
func unfit(raw []byte) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		n, ok := t.(json.Number)
		if !ok {
			continue
		}
		if strings.ContainsAny(n.String(), ".eE") {
			_, err = n.Float64()
		} else {
			_, err = n.Int64()
		}
		if err != nil {
			return n.String()
		}
	}
}

// sub reads an object inside of a body that Parse has read, and so cannot
// fail.
func sub(raw []byte) *Object {
	o, err := Parse(raw)
	if err != nil {
		panic("patch: " + err.Error())
	}
	return o
}

// Strings reads a list of strings, or one string that holds several between
// commas (blanks around each are dropped), as udata's lists of tags. "" is the
// empty list.
func (o *Object) Strings(name string) ([]string, State) {
	raw, state := o.get(name)
	if state != Set {
		return nil, state
	}
	if isString(raw) {
		out := []string{}
		if s := unquote(raw); s != "" {
			for part := range strings.SplitSeq(s, ",") {
				out = append(out, strings.TrimSpace(part))
			}
		}
		return out, Set
	}
	var items []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil, o.bad(name, NotStrings)
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if !isString(item) {
			return nil, o.bad(name, NotStrings)
		}
		out = append(out, unquote(item))
	}
	return out, Set
}
