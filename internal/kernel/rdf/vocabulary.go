package rdf

// Name is a property, a class or a datatype of a vocabulary. Only constants
// are names.
type Name struct{ prefix, local string }

// IRI is the whole name.
func (n Name) IRI() string { return namespaces[n.prefix] + n.local }

// Term is the name as the value of a property.
func (n Name) Term() Term { return Term{kind: iri, value: n.IRI()} }

// short is the name as documents write it, "dct:title".
func (n Name) short() string { return n.prefix + ":" + n.local }

// namespaces are the vocabularies by the prefixes that documents give them.
var namespaces = map[string]string{
	"adms":    "http://www.w3.org/ns/adms#",
	"dcat":    "http://www.w3.org/ns/dcat#",
	"dcatap":  "http://data.europa.eu/r5r/",
	"dct":     "http://purl.org/dc/terms/",
	"foaf":    "http://xmlns.com/foaf/0.1/",
	"geodcat": "http://data.europa.eu/930/",
	"hydra":   "http://www.w3.org/ns/hydra/core#",
	"rdf":     "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"rdfs":    "http://www.w3.org/2000/01/rdf-schema#",
	"skos":    "http://www.w3.org/2004/02/skos/core#",
	"spdx":    "http://spdx.org/rdf/terms#",
	"vcard":   "http://www.w3.org/2006/vcard/ns#",
	"xsd":     "http://www.w3.org/2001/XMLSchema#",
}

// ADMS is a name of the Asset Description Metadata Schema.
func ADMS(local string) Name { return Name{"adms", local} }

// DCAT is a name of the Data Catalog Vocabulary.
func DCAT(local string) Name { return Name{"dcat", local} }

// DCATAP is a name of the European profile of DCAT.
func DCATAP(local string) Name { return Name{"dcatap", local} }

// DCT is a name of Dublin Core.
func DCT(local string) Name { return Name{"dct", local} }

// FOAF is a name of Friend of a Friend.
func FOAF(local string) Name { return Name{"foaf", local} }

// GeoDCAT is a name of the European profile of DCAT for geographic data.
func GeoDCAT(local string) Name { return Name{"geodcat", local} }

// Hydra is a name of the Hydra Core Vocabulary.
func Hydra(local string) Name { return Name{"hydra", local} }

// RDF is a name of RDF itself.
func RDF(local string) Name { return Name{"rdf", local} }

// RDFS is a name of RDF Schema.
func RDFS(local string) Name { return Name{"rdfs", local} }

// SKOS is a name of the Simple Knowledge Organization System.
func SKOS(local string) Name { return Name{"skos", local} }

// SPDX is a name of the Software Package Data Exchange.
func SPDX(local string) Name { return Name{"spdx", local} }

// VCard is a name of vCard.
func VCard(local string) Name { return Name{"vcard", local} }

// XSD is a name of XML Schema.
func XSD(local string) Name { return Name{"xsd", local} }
