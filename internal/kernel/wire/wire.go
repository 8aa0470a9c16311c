// Package wire writes the JSON of the API.
//
// An object's wire form is written once, as bytes, and joined into pages
// without being parsed again. The only part that depends on who asks is
// `permissions`: it is written as for an anonymous caller and its place is
// remembered as a Hole, which kernel/auth fills for others.
package wire

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// A Hole is a place in a fragment whose bytes depend on the caller.
type Hole struct {
	// Start and End bound the bytes that an anonymous caller gets.
	Start, End int
	// Class is the kind of object whose permissions stand here ("Reuse").
	Class string
	// ID, Owner and Organization say whose object it is; of something that was
	// said, whose object it was said about.
	ID, Owner, Organization string
	// Person said it, in the name of the organization Voice unless that is "".
	Person, Voice string
}

// A Fragment is the wire form of one object.
type Fragment struct {
	Text  []byte
	Holes []Hole
}

// A Writer appends JSON. Its zero value is ready; commas are its own affair.
type Writer struct {
	buf   []byte
	holes []Hole
	comma bool
}

// NewWriter returns a writer with room for size bytes.
func NewWriter(size int) *Writer { return &Writer{buf: make([]byte, 0, size)} }

// Fragment returns what was written.
func (w *Writer) Fragment() Fragment { return Fragment{Text: w.buf, Holes: w.holes} }

// Bytes returns the text that was written.
func (w *Writer) Bytes() []byte { return w.buf }

func (w *Writer) sep() {
	if w.comma {
		w.buf = append(w.buf, ',')
	}
	w.comma = true
}

// Open begins an object or an array: '{' or '['.
func (w *Writer) Open(c byte) {
	w.sep()
	w.buf = append(w.buf, c)
	w.comma = false
}

// Close ends an object or an array: '}' or ']'.
func (w *Writer) Close(c byte) {
	w.buf = append(w.buf, c)
	w.comma = true
}

// Key writes the name of a member.
func (w *Writer) Key(name string) {
	w.sep()
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
	w.comma = false
}

// Name writes the name of a member that may hold any text.
func (w *Writer) Name(name string) {
	w.sep()
	w.buf = AppendString(w.buf, name)
	w.buf = append(w.buf, ':')
	w.comma = false
}

// String writes a text.
func (w *Writer) String(s string) {
	w.sep()
	w.buf = AppendString(w.buf, s)
}

// StringOrNull writes a text, or null when it is empty.
func (w *Writer) StringOrNull(s string) {
	if s == "" {
		w.Null()
		return
	}
	w.String(s)
}

// Null writes null.
func (w *Writer) Null() {
	w.sep()
	w.buf = append(w.buf, "null"...)
}

// Bool writes a truth.
func (w *Writer) Bool(b bool) {
	w.sep()
	w.buf = strconv.AppendBool(w.buf, b)
}

// Int writes a whole number.
func (w *Writer) Int(n int64) {
	w.sep()
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// Float writes a number.
func (w *Writer) Float(f float64) {
	w.sep()
	w.buf = strconv.AppendFloat(w.buf, f, 'f', -1, 64)
}

// Time writes an instant as udata does, in UTC with six digits when there are
// any ("2026-11-24T00:03:41.847000+00:00"); the zero time is null.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		w.Null()
		return
	}
	w.sep()
	w.buf = append(w.buf, '"')
	w.buf = AppendTime(w.buf, t.UTC())
	w.buf = append(w.buf, '"')
}

// BoolOrNull writes true or false, null for nobody's word.
func (w *Writer) BoolOrNull(b *bool) {
	if b == nil {
		w.Null()
	} else {
		w.Bool(*b)
	}
}

// Strings writes a list of strings.
func (w *Writer) Strings(list []string) {
	w.Open('[')
	for _, s := range list {
		w.String(s)
	}
	w.Close(']')
}

// Object writes an object that is JSON already, an empty one for nothing.
func (w *Writer) Object(raw []byte) {
	if len(raw) == 0 || string(raw) == "null" {
		raw = []byte("{}")
	}
	w.Raw(raw)
}

// Raw writes JSON that is known to be valid; nothing is null.
func (w *Writer) Raw(b []byte) {
	if len(b) == 0 {
		w.Null()
		return
	}
	w.sep()
	w.buf = append(w.buf, b...)
}

// Fragment writes another object's wire form; an empty one is null.
func (w *Writer) Embed(f Fragment) {
	if len(f.Text) == 0 {
		w.Null()
		return
	}
	w.sep()
	at := len(w.buf)
	w.buf = append(w.buf, f.Text...)
	for _, h := range f.Holes {
		h.Start += at
		h.End += at
		w.holes = append(w.holes, h)
	}
}

// Hole writes what an anonymous caller gets and remembers the place.
func (w *Writer) Hole(h Hole, anonymous string) {
	w.sep()
	h.Start = len(w.buf)
	w.buf = append(w.buf, anonymous...)
	h.End = len(w.buf)
	w.holes = append(w.holes, h)
}

// Value writes any Go value through encoding/json; for the cold paths.
func (w *Writer) Value(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		b = []byte("null")
	}
	w.Raw(b)
}

// AppendTime appends an instant in Python's isoformat, with its own offset.
func AppendTime(dst []byte, t time.Time) []byte {
	if t.Nanosecond() == 0 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05-07:00")
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000000-07:00")
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD. The line separators U+2028 and U+2029 are escaped for the sake of
// those who paste JSON into scripts, as are '<', '>' and '&' (as by
// encoding/json).
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if (r == utf8.RuneError && size == 1) || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			if size == 1 {
				dst = append(dst, `\ufffd`...)
			} else {
				dst = append(dst, `\u202`...)
				dst = append(dst, hexDigits[r&15])
			}
			i += size
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// Members writes the members of an object that stands in text, inside the
// object that is open.
func (w *Writer) Members(text []byte) {
	if len(text) <= 2 {
		return
	}
	w.sep()
	w.buf = append(w.buf, text[1:len(text)-1]...)
}
