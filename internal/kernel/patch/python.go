package patch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// udata's messages show values as Python prints them. These functions do so
// for the JSON that came in.

// maxShown bounds, in characters, how much of a value a message repeats.
const maxShown = 200

func short(s string) string { return Clip(s, maxShown) }

// Clip shortens a text of the client's for a message, to so many characters.
func Clip(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// str is Python's str() of a JSON value.
func str(raw []byte) string {
	if isString(raw) {
		return unquote(raw)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return string(raw)
	}
	var b strings.Builder
	repr(&b, v)
	return b.String()
}

// repr writes Python's repr() of a decoded value. Names are sorted.
func repr(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case bool:
		b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case string:
		b.WriteString(quote(v))
	case []any:
		b.WriteByte('[')
		for i := range v {
			comma(b, i)
			repr(b, v[i])
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			comma(b, i)
			b.WriteString(quote(name) + ": ")
			repr(b, v[name])
		}
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v)
	}
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

// list is the repr of a list of strings.
func list(values []string) string {
	quoted := make([]string, len(values))
	for i := range values {
		quoted[i] = quote(values[i])
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// quote is the repr of a string.
func quote(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range s {
		switch {
		case r == mark || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteRune(mark)
	return b.String()
}
