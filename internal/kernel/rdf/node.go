package rdf

// Node is something that is described.
type Node struct {
	// Subject is its IRI. A node without one is nested in another.
	Subject Term
	// Shared nodes – publishers, say – are mentioned by many others; a document
	// holds each once.
	Shared bool
	props  []property
}

// property is one triple of a node: to a term, or to a nested node.
type property struct {
	name  Name
	value Term
	node  *Node
}

// New returns a node of the class.
func New(subject Term, class Name) *Node {
	return (&Node{Subject: subject}).Add(RDF("type"), class.Term())
}

// Nested returns a node of the class that has no address.
func Nested(class Name) *Node { return New(Term{}, class) }

// Add adds a triple for each of the terms that is something.
func (n *Node) Add(name Name, values ...Term) *Node {
	for _, v := range values {
		if !v.IsZero() {
			n.props = append(n.props, property{name: name, value: v})
		}
	}
	return n
}

// Nest adds a triple to a node without an address.
func (n *Node) Nest(name Name, nested *Node) *Node {
	n.props = append(n.props, property{name: name, node: nested})
	return n
}

// Value returns the first value of a property, nothing when there is none.
func (n *Node) Value(name Name) Term {
	for _, p := range n.props {
		if p.name == name {
			return p.value
		}
	}
	return Term{}
}

// Description is what a noun tells of an object.
type Description struct {
	// Term is how others mention it: an IRI, or a text for what has none.
	Term Term
	// As is the property under which they do, where the object itself says it:
	// the role of a contact point.
	As Name
	// Nodes are the object's own, first, and those that belong to it.
	Nodes []*Node
}
