// Package search finds objects by what stands in them.
//
// It has two halves, and docs/adr/0015 says why:
//
//   - The documents: one row of the table search_document for each object,
//     written in the transaction of the object itself (document.go). A row
//     holds the object's words as words.go cuts them, what it can be filtered
//     by ("type:api"), what it is linked with, and its counters.
//   - The memory: each process reads the documents into posting lists and
//     columns (shard.go) and answers from there, the same on SQLite and
//     PostgreSQL. Before every answer it asks for the number of the last
//     change, and reads what changed (index.go): who asks after a write was
//     acknowledged, on any node, finds it.
//
// What a document is linked with – its organization, the datasets that a reuse
// uses – lends it its words. They are looked up when the memory is built and
// not copied into the row, so that renaming an organization of ten thousand
// datasets writes one row. A hidden object lends nothing: its title cannot be
// guessed at by searching.
//
// Nouns decide what of theirs stands in a document and who may find it
// (Query.Within); this package knows no noun.
//
// Memory: about 1 kB for a document of 65 words.
package search
