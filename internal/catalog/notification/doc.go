// Package notification is the noun of what a person is told because it
// concerns them: a reuse of their dataset, an answer, a request.
//
// A notification is made by a reader of the event log, never by the noun whose
// fact it tells of; rules.go is the one list of what follows from which event.
// Whoever asks for their notifications gets those of everything that was
// durable when they asked: the reader first reads to the end of the log
// (docs/adr/0004-readers-of-the-log.md).
//
// A person reads their own notifications and nobody else's. One is handled
// when its person read it, or did what it asks for. It goes when something
// that it names goes, and some time after it was handled.
package notification
