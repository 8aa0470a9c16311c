// Package spatial is the noun of the territories that data is about.
//
// A zone (udata: GeoZone) has an id that datasets carry, "fr:departement:75":
// its level and the code that it has there. A level (udata: GeoLevel) says
// which kind of territory it is, and is what a dataset may name as its
// granularity, beside "poi" and "other".
//
// A new portal knows the countries of the world, the European Union, and the
// regions and departments of France (zones.tsv). More come from a udata, or
// from a file: see internal/migrate/zones. A portal that brings its own list
// keeps none of the built-in ones.
//
// # Which zones a dataset may name
//
// Those that are known; those that a dataset of this catalogue names already, so
// that what was imported can be sent back; and those of a level of which no
// zone is known – a portal that loaded no communes cannot tell which exist.
//
//	spatial.go  the types, the wire forms     builtin.go  what a new portal knows
//	service.go  what datasets ask             store.go    the SQL
//	api.go      routes and handlers           models.go   their description
package spatial
