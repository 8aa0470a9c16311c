package rdf

import (
	"bufio"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// prefixes are those of namespaces in alphabetical order.
var prefixes = slices.Sorted(maps.Keys(namespaces))

// turtle writes Turtle (https://www.w3.org/TR/turtle/). What it writes is N3
// and, as a default graph, TriG as well.
type turtle struct{}

func (turtle) begin(w *bufio.Writer) {
	for _, p := range prefixes {
		put(w, "@prefix ", p, ": <", namespaces[p], "> .\n")
	}
}

func (turtle) end(*bufio.Writer) {}

func (t turtle) node(w *bufio.Writer, n *Node) {
	put(w, "\n<", n.Subject.value, ">")
	t.properties(w, n, "\n    ")
	put(w, " .\n")
}

func (t turtle) properties(w *bufio.Writer, n *Node, indent string) {
	for i, p := range n.props {
		switch {
		case i > 0 && n.props[i-1].name == p.name:
			put(w, ",", indent, "    ")
		case i > 0:
			put(w, " ;", indent, verb(p.name), " ")
		default:
			put(w, indent, verb(p.name), " ")
		}
		if p.node == nil {
			put(w, turtleTerm(p.value))
			continue
		}
		put(w, "[")
		t.properties(w, p.node, indent+"    ")
		put(w, indent, "]")
	}
}

func verb(n Name) string {
	if n == RDF("type") {
		return "a"
	}
	return n.short()
}

// localName are the names that may stand behind a prefix without an escape.
var localName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

func turtleTerm(t Term) string {
	if t.kind == iri {
		for _, p := range prefixes {
			if local, ok := strings.CutPrefix(t.value, namespaces[p]); ok && localName.MatchString(local) {
				return p + ":" + local
			}
		}
		return "<" + t.value + ">"
	}
	switch t.datatype {
	case Name{}:
		return quote(t.value)
	case XSD("integer"):
		return t.value
	}
	return quote(t.value) + "^^" + t.datatype.short()
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// quote writes a text as Turtle and N-Triples do.
func quote(s string) string { return `"` + escapes.Replace(s) + `"` }

// ntriples writes N-Triples (https://www.w3.org/TR/n-triples/).
type ntriples struct{ blanks int }

func (*ntriples) begin(*bufio.Writer) {}
func (*ntriples) end(*bufio.Writer)   {}

func (t *ntriples) node(w *bufio.Writer, n *Node) { t.triples(w, "<"+n.Subject.value+">", n) }

func (t *ntriples) triples(w *bufio.Writer, subject string, n *Node) {
	for _, p := range n.props {
		head := subject + " <" + p.name.IRI() + "> "
		if p.node == nil {
			put(w, head, ntriplesTerm(p.value), " .\n")
			continue
		}
		t.blanks++
		label := "_:b" + strconv.Itoa(t.blanks)
		put(w, head, label, " .\n")
		t.triples(w, label, p.node)
	}
}

func ntriplesTerm(t Term) string {
	switch {
	case t.kind == iri:
		return "<" + t.value + ">"
	case t.datatype == Name{}:
		return quote(t.value)
	}
	return quote(t.value) + "^^<" + t.datatype.IRI() + ">"
}

// put writes texts one after the other; see syntax for its errors.
func put(w *bufio.Writer, texts ...string) {
	for _, s := range texts {
		_, _ = w.WriteString(s)
	}
}
