// Package user is the noun of the people of a portal.
//
// A person signs in, publishes, follows, and is a member of organizations.
// Their e-mail address is seen by themselves and by sysadmins. API tokens
// belong to a person; only a token's keyed hash is kept.
//
// A person is never removed: deleting an account empties it, so that what
// they published keeps an author.
package user
