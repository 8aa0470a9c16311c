// Package topic is the noun of the collections in which somebody gathers
// datasets, reuses and dataservices about a subject.
//
// The rules, udata's unless it says otherwise:
//
//   - A topic belongs to a person or an organization. It holds elements: an
//     object, or a title that stands for one that is still wanted, or both,
//     with a description and tags of their own.
//   - A private topic is found and read by its owner, the members of its
//     organization and sysadmins. (udata lets everybody read it who knows its
//     id; see docs/compatibility.md.)
//   - Deleting a topic removes it for good, with its elements and its
//     discussions.
//   - An element keeps naming an object that was deleted or made private:
//     whoever follows the reference meets that object's own rules.
//   - Lists of objects with ?topic= hold what the topic's elements name.
//   - Tags are the client's own words, and are not made slugs of.
//
// Files: topic.go the types and wire forms, models.go their description,
// service.go what other nouns and importers may ask, verbs.go what may be done
// with a topic, elements.go with its elements, form.go what a body says, list.go
// lists and search, store.go the SQL, api.go the routes, handlers.go how they
// answer.
package topic
