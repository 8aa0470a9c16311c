// Package discussion is the noun of what people say about an object to whom
// it belongs and to everybody: a title and messages, the first of which opens
// it.
//
// There are discussions about datasets, reuses, dataservices, topics and
// posts. Anyone may read them, also those about private objects (as in
// udata); whoever is signed in may open one and add to it until it is closed.
//
// A message is said by a person, in their own name or in that of one of their
// organizations. Who said it may change it: the person, or the organization's
// admins and editors. Who opened a discussion may rename, close and delete
// it; who may change its subject may close it. Sysadmins may do all of this.
//
// The first message is the discussion's own: it goes with it and not alone.
//
// The subject counts its discussions, and those that are open. Three facts
// are for the readers of the log alone: discussion:opened, :commented and
// :closed (see catalog/notification); what people see of them is one
// activity, reuse:discussed.
package discussion
