// Package api turns the list of routes into an HTTP handler.
//
// A Route is a value. From the list come the mux, the gate that asks who may
// call (closed unless a route says otherwise), the field masks, the Swagger
// documents and the documentation page.
package api

import (
	"context"

	"ouvert/internal/kernel/schema"
)

// Access says who may call a route.
type Access int

// The zero value asks for a signed-in person, so that a route that says
// nothing is closed to strangers.
const (
	SignedIn Access = iota
	Anyone
	Sysadmin
)

// Route is one operation.
type Route struct {
	Method string
	// Path is the mux pattern without method, "/api/1/reuses/{reuse}/". A
	// trailing slash means exactly this path; the path without it is served
	// too.
	Path string
	// ID is the operation id, udata's own where udata has the operation.
	ID string
	// Tag groups operations in the documentation ("reuses").
	Tag     string
	Summary string
	// Doc is more to say, in Markdown.
	Doc    string
	Access Access
	// PathDoc describes the path's parameters by name.
	PathDoc map[string]string
	// Query lists the query parameters that the route reads.
	Query []Param
	// Body describes the JSON body, nil when there is none.
	Body *schema.Model
	// Form describes a multipart body, nil when there is none.
	Form []schema.Field
	// BodyLimit bounds the body in bytes; 0 is the server's default.
	BodyLimit int64
	// Result is what a success answers with; masks are checked against it.
	Result schema.Type
	// ResultFor is the Result of a request, for a route whose result depends
	// on a header; nil for all others.
	ResultFor func(r *Request) schema.Type
	// Status is the status of success, 200 when 0.
	Status int
	// Produces is the media type, "application/json" when "".
	Produces string
	// Errors documents the other statuses.
	Errors map[int]string
	// Example is the body of the sample request in the documentation.
	Example string
	// Subject finds the object that the path names. It runs before anyone
	// asks who is calling, as udata's path converters do: an unknown object is
	// a 404 also for a caller who would get a 401.
	Subject func(ctx context.Context, r *Request) error
	// Handle answers.
	Handle func(ctx context.Context, r *Request) (*Response, error)
}

// produces is the media type of the route's answers.
func (r *Route) produces() string {
	if r.Produces == "" {
		return "application/json"
	}
	return r.Produces
}

// Param is a query parameter.
type Param struct {
	Name string
	Type schema.Type
	Doc  string
	// Repeat tells that the parameter may be given several times.
	Repeat  bool
	Default any
}

// PageParams are the parameters of every list.
var PageParams = []Param{
	{Name: "page", Type: schema.Int(), Doc: "The page to fetch, from 1", Default: 1},
	{Name: "page_size", Type: schema.Int(), Doc: "The page size to fetch, at most 10000", Default: 20},
}

// SuggestParams are the parameters of what suggests objects as somebody types.
func SuggestParams(byDefault int) []Param {
	return []Param{
		{Name: "q", Type: schema.Text(), Doc: "What is typed so far; it is needed"},
		{Name: "size", Type: schema.Int(), Doc: "How many to suggest, at most 1000", Default: byDefault},
	}
}
