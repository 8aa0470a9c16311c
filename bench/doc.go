// Command bench measures ouvert beside two others on the same machine, in the
// same minutes, with the same content:
//
//   - the ceiling: a bare net/http server that sends the very bytes that ouvert
//     answers with from memory. Nothing written in Go on net/http is quicker;
//   - PocketBase, a good general backend of the same kind (one Go binary,
//     SQLite), with the same catalogue, relations expanded, rules open.
//
// It starts and fills everything itself, on loopback, in a temporary folder,
// and prints one table, which it also writes as results.json and results.svg.
//
//	main.go        the order of events
//	operations.go  what is asked of whom
//	load.go        the clients
//	process.go     the servers as processes, and what they use
//	ceiling.go     the ceiling          pocketbase.go  the peer
//	singles.go     what is measured once: starting, memory, tables, pages, sizes
//	report.go      the table            svg.go         the drawing
//
// It is a module of its own, so that what it needs is no part of ouvert.
package main
