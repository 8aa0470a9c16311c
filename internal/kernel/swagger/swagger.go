// Package swagger documents a list of routes: for programs as a Swagger 2.0
// document, for people as an HTML page. Both are made of the routes alone, so
// that neither can say what the server does not do.
package swagger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// Options is what the routes do not know about their API.
type Options struct {
	// Title names the API, "Open data API".
	Title string
	// Description says what it is for, in Markdown.
	Description string
	// Version is the version of the API, not of the program.
	Version string
	// BasePath is the common beginning of the paths to document, "/api/1". The
	// routes outside of it are left out.
	BasePath string
	// PublicURL is the beginning of the addresses in the sample requests,
	// "https://portal.example". The Swagger document does not name it: a document
	// without a host speaks of the host that serves it.
	PublicURL string
	// Tags describes the tags by name, in Markdown.
	Tags map[string]string
}

// Document returns the routes under o.BasePath as a Swagger 2.0 document in
// JSON. The same routes give the same bytes. It panics when two models share
// a name and differ, or a route can't be described: these are programming
// errors.
func Document(routes []*api.Route, o Options) []byte {
	routes = under(routes, o.BasePath)
	models := reached(routes)
	doc := document{
		Swagger:  "2.0",
		Info:     info{Title: o.Title, Description: o.Description, Version: o.Version},
		BasePath: o.BasePath,
		Consumes: []string{jsonType},
		Produces: []string{jsonType},
		Paths:    map[string]map[string]*operation{},
		SecurityDefinitions: map[string]securityScheme{
			"apikey": {Type: "apiKey", In: "header", Name: "X-API-KEY", Description: "The API token of a person"},
		},
		Definitions: map[string]*node{},
	}
	for _, name := range tags(routes) {
		doc.Tags = append(doc.Tags, tag{Name: name, Description: o.Tags[name]})
	}
	for _, r := range routes {
		path := plainPath(strings.TrimPrefix(r.Path, o.BasePath))
		if doc.Paths[path] == nil {
			doc.Paths[path] = map[string]*operation{}
		}
		doc.Paths[path][strings.ToLower(r.Method)] = newOperation(r)
	}
	for name, m := range models {
		doc.Definitions[name] = definition(m)
	}
	return encode(doc, " ")
}

const jsonType = "application/json"

// The objects of a Swagger document, as far as we use them:
// https://swagger.io/specification/v2/.
type (
	document struct {
		Swagger             string                           `json:"swagger"`
		Info                info                             `json:"info"`
		BasePath            string                           `json:"basePath"`
		Consumes            []string                         `json:"consumes"`
		Produces            []string                         `json:"produces"`
		Tags                []tag                            `json:"tags,omitempty"`
		SecurityDefinitions map[string]securityScheme        `json:"securityDefinitions"`
		Paths               map[string]map[string]*operation `json:"paths"`
		Definitions         map[string]*node                 `json:"definitions"`
	}
	info struct {
		Title       string `json:"title"`
		Description string `json:"description,omitempty"`
		Version     string `json:"version"`
	}
	tag struct {
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
	}
	securityScheme struct {
		Type        string `json:"type"`
		Description string `json:"description,omitempty"`
		In          string `json:"in"`
		Name        string `json:"name"`
	}
	operation struct {
		OperationID string                `json:"operationId"`
		Summary     string                `json:"summary,omitempty"`
		Description string                `json:"description,omitempty"`
		Tags        []string              `json:"tags"`
		Consumes    []string              `json:"consumes,omitempty"`
		Produces    []string              `json:"produces,omitempty"`
		Parameters  []*parameter          `json:"parameters,omitempty"`
		Responses   map[string]response   `json:"responses"`
		Security    []map[string][]string `json:"security,omitempty"`
	}
	parameter struct {
		Name             string `json:"name"`
		In               string `json:"in"`
		Description      string `json:"description,omitempty"`
		Required         bool   `json:"required,omitempty"`
		CollectionFormat string `json:"collectionFormat,omitempty"`
		Default          any    `json:"default,omitempty"`
		Schema           *node  `json:"schema,omitempty"`
		// The type, of all but a body; nil there.
		*node
	}
	response struct {
		Description string `json:"description"`
		Schema      *node  `json:"schema,omitempty"`
	}
)

func newOperation(r *api.Route) *operation {
	if r.Body != nil && r.Form != nil {
		panic("swagger: the route " + r.ID + " has both a JSON body and a form")
	}
	op := &operation{
		OperationID: r.ID,
		Summary:     r.Summary,
		Description: r.Doc,
		Tags:        []string{r.Tag},
		Responses:   map[string]response{},
	}
	for _, name := range pathParams(r.Path) {
		op.Parameters = append(op.Parameters, &parameter{
			Name: name, In: "path", Required: true, Description: r.PathDoc[name], node: &node{Type: "string"},
		})
	}
	for _, p := range r.Query {
		op.Parameters = append(op.Parameters, inline("query", p.Name, p.Doc, p.Type, p.Repeat, p.Default))
	}
	for _, f := range r.Form {
		p := inline("formData", f.Name, f.Doc, f.Type, f.Type.Kind == schema.Array, nil)
		p.Required = f.Required
		op.Parameters = append(op.Parameters, p)
	}
	if r.Body != nil {
		op.Parameters = append(op.Parameters, &parameter{Name: "payload", In: "body", Required: true, Schema: ref(r.Body)})
	}
	if masked(r) {
		op.Parameters = append(op.Parameters, &parameter{
			Name: "X-Fields", In: "header", Description: "An optional fields mask", node: &node{Type: "string", Format: "mask"},
		})
	}
	if r.Form != nil {
		op.Consumes = []string{"multipart/form-data"}
	}
	if r.Produces != "" {
		op.Produces = []string{r.Produces}
	}
	if r.Access != api.Anyone {
		op.Security = []map[string][]string{{"apikey": {}}}
	}
	success := response{Description: "Success"}
	switch {
	case !answers(r):
	case r.Produces != "":
		success.Schema = &node{Type: "file"}
	default:
		success.Schema = describe(r.Result)
	}
	op.Responses[strconv.Itoa(status(r))] = success
	for _, s := range otherStatuses(r) {
		res := response{Description: s.Doc}
		switch {
		case s.Code >= 400:
			res.Schema = ref(errorModel)
		case s.Code < 300: // another success, "it was there already"
			res.Schema = success.Schema
		}
		op.Responses[strconv.Itoa(s.Code)] = res
	}
	return op
}

// inline describes a parameter outside of the body, where Swagger knows no
// objects: these are strings.
func inline(in, name, doc string, t schema.Type, repeat bool, byDefault any) *parameter {
	p := &parameter{Name: name, In: in, Description: doc, Default: byDefault}
	one := t
	if t.Kind == schema.Array && t.Items != nil {
		one = *t.Items
	}
	n := describe(one)
	switch one.Kind {
	case schema.Object, schema.Raw, schema.Array:
		n = &node{Type: "string"}
	case schema.File:
		n = &node{Type: "file"}
		repeat = false // Swagger 2.0 knows no list of files
	}
	switch {
	case repeat:
		n, p.CollectionFormat = &node{Type: "array", Items: n}, "multi"
	case t.Kind == schema.Array:
		n, p.CollectionFormat = &node{Type: "array", Items: n}, "csv"
	}
	p.node = n
	return p
}

// under returns the routes below a path, ordered by tag as the list is, then
// by path and method.
func under(routes []*api.Route, base string) []*api.Route {
	var out []*api.Route
	for _, r := range routes {
		if strings.HasPrefix(r.Path, base+"/") {
			out = append(out, r)
		}
	}
	order := tags(out)
	slices.SortStableFunc(out, func(a, b *api.Route) int {
		if n := slices.Index(order, a.Tag) - slices.Index(order, b.Tag); n != 0 {
			return n
		}
		if n := strings.Compare(a.Path, b.Path); n != 0 {
			return n
		}
		return slices.Index(methods, a.Method) - slices.Index(methods, b.Method)
	})
	return out
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// tags lists the tags in the order of their first route.
func tags(routes []*api.Route) []string {
	var out []string
	for _, r := range routes {
		if !slices.Contains(out, r.Tag) {
			out = append(out, r.Tag)
		}
	}
	return out
}

// plainPath takes what only the mux understands out of a pattern.
func plainPath(pattern string) string {
	return strings.ReplaceAll(strings.TrimSuffix(pattern, "{$}"), "...}", "}")
}

func pathParams(pattern string) []string {
	var names []string
	for seg := range strings.SplitSeq(plainPath(pattern), "/") {
		// A parameter may stand behind a fixed text: "rdf.{format}".
		if _, name, ok := strings.Cut(seg, "{"); ok && strings.HasSuffix(name, "}") {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func status(r *api.Route) int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

// answers tells whether a success has a body.
func answers(r *api.Route) bool {
	if s := status(r); s == http.StatusNoContent || (s >= 300 && s < 400) {
		return false
	}
	return r.Produces != "" || described(r.Result)
}

// described tells a type that a route gave from the zero one, which it left.
// No route answers with a mere string, so nothing is lost.
func described(t schema.Type) bool {
	return t.Kind != schema.String || t.Format != "" || t.Enum != nil
}

// masked tells whether X-Fields has something to choose from.
func masked(r *api.Route) bool {
	if !answers(r) || r.Produces != "" {
		return false
	}
	t := r.Result
	for t.Kind == schema.Array && t.Items != nil {
		t = *t.Items
	}
	return t.Kind == schema.Object || t.Kind == schema.Raw
}

// statusDoc is a status and what it means.
type statusDoc struct {
	Code int
	Doc  string
}

// otherStatuses are the route's errors and those of the gate, by number.
func otherStatuses(r *api.Route) []statusDoc {
	docs := map[int]string{}
	if r.Access != api.Anyone {
		docs[http.StatusUnauthorized] = "Nobody is signed in, or the API token is not valid"
	}
	if r.Access == api.Sysadmin {
		docs[http.StatusForbidden] = "The caller is not a sysadmin"
	}
	for code, doc := range r.Errors {
		docs[code] = doc
	}
	out := make([]statusDoc, 0, len(docs))
	for code, doc := range docs {
		if code == status(r) {
			panic(fmt.Sprintf("swagger: the route %s documents its success, %d, as an error", r.ID, code))
		}
		if doc == "" {
			doc = http.StatusText(code)
		}
		out = append(out, statusDoc{code, doc})
	}
	slices.SortFunc(out, func(a, b statusDoc) int { return a.Code - b.Code })
	return out
}

// encode writes v as JSON for readers: indented, and without the escapes that
// encoding/json makes for the sake of HTML.
func encode(v any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic("swagger: " + err.Error()) // an Example or a Default that is no JSON
	}
	return b.Bytes()
}
