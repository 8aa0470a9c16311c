// Package contactpoint is the noun of whom to ask about a dataset or a
// dataservice: a person or a desk, with an address or a form to write to.
//
// A contact point belongs to a person or an organization, who may name it on
// all that they publish.
package contactpoint
