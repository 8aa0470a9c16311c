// Package rdf writes descriptions as RDF: Turtle, N3, TriG, N-Triples, RDF/XML
// and JSON-LD.
//
// A noun describes its objects as values – a Node with properties – and a
// Document writes nodes one after the other, so that a catalogue of any size
// is written in little memory. A node without an address of its own is nested
// in the one that mentions it: there are no labels that could clash.
//
// What is written parses again to the same triples in every format:
//
//   - Properties and classes are Names of the vocabularies below, never text of
//     a user's.
//   - An address of a user's goes through Address: what could end an IRI early
//     is percent-encoded, and what is no absolute IRI is no term at all.
//   - A text goes through Text: what no XML document can hold becomes "?", in
//     every format, as in udata.
//
// Only writing is here, and no library: the Go libraries for Turtle and
// RDF/XML are unmaintained or write no RDF/XML, and piprate/json-gold, which
// the tests read our JSON-LD and N-Triples with, would hold a catalogue whole
// in memory to compact it (docs/adr/0006).
package rdf
