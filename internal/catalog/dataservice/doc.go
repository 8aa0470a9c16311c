// Package dataservice is the noun of the APIs through which data is served.
//
// The rules, all of them udata's:
//
//   - A dataservice belongs to a person or an organization, and names the
//     datasets that it serves.
//   - A private dataservice does not exist (404) for all but its owner, the
//     members of its organization and sysadmins; a deleted one is gone (410).
//
// Files: dataservice.go the type and its wire form, models.go their
// description, service.go what other nouns and importers may ask, store.go
// the SQL, api.go the routes.
package dataservice
