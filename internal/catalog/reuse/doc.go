// Package reuse is the noun that the portal exists for: something that was
// made with open data – an application, a map, an article, an API – and is
// shown with the datasets and dataservices that it uses.
//
// The rules, all of them udata's:
//
//   - A reuse belongs to a person or an organization, chosen when it is
//     published; only a sysadmin may change that later.
//   - Its address is unique: the same text is not registered twice, also not
//     while its first reuse is deleted.
//   - Its slug follows its title; links to earlier slugs go on working.
//   - Deleting is soft: the reuse is gone (410) for all but its owners, and can
//     be restored.
//   - A private reuse does not exist (404) for all but its owners, the members
//     of its organization and sysadmins.
//   - It counts for its datasets, dataservices, owner and organization while
//     it is visible: public, not deleted, and with at least one dataset.
//
// Files: reuse.go the type and its wire form, form.go what a client may
// change, service.go the verbs, list.go lists and filters, store.go the SQL,
// counters.go what it counts for, image.go its picture, feed.go the Atom
// feed, api.go the routes, models.go their description.
package reuse
