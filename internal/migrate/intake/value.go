package intake

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/wire"
)

// The values of a document are nil, bool, int64, float64, string, time.Time,
// []any, and these.
type (
	// Object is a document inside of a document, or a whole one.
	Object map[string]any
	// ID is MongoDB's ObjectId: 24 lower-case hexadecimal digits.
	ID string
	// DBRef is a reference that names its collection.
	DBRef struct {
		Collection string
		ID         any
	}
	// Odd is a value of a kind that no field of udata has, or one out of any
	// range: its kind, and its text as far as it has any.
	Odd struct{ Kind, Text string }
)

// MadeAt is the second in which the id was made.
func (i ID) MadeAt() time.Time {
	n, err := strconv.ParseUint(string(i[:min(8, len(i))]), 16, 32)
	if err != nil {
		return time.Unix(0, 0).UTC()
	}
	return time.Unix(int64(n), 0).UTC()
}

// Notes collects what was wrong with a document that is kept.
type Notes struct {
	list []string
	more int
}

// maxNotes bounds the lines about one document.
const maxNotes = 20

// Add notes something, once.
func (n *Notes) Add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(n.list, text):
	case len(n.list) >= maxNotes:
		n.more++
	default:
		n.list = append(n.list, text)
	}
}

// lines returns the notes.
func (n *Notes) lines() []string {
	if n.more == 0 {
		return n.list
	}
	return append(slices.Clone(n.list), fmt.Sprintf("and %d more", n.more))
}

// Text returns a text as a database may hold it: without NUL characters,
// which PostgreSQL refuses, and with U+FFFD for bytes that are not UTF-8.
// name is where it stands, for the note.
func (n *Notes) Text(s, name string) string {
	if !utf8.ValidString(s) {
		n.Add("%s is not UTF-8: the bytes that cannot be read became %q", name, utf8.RuneError)
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	if strings.IndexByte(s, 0) >= 0 {
		n.Add("%s holds NUL characters, which were dropped", name)
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// Years that an instant may lie in: those that both udata's Python and JSON
// can name.
const (
	firstYear = 1
	lastYear  = 9999
)

// Instant returns an instant of so many milliseconds since 1970, or an Odd
// when no calendar reaches that far.
func Instant(ms int64) any {
	t := time.UnixMilli(ms).UTC()
	if y := t.Year(); y < firstYear || y > lastYear {
		return Odd{"a date out of range", strconv.FormatInt(ms, 10) + " ms"}
	}
	return t
}

// appendJSON appends a value as JSON: ids and instants as texts, what JSON
// cannot say as null.
func appendJSON(dst []byte, v any) []byte {
	switch x := v.(type) {
	case bool:
		return strconv.AppendBool(dst, x)
	case int64:
		return strconv.AppendInt(dst, x, 10)
	case float64:
		return appendFloat(dst, x)
	case string:
		return wire.AppendString(dst, x)
	case time.Time:
		dst = append(dst, '"')
		dst = wire.AppendTime(dst, x)
		return append(dst, '"')
	case ID:
		return wire.AppendString(dst, string(x))
	case DBRef:
		return appendJSON(dst, x.ID)
	case Odd:
		if x.Text == "" {
			return append(dst, "null"...)
		}
		return wire.AppendString(dst, x.Text)
	case []any:
		dst = append(dst, '[')
		for i, e := range x {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case Object:
		dst = append(dst, '{')
		for i, k := range slices.Sorted(maps.Keys(x)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(wire.AppendString(dst, k), ':')
			dst = appendJSON(dst, x[k])
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	b, err := json.Marshal(f)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, b...)
}

// empty tells whether a value says nothing.
func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case Object:
		return len(x) == 0
	}
	return false
}

// kind names the kind of a value, for notes.
func kind(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth"
	case int64, float64:
		return "a number"
	case string:
		return "a text"
	case time.Time:
		return "a date"
	case ID:
		return "an id"
	case DBRef:
		return "a DBRef"
	case []any:
		return "a list"
	case Object:
		return "an object"
	case Odd:
		return x.Kind
	}
	return fmt.Sprintf("%T", v)
}
