package rdf

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"
)

// triple is one that was read: subject, predicate and object in the form of
// N-Triples. Blank nodes begin with "_:".
type triple struct{ s, p, o string }

// canonical makes one text of triples whose blank nodes are trees: a blank
// node is written as what it says.
func canonical(t *testing.T, triples []triple) string {
	t.Helper()
	bySubject := map[string][]triple{}
	for _, x := range triples {
		bySubject[x.s] = append(bySubject[x.s], x)
	}
	var write func(subject string, depth int) []string
	write = func(subject string, depth int) []string {
		if depth > 8 {
			t.Fatal("the blank nodes are no trees")
		}
		var lines []string
		for _, x := range bySubject[subject] {
			o := x.o
			if strings.HasPrefix(o, "_:") {
				o = "[" + strings.Join(write(o, depth+1), "; ") + "]"
			}
			lines = append(lines, x.p+" "+o)
		}
		slices.Sort(lines)
		return slices.Compact(lines)
	}
	var all []string
	for s := range bySubject {
		if strings.HasPrefix(s, "_:") {
			continue
		}
		for _, l := range write(s, 0) {
			all = append(all, s+" "+l)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// said are the triples of nodes, told from the values.
func said(nodes []*Node) []triple {
	var out []triple
	n := 0
	var tell func(subject string, x *Node)
	tell = func(subject string, x *Node) {
		for _, p := range x.props {
			o := ntriplesTerm(p.value)
			if p.node != nil {
				n++
				o = "_:n" + strconv.Itoa(n)
				tell(o, p.node)
			}
			out = append(out, triple{subject, "<" + p.name.IRI() + ">", o})
		}
	}
	for _, x := range nodes {
		tell("<"+x.Subject.value+">", x)
	}
	return out
}

// read reads a document back with a parser that is not the writer's.
func read(f Format, text string) ([]triple, error) {
	switch f.Extension {
	case "nt":
		d, err := ld.ParseNQuads(text)
		return fromDataset(d), err
	case "json":
		return readJSONLD(text)
	case "xml":
		return readXML(text)
	}
	return readTurtle(text)
}

func fromDataset(d *ld.RDFDataset) []triple {
	var out []triple
	if d == nil {
		return nil
	}
	for _, q := range d.GetQuads("@default") {
		out = append(out, triple{goldTerm(q.Subject), goldTerm(q.Predicate), goldTerm(q.Object)})
	}
	return out
}

func goldTerm(n ld.Node) string {
	switch v := n.(type) {
	case *ld.IRI:
		return "<" + v.Value + ">"
	case *ld.BlankNode:
		return v.Attribute
	case *ld.Literal:
		if v.Datatype == ld.XSDString {
			return quote(v.Value)
		}
		return quote(v.Value) + "^^<" + v.Datatype + ">"
	case ld.IRI:
		return "<" + v.Value + ">"
	case ld.BlankNode:
		return v.Attribute
	case ld.Literal:
		return goldTerm(&v)
	}
	return fmt.Sprintf("?%T", n)
}

func readJSONLD(text string) ([]triple, error) {
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	got, err := ld.NewJsonLdProcessor().ToRDF(doc, ld.NewJsonLdOptions(""))
	if err != nil {
		return nil, err
	}
	return fromDataset(got.(*ld.RDFDataset)), nil
}

const rdfNS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

func attribute(e xml.StartElement, local string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Space == rdfNS && a.Name.Local == local {
			return a.Value, true
		}
	}
	return "", false
}

// readXML reads the striped syntax of RDF/XML.
func readXML(text string) ([]triple, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	var out []triple
	blanks := 0
	var node func(e xml.StartElement) (string, error)
	prop := func(subject string, e xml.StartElement) error {
		p := "<" + e.Name.Space + e.Name.Local + ">"
		var chars strings.Builder
		object := ""
		if v, ok := attribute(e, "resource"); ok {
			object = "<" + v + ">"
		}
		for {
			tok, err := d.Token()
			if err != nil {
				return err
			}
			switch v := tok.(type) {
			case xml.CharData:
				chars.Write(v)
			case xml.StartElement:
				if object, err = node(v); err != nil {
					return err
				}
			case xml.EndElement:
				if object == "" {
					object = quote(chars.String())
					if dt, ok := attribute(e, "datatype"); ok {
						object += "^^<" + dt + ">"
					}
				}
				out = append(out, triple{subject, p, object})
				return nil
			}
		}
	}
	node = func(e xml.StartElement) (string, error) {
		subject, ok := attribute(e, "about")
		if ok {
			subject = "<" + subject + ">"
		} else {
			blanks++
			subject = "_:x" + strconv.Itoa(blanks)
		}
		for {
			tok, err := d.Token()
			if err != nil {
				return "", err
			}
			switch v := tok.(type) {
			case xml.StartElement:
				if err := prop(subject, v); err != nil {
					return "", err
				}
			case xml.EndElement:
				return subject, nil
			}
		}
	}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local != "RDF" {
			if _, err := node(e); err != nil {
				return nil, err
			}
		}
	}
}

// turtleReader reads the Turtle that has prefixes, `a`, lists of predicates
// and objects, anonymous nodes, short strings and integers.
type turtleReader struct {
	rest     string
	prefixes map[string]string
	out      []triple
	blanks   int
}

func readTurtle(text string) (out []triple, err error) {
	r := &turtleReader{rest: text, prefixes: map[string]string{}}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v at %.60q", v, r.rest)
		}
	}()
	for {
		r.space()
		if r.rest == "" {
			return r.out, nil
		}
		if rest, ok := strings.CutPrefix(r.rest, "@prefix "); ok {
			name, rest, _ := strings.Cut(rest, ":")
			r.rest = rest
			r.space()
			r.prefixes[name] = strings.Trim(r.term(), "<>")
			r.want(".")
			continue
		}
		subject := r.term()
		r.properties(subject)
		r.want(".")
	}
}

func (r *turtleReader) space() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }

func (r *turtleReader) want(s string) {
	r.space()
	rest, ok := strings.CutPrefix(r.rest, s)
	if !ok {
		panic("no " + s)
	}
	r.rest = rest
}

func (r *turtleReader) has(s string) bool {
	r.space()
	return strings.HasPrefix(r.rest, s)
}

func (r *turtleReader) properties(subject string) {
	for {
		r.space()
		var p string
		if strings.HasPrefix(r.rest, "a ") {
			p, r.rest = "<"+rdfNS+"type>", r.rest[2:]
		} else {
			p = r.term()
		}
		for {
			r.out = append(r.out, triple{subject, p, r.object()})
			if !r.has(",") {
				break
			}
			r.want(",")
		}
		if !r.has(";") {
			return
		}
		r.want(";")
	}
}

func (r *turtleReader) object() string {
	r.space()
	if !strings.HasPrefix(r.rest, "[") {
		return r.term()
	}
	r.want("[")
	r.blanks++
	label := "_:t" + strconv.Itoa(r.blanks)
	r.properties(label)
	r.want("]")
	return label
}

func (r *turtleReader) term() string {
	r.space()
	switch c := r.rest[0]; {
	case c == '<':
		end := strings.IndexByte(r.rest, '>')
		iri := r.rest[1:end]
		if strings.ContainsAny(iri, "<\"{}|^`\\ \t\r\n") {
			panic("a bad IRI")
		}
		r.rest = r.rest[end+1:]
		return "<" + iri + ">"
	case c == '"':
		var b strings.Builder
		i := 1
		for ; r.rest[i] != '"'; i++ {
			switch {
			case r.rest[i] == '\\':
				i++
				b.WriteByte(map[byte]byte{'\\': '\\', '"': '"', 'n': '\n', 'r': '\r', 't': '\t'}[r.rest[i]])
			case r.rest[i] == '\n', r.rest[i] == '\r':
				panic("a bare line end")
			default:
				b.WriteByte(r.rest[i])
			}
		}
		r.rest = r.rest[i+1:]
		text := quote(b.String())
		if rest, ok := strings.CutPrefix(r.rest, "^^"); ok {
			r.rest = rest
			return text + "^^" + r.term()
		}
		return text
	case c == '-', c >= '0' && c <= '9':
		n := len(r.rest) - len(strings.TrimLeft(r.rest, "-0123456789"))
		digits := r.rest[:n]
		r.rest = r.rest[n:]
		return quote(digits) + "^^<" + XSD("integer").IRI() + ">"
	default:
		n := strings.IndexFunc(r.rest, func(c rune) bool { return strings.ContainsRune(" \t\r\n;,.[]", c) })
		prefix, local, ok := strings.Cut(r.rest[:n], ":")
		ns, known := r.prefixes[prefix]
		if !ok || !known {
			panic("no name")
		}
		r.rest = r.rest[n:]
		return "<" + ns + local + ">"
	}
}
