package rdf

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/errs"
)

var formats = []Format{XML, N3, Turtle, NTriples, TriG, JSONLD}

func written(t *testing.T, f Format, nodes ...*Node) string {
	t.Helper()
	var b bytes.Buffer
	d := NewDocument(&b, f)
	d.Write(nodes...)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// nodes are some that hold everything that a description may hold, and the
// two texts wherever a text of a user's may stand.
func nodes(text, address string) []*Node {
	at := time.Date(2026, 11, 24, 0, 3, 42, 959_000_000, time.UTC)
	given := Address(address)
	return []*Node{
		New(IRI("http://portal.test/datasets/1"), DCAT("Dataset")).
			Add(DCT("title"), Text(text)).
			Add(DCAT("keyword"), Text(text), Text("b"), Text(text+"c")).
			Add(DCT("issued"), Instant(at), Instant(at.Truncate(time.Second))).
			Add(DCT("identifier"), Instant(at)).
			Add(DCAT("landingPage"), given).
			Add(DCAT("downloadURL"), given, Text(text)).
			Add(DCT("license"), given, Text(text)).
			Add(DCT("publisher"), IRI("http://portal.test/organizations/1")).
			Add(DCAT("byteSize"), Int(1024), Int(-1), Int(math.MaxInt64)).
			Add(DCAT("startDate"), Day("2020-12-31"), Day(text)).
			Add(DCATAP("hvdCategory"), IRI("http://data.europa.eu/bna/c_b79e35eb")).
			Nest(DCT("temporal"), Nested(DCT("PeriodOfTime")).Add(DCAT("endDate"), Day("2021-01-01"))).
			Nest(DCT("temporal"), Nested(DCT("PeriodOfTime")).Nest(ADMS("identifier"), Nested(ADMS("Identifier")).Add(SKOS("notation"), Text(text)))),
		New(IRI("http://portal.test/organizations/1"), FOAF("Organization")).Add(FOAF("name"), Text(text)).Add(FOAF("homepage"), given),
		New(IRI("http://portal.test/datasets?"+text), GeoDCAT("x")),
	}
}

func roundTrip(t *testing.T, text, address string) {
	t.Helper()
	all := nodes(text, address)
	want := canonical(t, said(all))
	for _, f := range formats {
		doc := written(t, f, all...)
		got, err := read(f, doc)
		if err != nil {
			t.Fatalf("%s: %v\n%s", f.Extension, err, doc)
		}
		if c := canonical(t, got); c != want {
			t.Fatalf("%s: got\n%s\nwant\n%s\n\n%s", f.Extension, c, want, doc)
		}
	}
}

// hostile are texts that end a literal, an IRI or a document early where they
// are not written with care.
var hostile = []string{
	"", "plain", "é 漢 \U0001F68C", `"`, `\`, `\"`, `\u0022`, "a\nb\r\nc\rd\te", `"""`, `" . <http://evil.example/> a <http://evil.example/x> . "`,
	"<script>&amp;]]></dct:title>", "\x00\x01\x1f\x7f\u0085", "\ufffe\uffff", "\xff\xed\xa0\x80", "  blanks  ", "@id", "_:b0", "dct:title", "None",
	"\u2028\u2029\u202e", "2020-12-31", "2020-02-31", "\ufeffbom", "#", "}", "]}",
}

var hostileAddresses = []string{
	"", "https://example.org/", "https://example.org/a b?c=d&e=<f>#g", "https://example.org/> . <http://evil.example/> a <http://evil.example/x", `https://example.org/"`,
	"https://example.org/\\u003e", "https://example.org/\x00\n\xff", "https://exämple.org/ü", "urn:uuid:1", "mailto:a@example.org", "foaf:Person", "dct:title", "schema://x",
	"/relative", "//host", "no scheme", ":x", "http:", "javascript:alert(1)", "_:b1", "1a:b", "https://example.org/" + strings.Repeat("a", 9000),
	"https://example.org/\ufffe\u202e'()*", "https://example.org/{a}|b^`",
}

func TestRoundTrip(t *testing.T) {
	for _, text := range hostile {
		for _, address := range hostileAddresses {
			roundTrip(t, text, address)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for i, text := range hostile {
		f.Add(text, hostileAddresses[i%len(hostileAddresses)])
	}
	// What a host may be is no matter of ours, and readers disagree on it.
	f.Fuzz(func(t *testing.T, text, path string) {
		if len(path) > 2000 {
			t.Skip("the reader of JSON-LD takes no address of more than 2083 bytes")
		}
		roundTrip(t, text, "https://example.org/"+path)
	})
}

// TestReadersNotice: the readers of the test above see what is another.
func TestReadersNotice(t *testing.T) {
	a := canonical(t, said(nodes("a", "https://example.org/")))
	for _, f := range formats {
		for _, other := range [][2]string{{"b", "https://example.org/"}, {"a", "https://example.org/x"}, {"a", ""}} {
			got, err := read(f, written(t, f, nodes(other[0], other[1])...))
			if err != nil {
				t.Fatal(err)
			}
			if canonical(t, got) == a {
				t.Errorf("%s: %q reads as another", f.Extension, other)
			}
		}
	}
}

func TestAddress(t *testing.T) {
	for given, want := range map[string]string{
		" https://example.org/a b ": "https://example.org/a%20b",
		"https://example.org/é":     "https://example.org/é",
		"https://example.org/<>":    "https://example.org/%3C%3E",
		"https://example.org/\xff":  "https://example.org/%FF",
		"https://example.org/%20":   "https://example.org/%20",
		"https://example.org/%":     "https://example.org/%25",
		"https://example.org/%zz%4": "https://example.org/%25zz%254",
		"https://[example.org/":     "",
		"https://example.org:x/":    "",
		"urn:x":                     "urn:x",
		"foaf:Person":               "",
		"freq:daily":                "",
		"org://example":             "org://example",
		"/a":                        "",
		"":                          "",
		"http:":                     "",
		"a b:c":                     "",
	} {
		got := Address(given)
		if got.Value() != want || got.IsZero() != (want == "") {
			t.Errorf("%q: %q, want %q", given, got.Value(), want)
		}
	}
}

// TestSharedOnce: a publisher is told once, and a node that says nothing not
// at all.
func TestSharedOnce(t *testing.T) {
	org := func() *Node {
		n := New(IRI("http://x.test/o"), FOAF("Organization")).Add(FOAF("name"), Text("O"))
		n.Shared = true
		return n
	}
	doc := written(t, NTriples, org(), org(), &Node{Subject: IRI("http://x.test/silent")}, Nested(FOAF("Organization")))
	if n := strings.Count(doc, "\n"); n != 2 {
		t.Errorf("%d lines:\n%s", n, doc)
	}
}

// TestForms are the documents as a reader sees them.
func TestForms(t *testing.T) {
	n := New(IRI("http://x.test/1"), DCAT("Dataset")).Add(DCT("title"), Text("A")).Add(DCAT("byteSize"), Int(3)).
		Nest(DCT("temporal"), Nested(DCT("PeriodOfTime")).Add(DCAT("startDate"), Day("2020-01-01")))
	for f, want := range map[string]string{
		"ttl":  "<http://x.test/1>\n    a dcat:Dataset ;\n    dct:title \"A\" ;\n    dcat:byteSize 3 ;\n    dct:temporal [\n        a dct:PeriodOfTime ;\n        dcat:startDate \"2020-01-01\"^^xsd:date\n    ] .\n",
		"json": `{"@id":"http://x.test/1","@type":"dcat:Dataset","title":"A","byteSize":3,"temporal":{"@type":"dct:PeriodOfTime","dcat:startDate":{"@type":"http://www.w3.org/2001/XMLSchema#date","@value":"2020-01-01"}}}`,
		"xml":  "<rdf:Description rdf:about=\"http://x.test/1\">\n    <rdf:type rdf:resource=\"http://www.w3.org/ns/dcat#Dataset\"/>\n    <dct:title>A</dct:title>\n    <dcat:byteSize rdf:datatype=\"http://www.w3.org/2001/XMLSchema#integer\">3</dcat:byteSize>\n",
	} {
		format, err := Named(f)
		if err != nil {
			t.Fatal(err)
		}
		if doc := written(t, format, n); !strings.Contains(doc, want) {
			t.Errorf("%s lacks\n%s\n\n%s", f, want, doc)
		}
	}
}

func TestEmptyDocuments(t *testing.T) {
	for _, f := range formats {
		if got, err := read(f, written(t, f)); err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", f.Extension, got, err)
		}
	}
}

func TestContext(t *testing.T) {
	var c map[string]any
	if err := json.Unmarshal(Context, &c); err != nil {
		t.Fatal(err)
	}
	if len(c) != 46 || c["@vocab"] != "http://www.w3.org/ns/dcat#" || c["org"] != "http://www.w3.org/ns/org#" {
		t.Errorf("%d members: %v", len(c), c)
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]string{
		"json": "json", "jsonld": "json", "json-ld": "json", "xml": "xml", "rdf": "xml", "owl": "xml", "ttl": "ttl", "TTL": "ttl", "n3": "n3", "nt": "nt", "trig": "trig",
	} {
		if f, err := Named(name); err != nil || f.Extension != want {
			t.Errorf("%s: %s, %v", name, f.Extension, err)
		}
	}
	for _, name := range []string{"", "xxx", "nq", "trix", "html", "csv", "x.ttl"} {
		if _, err := Named(name); !errs.Is(err, 404) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                   "json",
		"text/html":                          "json",
		"*/*":                                "xml",
		"application/*":                      "xml",
		"text/*":                             "n3",
		"text/turtle":                        "ttl",
		"TEXT/TURTLE":                        "ttl",
		"text/turtle; charset=utf-8":         "ttl",
		"application/rdf+xml":                "xml",
		"application/xml":                    "xml",
		"text/xml":                           "xml",
		"application/json":                   "json",
		"application/trig, text/turtle;q=.9": "trig",
		"text/turtle;q=0.5, application/json;q=0.8": "json",
		"*/*;q=0.1, text/n3;q=0.2":                  "n3",
		"*/*, text/turtle":                          "ttl",
		"text/turtle;q=0":                           "json",
		"text/turtle;q=x, text/n3":                  "n3",
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "xml",
		";;;,,,/": "json",
	} {
		if got := Negotiate(http.Header{"Accept": {accept}}); got.Extension != want {
			t.Errorf("%q: %s, want %s", accept, got.Extension, want)
		}
	}
	if got := Negotiate(http.Header{}); got.Extension != "json" {
		t.Errorf("without the header: %s", got.Extension)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestFailingWriter(t *testing.T) {
	for _, f := range formats {
		d := NewDocument(broken{}, f)
		d.Write(nodes("a", "")...)
		if d.Flush() == nil || d.Close() == nil {
			t.Errorf("%s: nobody hears of it", f.Extension)
		}
	}
}
