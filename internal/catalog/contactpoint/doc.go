// Package contactpoint is the noun of whom to ask about a dataset or a
// dataservice: a person or a desk, with an address or a form to write to.
//
// A contact point belongs to a person or an organization, who may name it on
// all that they publish. Anyone may read it: it is there to be written to. Its
// owner, the editors of its organization and sysadmins may change it.
//
// There are no two alike: making one that is there already answers with that
// one, and a change that would make two alike is refused. One that is deleted is
// gone for good; what named it does so no more, without being modified by it.
//
//	contactpoint.go  the type, its wire forms     api.go    routes and handlers
//	form.go          what a client may send       models.go their description
//	service.go       the verbs                    store.go  the SQL
package contactpoint
