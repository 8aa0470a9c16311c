package rdf

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
)

// Format is a way to write documents.
type Format struct {
	// Extension is how addresses name it.
	Extension string
	// MediaType is what answers are declared as, udata's: "application/x-turtle"
	// is no registered type, but clients know it.
	MediaType string
	syntax    func() syntax
}

// The formats.
var (
	XML      = Format{"xml", "application/rdf+xml", func() syntax { return rdfxml{} }}
	N3       = Format{"n3", "text/n3", func() syntax { return turtle{} }}
	Turtle   = Format{"ttl", "application/x-turtle", func() syntax { return turtle{} }}
	NTriples = Format{"nt", "application/n-triples", func() syntax { return &ntriples{} }}
	TriG     = Format{"trig", "application/trig", func() syntax { return turtle{} }}
	JSONLD   = Format{"json", "application/ld+json", func() syntax { return &jsonld{} }}
)

// extensions are all names of formats (udata/rdf.py; rdflib's
// SUFFIX_FORMAT_MAP as far as udata writes it).
var extensions = map[string]Format{
	"xml": XML, "rdf": XML, "owl": XML, "n3": N3, "ttl": Turtle, "turtle": Turtle, "nt": NTriples, "trig": TriG,
	"json": JSONLD, "jsonld": JSONLD, "json-ld": JSONLD,
}

// accepted are the media types that clients may ask for, in udata's order: of
// those that they like as much, the first is taken.
var accepted = []struct {
	mediaType string
	format    Format
}{
	{"application/rdf+xml", XML},
	{"application/xml", XML},
	{"text/n3", N3},
	{"application/x-turtle", Turtle},
	{"text/turtle", Turtle},
	{"application/n-triples", NTriples},
	{"application/ld+json", JSONLD},
	{"application/json", JSONLD},
	{"application/trig", TriG},
	{"text/xml", XML},
}

// Named returns the format that an address names; errs.NotFound when there is
// none of that name.
func Named(name string) (Format, error) {
	if f, ok := extensions[strings.ToLower(name)]; ok {
		return f, nil
	}
	return Format{}, errs.NotFound()
}

// Negotiate returns the format that a client likes best; JSON-LD, as in udata,
// for one that names none.
func Negotiate(header http.Header) Format {
	best, quality, specific := JSONLD, 0.0, -1
	ranges := strings.Split(strings.Join(header.Values("Accept"), ","), ",")
	for _, a := range accepted {
		for _, r := range ranges {
			q, s, ok := matches(r, a.mediaType)
			if ok && (q > quality || q == quality && s > specific) {
				best, quality, specific = a.format, q, s
			}
		}
	}
	return best
}

// matches tells how much one range of an Accept header likes a media type, and
// how precisely it names it.
func matches(mediaRange, mediaType string) (quality float64, specific int, ok bool) {
	t, params, err := mime.ParseMediaType(mediaRange)
	if err != nil {
		return 0, 0, false
	}
	quality = 1
	if q, given := params["q"]; given {
		if quality, err = strconv.ParseFloat(q, 64); err != nil || quality < 0 || quality > 1 {
			return 0, 0, false
		}
	}
	kind, _, _ := strings.Cut(mediaType, "/")
	switch t {
	case mediaType:
		specific = 2
	case kind + "/*":
		specific = 1
	case "*/*":
	default:
		return 0, 0, false
	}
	return quality, specific, quality > 0
}

// What the descriptions of routes say.
const (
	// FormatDoc describes the format in a path.
	FormatDoc = "json or jsonld, xml (also rdf, owl), ttl, n3, nt, trig"
	// Negotiation describes a route that leads to the formats.
	Negotiation = "`Accept` says which format; without a media type that is known here, JSON-LD."
)

// Answer streams a document. What write flushes is gone: an error after that
// cuts the answer off.
func Answer(f Format, write func(d *Document) error) *api.Response {
	return &api.Response{
		Header: http.Header{"Content-Type": {f.MediaType}},
		Stream: func(w io.Writer) error {
			d := NewDocument(w, f)
			if err := write(d); err != nil {
				return err
			}
			return d.Close()
		},
	}
}

// Redirect leads to the address of one format.
func Redirect(location string) *api.Response {
	return &api.Response{Status: http.StatusFound, Header: http.Header{
		"Location": {location},
		"Vary":     {"Origin, Cookie, Accept"},
	}}
}
