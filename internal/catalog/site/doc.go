// Package site is the portal itself: what it is called, its figures, and what
// its editors put on the lists of datasets, reuses and dataservices.
//
// The figures are counted by a job, not at each request, as in udata: a home
// page that counts a million rows is no home page.
//
//	site.go   the type, its wire form     form.go   what a sysadmin may change
//	count.go  the figures                 api.go    all routes
package site
