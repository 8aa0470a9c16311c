// Package dataset is the noun of the data that reuses are made with: a title,
// a description, and resources – files or addresses – that hold the data.
//
// The rules, all of them udata's:
//
//   - A dataset belongs to a person or an organization.
//   - Three dates are told apart: when the record was made and changed on this
//     portal (`internal`), when the data was made and changed where it comes
//     from (`created_at`, `last_modified`), and when its resources last changed
//     (`last_update`).
//   - Its quality is nine yes-or-no questions, see quality.go. One of them –
//     is it as fresh as it promises to be? – depends on the time of asking.
//   - A private dataset does not exist (404) for all but its owner, the members
//     of its organization and sysadmins; a deleted one is gone (410).
//   - A resource keeps its address `latest` whatever file it leads to.
//
// Files: dataset.go the type, resource.go its resources, frequency.go how often
// it changes, quality.go the nine questions, wire.go the forms in which it is
// answered, models.go their description, service.go what other nouns and
// importers may ask, store.go the SQL, api.go the routes.
package dataset
