package rdf

import (
	"bufio"
	"io"
)

// Document writes nodes in a format.
type Document struct {
	w      *bufio.Writer
	syntax syntax
	shared map[string]bool
}

// A syntax writes documents. A bufio.Writer keeps its first error and returns
// it at the end, so that no write in between is looked at.
type syntax interface {
	begin(w *bufio.Writer)
	node(w *bufio.Writer, n *Node)
	end(w *bufio.Writer)
}

// NewDocument begins a document.
func NewDocument(w io.Writer, f Format) *Document {
	d := &Document{w: bufio.NewWriterSize(w, 32<<10), syntax: f.syntax(), shared: map[string]bool{}}
	d.syntax.begin(d.w)
	return d
}

// Write writes nodes that have an address; those without a property say
// nothing and are left out.
func (d *Document) Write(nodes ...*Node) {
	for _, n := range nodes {
		if n.Subject.IsZero() || len(n.props) == 0 {
			continue
		}
		if n.Shared {
			if d.shared[n.Subject.value] {
				continue
			}
			d.shared[n.Subject.value] = true
		}
		d.syntax.node(d.w, n)
	}
}

// Flush hands over what was written so far; it fails when nobody takes it.
func (d *Document) Flush() error { return d.w.Flush() }

// Close ends the document.
func (d *Document) Close() error {
	d.syntax.end(d.w)
	return d.w.Flush()
}
