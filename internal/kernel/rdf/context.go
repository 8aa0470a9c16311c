package rdf

import (
	"bytes"
	"strings"

	"ouvert/internal/kernel/wire"
)

// alias is a name that the JSON-LD context gives to a property.
type alias struct {
	name string
	// of is the property in its short form, "dct:title".
	of string
	// coerce is "@id" for a property whose values are addresses, an IRI for one
	// whose values are of a datatype, "" for one that says nothing.
	coerce string
}

// The JSON-LD context, udata's: clients that read its JSON as plain JSON find
// the members under the names that they know.
var (
	contextPrefixes = []string{"dcat", "dct", "foaf", "org", "rdfs", "skos", "spdx", "vcard", "schema", "hydra", "freq"}
	aliases         = []alias{
		{"downloadURL", "dcat:downloadURL", "@id"},
		{"accessURL", "dcat:accessURL", "@id"},
		{"dataset", "dcat:dataset", "@id"},
		{"distribution", "dcat:distribution", "@id"},
		{"title", "dct:title", ""},
		{"description", "dct:description", ""},
		{"issued", "dct:issued", XSD("dateTime").IRI()},
		{"modified", "dct:modified", XSD("dateTime").IRI()},
		{"language", "dct:language", ""},
		{"license", "dct:license", ""},
		{"rights", "dct:rights", ""},
		{"spatial", "dct:spatial", ""},
		{"identifier", "dct:identifier", ""},
		{"temporal", "dct:temporal", ""},
		{"format", "dct:format", ""},
		{"accrualPeriodicity", "dct:accrualPeriodicity", ""},
		{"homepage", "foaf:homepage", "@id"},
		{"publisher", "dct:publisher", "@id"},
		{"fn", "vcard:fn", ""},
		{"hasEmail", "vcard:email", ""},
		{"subOrganizationOf", "org:subOrganizationOf", ""},
		{"checksum", "spdx:checksum", ""},
		{"algorithm", "spdx:algorithm", "@id"},
		{"checksumValue", "spdx:checksumValue", ""},
		{"label", "rdfs:label", ""},
		{"name", "foaf:name", ""},
		{"startDate", "schema:startDate", ""},
		{"endDate", "schema:endDate", ""},
		{"view", "hydra:view", "@id"},
		{"first", "hydra:first", "@id"},
		{"last", "hydra:last", "@id"},
		{"next", "hydra:next", "@id"},
		{"previous", "hydra:previous", "@id"},
		{"totalItems", "hydra:totalItems", ""},
	}
	// further are the prefixes of the context that no node uses.
	further = map[string]string{
		"org": "http://www.w3.org/ns/org#", "schema": "http://schema.org/", "freq": "http://purl.org/cld/freq/",
	}
)

// contextPrefix returns what a prefix is short for in the context.
func contextPrefix(name string) (namespace string, ok bool) {
	for _, p := range contextPrefixes {
		if p != name {
			continue
		}
		if ns, ok := further[p]; ok {
			return ns, true
		}
		return namespaces[p], true
	}
	return "", false
}

// Context is the JSON-LD context of all documents.
var Context = func() []byte {
	w := wire.NewWriter(4096)
	w.Open('{')
	w.Name("@vocab")
	w.String(namespaces["dcat"])
	for _, p := range contextPrefixes {
		ns, _ := contextPrefix(p)
		w.Name(p)
		w.String(ns)
	}
	for _, a := range aliases {
		w.Name(a.name)
		if a.coerce == "" {
			w.String(a.of)
			continue
		}
		w.Open('{')
		w.Name("@id")
		w.String(a.of)
		w.Name("@type")
		w.String(a.coerce)
		w.Close('}')
	}
	w.Close('}')
	return bytes.Clone(w.Fragment().Text)
}()

// keys are the properties that an alias names, and aliased the aliases by
// their names.
var keys, aliased = func() (map[string]alias, map[string]bool) {
	byProperty, byName := map[string]alias{}, map[string]bool{}
	for _, a := range aliases {
		byProperty[a.of] = a
		byName[a.name] = true
	}
	return byProperty, byName
}()

// key is the member under which a property stands, and what the context says
// of its values.
func key(n Name) (member, coerce string) {
	if a, ok := keys[n.short()]; ok {
		return a.name, a.coerce
	}
	switch _, short := contextPrefix(n.prefix); {
	case n.prefix == "dcat" && !aliased[n.local]:
		return n.local, "" // @vocab
	case short:
		return n.short(), ""
	}
	return n.IRI(), ""
}

// typeName is a class as @type names it.
func typeName(iri string) string {
	for _, p := range contextPrefixes {
		ns, _ := contextPrefix(p)
		if local, ok := strings.CutPrefix(iri, ns); ok && localName.MatchString(local) {
			return p + ":" + local
		}
	}
	return iri
}
