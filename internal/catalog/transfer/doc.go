// Package transfer is the noun of giving an object away: whose it is asks a
// person or an organization to take it, and they accept or refuse.
//
// Who may ask: the owner, the admins of the organization that owns it. Who
// may answer: the person, the admins of the organization that is asked.
// Sysadmins may do both. A request is seen by those who may ask or answer,
// and by nobody else. It is answered once.
//
// What can be given away are the objects of the nouns that have SetOwner
// (kernel/ref); that verb counts, and tells the log. Partial editors lose
// what was assigned to them.
package transfer
