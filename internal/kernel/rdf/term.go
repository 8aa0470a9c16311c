package rdf

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type kind uint8

const (
	nothing kind = iota
	iri
	literal
)

// Term is an IRI or a literal. The zero Term is nothing: adding it to a node
// adds no triple.
type Term struct {
	kind  kind
	value string
	// datatype of a literal; the zero Name is xsd:string.
	datatype Name
}

// IsZero tells whether the term is nothing.
func (t Term) IsZero() bool { return t.kind == nothing }

// IsIRI tells whether the term is an address rather than a text.
func (t Term) IsIRI() bool { return t.kind == iri }

// Value is the IRI, or the literal's text.
func (t Term) Value() string { return t.value }

// IRI is an address of ours.
func IRI(address string) Term { return Term{kind: iri, value: encode(address)} }

// maxAddress bounds an address, in bytes. No browser takes longer ones.
const maxAddress = 8 << 10

// Address is an address that somebody gave. It is nothing when it is no
// absolute IRI: it would mean another thing in every document.
func Address(given string) Term {
	given = strings.TrimSpace(given)
	scheme, rest, ok := strings.Cut(given, ":")
	if !ok || rest == "" || len(given) > maxAddress || !isScheme(scheme) {
		return Term{}
	}
	// In JSON-LD "foaf:name" is short for a whole IRI.
	if _, short := contextPrefix(scheme); short && !strings.HasPrefix(rest, "//") {
		return Term{}
	}
	t := IRI(given)
	// What no program can parse is left out by some readers.
	if u, err := url.Parse(t.value); err != nil || u.Host+u.Opaque+u.Path == "" {
		return Term{}
	}
	return t
}

// isScheme follows RFC 3986, section 3.1.
func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// encode percent-encodes what no IRI may hold (RFC 3987; IRIREF in Turtle) and
// what no XML document can.
func encode(s string) string {
	if strings.IndexFunc(s, escapedInIRI) < 0 && utf8.ValidString(s) && !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if escapedInIRI(r) || r == utf8.RuneError && n == 1 || r == '%' && !isEscape(s[i:]) {
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// isEscape tells whether the text begins with a whole percent-encoding.
func isEscape(s string) bool {
	const hex = "0123456789abcdefABCDEF"
	return len(s) > 2 && strings.IndexByte(hex, s[1]) >= 0 && strings.IndexByte(hex, s[2]) >= 0
}

// escapedInIRI tells whether a character has to be encoded in an IRI.
func escapedInIRI(r rune) bool {
	return r <= 0x20 || r >= 0x7f && r <= 0xa0 || strings.ContainsRune("<>\"{}|^`\\", r) || r == 0x2028 || r == 0x2029 || !inXML(r)
}

// inXML tells whether an XML document can hold the character (XML 1.0,
// production 2).
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r != 0xfffe && r != 0xffff
}

// Text is a plain text.
func Text(s string) Term {
	s = strings.ToValidUTF8(s, "?")
	return Term{kind: literal, value: strings.Map(func(r rune) rune {
		if inXML(r) {
			return r
		}
		return '?'
	}, s)}
}

// OrNothing is the text, or nothing when it is empty.
func OrNothing(s string) Term {
	if s == "" {
		return Term{}
	}
	return Text(s)
}

// Instant is an xsd:dateTime in the form of Python's isoformat, in UTC and
// without an offset, as udata writes it; nothing for the zero time.
func Instant(t time.Time) Term {
	if t.IsZero() {
		return Term{}
	}
	t = t.UTC()
	layout := "2006-01-02T15:04:05"
	if t.Nanosecond()/1000 != 0 {
		layout += ".000000"
	}
	return Term{kind: literal, value: t.Format(layout), datatype: XSD("dateTime")}
}

// Day is an xsd:date; a text that is no day of the calendar is a plain text,
// and the empty one is nothing.
func Day(s string) Term {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return OrNothing(s)
	}
	return Term{kind: literal, value: s, datatype: XSD("date")}
}

// Int is an xsd:integer.
func Int(n int64) Term {
	return Term{kind: literal, value: strconv.FormatInt(n, 10), datatype: XSD("integer")}
}
