package csvtable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// member of an object, which keeps its order.
type member struct {
	name  string
	value any
}

// decode reads one JSON value: objects are []member, numbers json.Number.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return next(d)
}

func next(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		object := []member{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := next(d)
			if err != nil {
				return nil, err
			}
			object = append(object, member{name.(string), v})
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := next(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

// python writes a value as Python's repr does.
func python(v any) string {
	switch v := v.(type) {
	case bool:
		return truth(v)
	case string:
		return quote(v)
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			return v.String()
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return float(f)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = python(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []member:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = quote(m.name) + ": " + python(m.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "None"
}

func truth(v bool) string {
	if v {
		return "True"
	}
	return "False"
}

// float writes the shortest form that reads back as the same number, with an
// exponent below 1e-4 and from 1e16 on.
func float(f float64) string {
	abs := max(f, -f)
	if abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// quote writes a text between single quotes, or double ones when only single
// ones are in it.
func quote(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, c := range s {
		switch {
		case c == mark || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		case c <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, c)
		case c <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			fmt.Fprintf(&b, `\U%08x`, c)
		}
	}
	b.WriteRune(mark)
	return b.String()
}
