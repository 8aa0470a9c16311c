package rdf

import (
	"bufio"
	"strings"
)

// rdfxml writes RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/).
type rdfxml struct{}

func (rdfxml) begin(w *bufio.Writer) {
	put(w, `<?xml version="1.0" encoding="utf-8"?>`, "\n<rdf:RDF")
	for _, p := range prefixes {
		put(w, "\n   xmlns:", p, `="`, namespaces[p], `"`)
	}
	put(w, ">\n")
}

func (rdfxml) end(w *bufio.Writer) { put(w, "</rdf:RDF>\n") }

func (x rdfxml) node(w *bufio.Writer, n *Node) {
	put(w, `  <rdf:Description rdf:about="`, xmlAttribute.Replace(n.Subject.value), "\">\n")
	x.properties(w, n, "    ")
	put(w, "  </rdf:Description>\n")
}

func (x rdfxml) properties(w *bufio.Writer, n *Node, indent string) {
	for _, p := range n.props {
		name := p.name.short()
		put(w, indent, "<", name)
		switch {
		case p.node != nil:
			put(w, ">\n", indent, "  <rdf:Description>\n")
			x.properties(w, p.node, indent+"    ")
			put(w, indent, "  </rdf:Description>\n", indent, "</", name, ">\n")
		case p.value.kind == iri:
			put(w, ` rdf:resource="`, xmlAttribute.Replace(p.value.value), "\"/>\n")
		default:
			if (p.value.datatype != Name{}) {
				put(w, ` rdf:datatype="`, p.value.datatype.IRI(), `"`)
			}
			put(w, ">", xmlText.Replace(p.value.value), "</", name, ">\n")
		}
	}
}

var (
	// A carriage return would be read as a line feed.
	xmlText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	xmlAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)
