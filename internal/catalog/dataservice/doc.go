// Package dataservice is the noun of the APIs through which data is served.
//
// The rules, all of them udata's:
//
//   - A dataservice belongs to a person or an organization, and names the
//     datasets that it serves.
//   - A private dataservice does not exist (404) for all but its owner, the
//     members of its organization and sysadmins; a deleted one is gone (410).
//   - Lists hold what is public and still works, and to who is signed in also
//     what is theirs or their organizations'; a sysadmin finds all. What is
//     public and works counts for its owner, its organization and its datasets.
//   - A change names only what is to change (PATCH). Deleting marks;
//     {"deleted_at": null} restores.
//   - A new title makes a new slug; the old one leads to it.
//   - Only a restricted one tells groups of people apart (access_audiences).
//
// Files: dataservice.go the type and its wire form, models.go their
// description, service.go what other nouns and importers may ask, owner.go
// whose it is and what it uses, verbs.go what may be done, form.go what a body
// says, list.go lists and search, counters.go the counters, store.go the SQL,
// api.go the routes, handlers.go how they answer.
package dataservice
