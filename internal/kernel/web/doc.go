// Package web is the shell of the portal's pages: layout, style, languages,
// errors, forms, and how nouns add pages to it.
//
// A noun has its pages in its own folder: pages.go says which there are, the
// folder pages/ holds their templates. What a page shows it asks of the API,
// inside the process (View.Get); what a form writes it sends there
// (View.Send). So a page shows exactly what its reader may see, a form is
// refused for the same reasons as a program is, and no noun needs to import
// another to show what belongs to it. Each request of a page costs a constant
// number of such questions, and each of them a constant number of statements.
//
// Pages may also have parts by other nouns: what was made with a dataset is
// told by the reuses, at the Place of the class Dataset.
//
// Everything works with plain forms, without JavaScript; the policy that
// goes with every page allows no script but the shell's own file.
package web
