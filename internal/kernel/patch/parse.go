// Package patch reads a request's JSON object field by field, so that absent,
// null and a value stay three things: udata's PUT changes only the fields that
// the body names.
//
// Parse refuses what is not one clean JSON object. The getters of Object then
// check one field each and collect what is wrong, so that a client learns of
// all its mistakes at once, by field.
package patch

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"ouvert/internal/kernel/errs"
)

// maxDepth bounds how deep arrays and objects nest, the body itself included.
const maxDepth = 64

// request is where errors about the body as a whole stand in `errors`.
const request = "request"

// Parse reads a body. A byte order mark in front is ignored; data must not
// change as long as the Object is in use.
//
// The error is an *errs.Error with status 400, about the top-level field where
// there is one: not JSON, not an object, nested deeper than 64, a name twice
// in one object (udata took the last), or a string that is no text – invalid
// UTF-8, half of a surrogate pair, NUL (udata stored it).
func Parse(data []byte) (*Object, error) {
	p := parser{src: data}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		p.at = len("\ufeff")
	}
	p.space()
	if p.at == len(data) {
		return nil, p.notJSON("it is empty")
	}
	object := data[p.at] == '{'
	var o *Object
	if object {
		o = &Object{}
	}
	if err := p.value(o, 0); err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(data) {
		return nil, p.notJSON("something follows its end")
	}
	if !object {
		return nil, errs.Field(request, "expecting a JSON object")
	}
	return o, nil
}

type parser struct {
	src []byte
	at  int
	// field is the top-level member that at is in.
	field string
	// names are those of the objects that at is in, outermost first.
	names []string
}

// notJSON is the error of a body that no JSON reader would take. Bytes count
// from 0.
func (p *parser) notJSON(what string) error {
	return errs.BadRequest("The body is not valid JSON: %s (byte %d)", what, p.at)
}

// refuse is the error of a body that we do not take.
func (p *parser) refuse(format string, args ...any) error {
	field := p.field
	if field == "" {
		field = request
	}
	return errs.Field(field, format, args...)
}

func (p *parser) space() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\n', '\r', '\t':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

// value reads a value; if it is the body's object, its members go to o.
func (p *parser) value(o *Object, depth int) error {
	switch c := p.peek(); {
	case c == '{':
		return p.object(o, depth+1)
	case c == '[':
		return p.array(depth + 1)
	case c == '"':
		return p.text()
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case c == 't':
		return p.word("true")
	case c == 'f':
		return p.word("false")
	case c == 'n':
		return p.word("null")
	}
	return p.notJSON("a value is expected")
}

func (p *parser) word(w string) error {
	if !bytes.HasPrefix(p.src[p.at:], []byte(w)) {
		return p.notJSON("a value is expected")
	}
	p.at += len(w)
	return nil
}

func (p *parser) array(depth int) error {
	if depth > maxDepth {
		return p.refuse("nested deeper than %d levels", maxDepth)
	}
	p.at++
	p.space()
	if p.peek() == ']' {
		p.at++
		return nil
	}
	for {
		p.space()
		if err := p.value(nil, depth); err != nil {
			return err
		}
		p.space()
		switch p.peek() {
		case ',':
			p.at++
		case ']':
			p.at++
			return nil
		default:
			return p.notJSON("a comma or ] is expected")
		}
	}
}

func (p *parser) object(o *Object, depth int) error {
	if depth > maxDepth {
		return p.refuse("nested deeper than %d levels", maxDepth)
	}
	seen := unique{p: p, from: len(p.names)}
	defer seen.forget()
	p.at++
	p.space()
	if p.peek() == '}' {
		p.at++
		return nil
	}
	for {
		p.space()
		if o != nil {
			p.field = ""
		}
		if p.peek() != '"' {
			return p.notJSON("a name in double quotes is expected")
		}
		start := p.at
		if err := p.text(); err != nil {
			return err
		}
		name := unquote(p.src[start:p.at])
		if o != nil {
			p.field = name
		}
		if !seen.add(name) {
			return p.refuse("duplicate name %q", short(name))
		}
		p.space()
		if p.peek() != ':' {
			return p.notJSON("a colon is expected")
		}
		p.at++
		p.space()
		start = p.at
		if err := p.value(nil, depth); err != nil {
			return err
		}
		if o != nil {
			o.members = append(o.members, member{name: name, raw: p.src[start:p.at:p.at]})
		}
		p.space()
		switch p.peek() {
		case ',':
			p.at++
		case '}':
			p.at++
			return nil
		default:
			return p.notJSON("a comma or } is expected")
		}
	}
}

// text reads a string and refuses what is no text.
func (p *parser) text() error {
	p.at++
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '"':
			p.at++
			return nil
		case c == '\\':
			if err := p.escape(); err != nil {
				return err
			}
		case c < ' ':
			return p.notJSON("a control character in a string")
		case c < utf8.RuneSelf:
			p.at++
		default:
			r, size := utf8.DecodeRune(p.src[p.at:])
			if r == utf8.RuneError && size == 1 {
				return p.refuse("invalid UTF-8")
			}
			p.at += size
		}
	}
	return p.notJSON("a string does not end")
}

func (p *parser) escape() error {
	if p.at+1 == len(p.src) {
		return p.notJSON("a string does not end")
	}
	switch p.src[p.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.at += 2
		return nil
	case 'u':
	default:
		return p.notJSON("an unknown escape")
	}
	r, ok := hex4(p.src[p.at:])
	switch {
	case !ok:
		return p.notJSON("an unknown escape")
	case r == 0:
		return p.refuse("NUL characters are not allowed")
	case utf16.IsSurrogate(r):
		low, ok := hex4(p.src[p.at+6:])
		if !ok || utf16.DecodeRune(r, low) == utf8.RuneError {
			return p.refuse("half of a surrogate pair: \\u%04x", r)
		}
		p.at += 6
	}
	p.at += 6
	return nil
}

// number follows RFC 8259 section 6.
func (p *parser) number() error {
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return p.notJSON("a digit is expected")
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return p.notJSON("a digit is expected")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return p.notJSON("a digit is expected")
		}
	}
	return nil
}

func (p *parser) digits() bool {
	start := p.at
	for '0' <= p.peek() && p.peek() <= '9' {
		p.at++
	}
	return p.at > start
}

// unique finds a name that stands twice in one object: by looking, and with a
// set once there are many.
type unique struct {
	p    *parser
	from int
	many map[string]struct{}
}

func (u *unique) add(name string) bool {
	if u.many != nil {
		if _, twice := u.many[name]; twice {
			return false
		}
		u.many[name] = struct{}{}
		return true
	}
	known := u.p.names[u.from:]
	for _, n := range known {
		if n == name {
			return false
		}
	}
	u.p.names = append(u.p.names, name)
	if len(known) == 32 {
		u.many = make(map[string]struct{}, 64)
		for _, n := range u.p.names[u.from:] {
			u.many[n] = struct{}{}
		}
	}
	return true
}

func (u *unique) forget() { u.p.names = u.p.names[:u.from] }

// unquote returns the text of a JSON string that Parse has read.
func unquote(raw []byte) string {
	s := raw[1 : len(raw)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return string(s)
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			out = append(out, s[i])
			i++
			continue
		}
		c := s[i+1]
		if c != 'u' {
			out = append(out, unescaped[c])
			i += 2
			continue
		}
		r, _ := hex4(s[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			low, _ := hex4(s[i:])
			r = utf16.DecodeRune(r, low)
			i += 6
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hex4 reads \uXXXX at the start of s.
func hex4(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
