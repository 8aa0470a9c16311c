// Package intake brings the documents of a udata database into a portal,
// whatever file they come from.
//
// A source – a mongodump, udata's fixtures – hands over documents in the form
// in which udata stores them; a Run turns them into the nouns' types, leniently,
// and has the nouns write them. Old databases hold what today's rules refuse:
// nothing of it stops an import. What can be kept is kept, with a line in the
// report; what can't is skipped, with its reason.
//
// An import can be run again, also after it was killed or over a newer copy of
// the same database: it writes over what it wrote before.
package intake
