// Package license is the noun of the terms under which data may be used.
//
// A licence has a short id that datasets and dataservices carry ("lov2"); it
// is a register rather than something that people publish.
package license
