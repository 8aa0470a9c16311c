// Package dataset is the noun of the data that reuses are made with: a title,
// a description, and resources – files or addresses – that hold the data.
//
// The rules, all of them udata's:
//
//   - A dataset belongs to a person or an organization; who may change it may
//     hand it to themselves or to an organization of theirs.
//   - Its slug follows its title; links to earlier slugs go on working.
//   - Deleting is soft, and can be undone.
//   - Three dates are told apart: when the record was made and changed on this
//     portal (`internal`), when the data was made and changed where it comes
//     from (`created_at`, `last_modified`), and when its resources last changed
//     (`last_update`).
//   - Its quality is nine yes-or-no questions, see quality.go. One of them –
//     is it as fresh as it promises to be? – depends on the time of asking.
//   - A private dataset does not exist (404) for all but its owner, the members
//     of its organization and sysadmins; a deleted one is gone (410).
//   - A resource keeps its address `latest` whatever file it leads to. A file
//     that was uploaded goes with its resource.
//   - A community resource belongs to who added it, not to the publisher.
//   - It counts for its owner and organization while it is visible: public,
//     not deleted and not archived.
//
// Files: dataset.go the type, resource.go its resources, community.go those of
// others, frequency.go how often it changes, choices.go what may be chosen,
// quality.go the nine questions, wire.go and light.go the forms in which it is
// answered, models.go and models_write.go their description.
//
// input.go reads bodies as udata's forms do, form.go and form_parts.go what a
// client may change, changes.go what did change. verbs.go are the verbs,
// resource_verbs.go those of resources, service.go what other nouns and
// importers may ask; list.go lists and filters, params.go their parameters,
// counters.go what it counts for, store.go the SQL.
//
// rdf.go describes datasets in RDF, catalog.go writes the catalogues of the
// portal and of organizations.
//
// api.go are the routes with handlers.go, resource_api.go, community_api.go and
// v2.go those of their families, upload.go and files.go the files.
package dataset
