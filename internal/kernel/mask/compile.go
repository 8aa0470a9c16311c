// Package mask cuts an answer down to the members that the client asked for
// in the X-Fields header, in the language of flask-restx's masks.
//
//	id,title
//	data{id,organization{name}},total
//	{datasets{id},*}
//
// It works on JSON bytes: an answer is encoded once, then copied in part.
package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/schema"
)

// What a client may ask for. No mask of a real client comes near.
const (
	maxText  = 8 << 10
	maxDepth = 32
)

// Mask is a compiled X-Fields text. A nil *Mask keeps everything. It is never
// changed after Compile, so that goroutines may share it.
type Mask struct {
	// rest keeps the members that fields does not name.
	rest   bool
	fields []field
	// index finds a field by name where there are too many to look through.
	index map[string]int
}

type field struct {
	name string
	// sub is nil where the whole value is kept.
	sub *Mask
}

// manyFields is where a map becomes quicker than a loop.
const manyFields = 8

// Compile reads a mask for values of type t; for an array, t's items.
//
// Names that t does not have are dropped, as in udata. An empty text, or one
// of characters without meaning, compiles to nil; so does any mask on a type
// that has no members. The error is an *errs.Error with status 400: the text
// cannot be parsed, is longer than 8 KiB, nests deeper than 32, or puts braces
// on a field that has no members.
func Compile(text string, t schema.Type) (*Mask, error) {
	root, err := parse(text)
	if err != nil || root == nil {
		return nil, err
	}
	if !structured(t) {
		return nil, nil
	}
	return bind(root, t)
}

// Keeps tells whether the mask keeps the member that the names lead to.
func (m *Mask) Keeps(path ...string) bool {
	if m == nil || len(path) == 0 {
		return true
	}
	for i := range m.fields {
		if m.fields[i].name == path[0] {
			return m.fields[i].sub.Keeps(path[1:]...)
		}
	}
	return m.rest
}

// Sub returns the mask for the value of a member, for each of its items when it
// is an array; nil when the whole value is kept, or none of it.
func (m *Mask) Sub(name string) *Mask {
	if m == nil {
		return nil
	}
	for i := range m.fields {
		if m.fields[i].name == name {
			return m.fields[i].sub
		}
	}
	return nil
}

// node is a mask before it met a type.
type node struct {
	names []string
	// subs holds every name, with nil for one without braces.
	subs map[string]*node
}

func (n *node) set(name string, sub *node) {
	if n.subs == nil {
		n.subs = map[string]*node{}
	}
	if _, known := n.subs[name]; !known {
		n.names = append(n.names, name)
	}
	n.subs[name] = sub
}

// parse follows Mask.parse of flask_restx/mask.py, its order of complaints
// included.
func parse(text string) (*node, error) {
	if len(text) > maxText {
		return nil, parseError("The mask is longer than 8192 bytes")
	}
	text = strings.TrimSpace(text)
	root := &node{}
	braced := strings.HasPrefix(text, "{")
	if braced {
		if len(text) < 2 || text[len(text)-1] != '}' {
			return nil, parseError("Missing closing bracket")
		}
		text = text[1 : len(text)-1]
	}
	current, stack := root, []*node(nil)
	previous := ""
	for {
		var token string
		token, text = next(text)
		if token == "" {
			break
		}
		switch token {
		case "{":
			if strings.Contains("{},", previous) { // or at the start
				return nil, parseError("Unexpected opening bracket")
			}
			if len(stack) == maxDepth {
				return nil, parseError("More than 32 levels of brackets")
			}
			sub := &node{}
			current.set(previous, sub)
			stack = append(stack, current)
			current = sub
		case "}":
			if len(stack) == 0 {
				return nil, parseError("Unexpected closing bracket")
			}
			current, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case ",":
			if previous == "" || previous == "," || previous == "{" {
				return nil, parseError("Unexpected comma")
			}
		default:
			current.set(token, nil)
		}
		previous = token
	}
	if len(stack) > 0 {
		return nil, parseError("Missing closing bracket")
	}
	if previous == "" && !braced {
		return nil, nil
	}
	return root, nil
}

// next cuts the first token off text; it is "" at the end.
func next(text string) (token, rest string) {
	start := -1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			r = rune(text[i]) // a header in Latin-1, as HTTP once had them
		}
		switch {
		case inName(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			return text[start:i], text[i:]
		case r == '{' || r == '}' || r == ',':
			return text[i : i+1], text[i+1:]
		}
		i += size
	}
	if start < 0 {
		return "", ""
	}
	return text[start:], ""
}

// inName is Python's [\w_:\-*].
func inName(r rune) bool {
	return r == '_' || r == ':' || r == '-' || r == '*' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

// bind turns n into a mask for t, which is structured.
func bind(n *node, t schema.Type) (*Mask, error) {
	t = innermost(t)
	_, rest := n.subs["*"]
	m := &Mask{rest: rest}
	for _, name := range n.names {
		if name == "*" {
			continue
		}
		of := schema.Any()
		if described(t) {
			f := t.Model.Field(name)
			if f == nil {
				continue
			}
			of = f.Type
		}
		bound, err := bindSub(n.subs[name], of)
		if err != nil {
			return nil, err
		}
		if bound != nil || !rest {
			m.fields = append(m.fields, field{name: name, sub: bound})
		}
	}
	if rest && len(m.fields) == 0 {
		return nil, nil // everything is kept
	}
	if len(m.fields) > manyFields {
		m.index = make(map[string]int, len(m.fields))
		for i := range m.fields {
			m.index[m.fields[i].name] = i
		}
	}
	return m, nil
}

// bindSub is bind for the braces behind a field. Empty ones keep everything,
// even on an array of scalars; so udata does.
func bindSub(n *node, t schema.Type) (*Mask, error) {
	switch {
	case n == nil:
		return nil, nil
	case len(n.names) == 0 && (structured(t) || t.Kind == schema.Array):
		return nil, nil
	case !structured(t):
		return nil, errs.BadRequest("Mask error: Mask is inconsistent with model")
	}
	return bind(n, t)
}

// innermost is the type of the items of the innermost array.
func innermost(t schema.Type) schema.Type {
	for t.Kind == schema.Array {
		if t.Items == nil {
			return schema.Any()
		}
		t = *t.Items
	}
	return t
}

// structured tells whether t, or what it is an array of, has members.
func structured(t schema.Type) bool {
	k := innermost(t).Kind
	return k == schema.Object || k == schema.Raw
}

// described tells whether the members of t are known.
func described(t schema.Type) bool {
	return t.Kind == schema.Object && t.Model != nil && len(t.Model.Fields) > 0
}

func parseError(what string) error { return errs.BadRequest("Mask parse error: %s", what) }
