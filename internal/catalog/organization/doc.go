// Package organization is the noun of those who publish together: a
// ministry, a town, a newspaper, an association.
//
// Its members are people with a role: an admin changes the organization, an
// editor changes all that it owns, a partial editor only what was assigned to
// them. Badges (public-service, certified, …) are given by the portal.
//
// The rules, udata's where its answers tell (docs/compatibility.md):
//
//   - Whoever founds an organization is its first admin.
//   - Its slug follows its name; links to earlier slugs go on working.
//   - Deleting is soft: the organization is gone (410) for all but its admins
//     and sysadmins. Nothing of the API restores it.
//   - People become members in two ways: they ask and an admin accepts, or an
//     admin invites and they accept. Only one of the two waits at a time. An
//     invitation to an address is for whoever has shown that it is theirs.
//   - Strangers see the domain of a member's address, members its first two
//     letters, sysadmins all of it.
//   - A partial editor who gets another role, or leaves, loses what was
//     assigned to them.
//
// What happens to members is in the event log, for the nouns that tell people
// of it; no activity shows it.
//
// Files: organization.go the type and its wire form, form.go what a client may
// change, service.go the verbs, list.go lists and filters, store.go the SQL;
// membership.go requests and invitations, membership_store.go their SQL,
// members.go how people are shown, assignment.go what partial editors may
// change; logo.go, extras.go; api.go and membership_api.go the handlers,
// models.go their description.
package organization
