// Package keep keeps in memory what reading the catalogue comes to: the wire
// forms of objects (Forms) and the order of lists (Lists). Nothing that it
// returns is older than the last acknowledged write of this process, nor than a
// second where another process wrote: see db.Stamp.
//
// Whole answers are kept by package api.
package keep

import (
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
)

// Keep is what the nouns share.
type Keep struct {
	Forms *Forms
	Lists *Lists
}

// listsPart is the part of the room that is for lists.
const listsPart = 8

// New returns room for size bytes. The zero Keep is that for none: it asks the
// database each time.
func New(d *db.DB, c clock.Clock, size int64) Keep {
	if size <= 0 {
		return Keep{}
	}
	return Keep{Forms: newForms(d, c, size-size/listsPart), Lists: newLists(d, size/listsPart)}
}
