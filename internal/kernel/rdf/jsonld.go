package rdf

import (
	"bufio"

	"ouvert/internal/kernel/wire"
)

// jsonld writes JSON-LD (https://www.w3.org/TR/json-ld11/): the context and a
// list of nodes, as udata does.
type jsonld struct{ more bool }

func (*jsonld) begin(w *bufio.Writer) { put(w, `{"@context":`, string(Context), `,"@graph":[`) }

func (*jsonld) end(w *bufio.Writer) { put(w, "\n]}\n") }

func (j *jsonld) node(w *bufio.Writer, n *Node) {
	if j.more {
		put(w, ",")
	}
	j.more = true
	out := wire.NewWriter(1024)
	jsonNode(out, n)
	put(w, "\n")
	_, _ = w.Write(out.Fragment().Text)
}

func jsonNode(w *wire.Writer, n *Node) {
	w.Open('{')
	if !n.Subject.IsZero() {
		w.Name("@id")
		w.String(n.Subject.value)
	}
	// An object names each member once, so a property's values stand together.
	groups := make(map[Name][]property, len(n.props))
	var order []Name
	for _, p := range n.props {
		if groups[p.name] == nil {
			order = append(order, p.name)
		}
		groups[p.name] = append(groups[p.name], p)
	}
	for _, name := range order {
		values := groups[name]
		if name == RDF("type") {
			w.Name("@type")
			list(w, values, func(p property) { w.String(typeName(p.value.value)) })
			continue
		}
		member, coerce := key(name)
		w.Name(member)
		list(w, values, func(p property) {
			if p.node != nil {
				jsonNode(w, p.node)
			} else {
				jsonTerm(w, p.value, coerce)
			}
		})
	}
	w.Close('}')
}

func list(w *wire.Writer, values []property, write func(p property)) {
	if len(values) == 1 {
		write(values[0])
		return
	}
	w.Open('[')
	for _, v := range values {
		write(v)
	}
	w.Close(']')
}

// exactDigits is the length of integers that any reader of JSON reads exactly.
const exactDigits = 15

// jsonTerm writes a value: bare where the context says what it is.
func jsonTerm(w *wire.Writer, t Term, coerce string) {
	switch {
	case t.kind == iri && coerce == "@id", t.kind == literal && t.datatype == Name{} && coerce == "",
		t.kind == literal && coerce != "" && t.datatype.IRI() == coerce:
		w.String(t.value)
	case t.kind == literal && t.datatype == XSD("integer") && len(t.value) <= exactDigits:
		w.Raw([]byte(t.value))
	default:
		w.Open('{')
		if t.kind == iri {
			w.Name("@id")
			w.String(t.value)
		} else {
			if (t.datatype != Name{}) {
				w.Name("@type")
				w.String(t.datatype.IRI())
			}
			w.Name("@value")
			w.String(t.value)
		}
		w.Close('}')
	}
}
