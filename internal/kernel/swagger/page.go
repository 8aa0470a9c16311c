package swagger

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// Page returns the documentation of the routes under o.BasePath as one HTML
// page. It needs no script and loads nothing: its only style is inside, and
// styleHash names it to a Content-Security-Policy.
func Page(routes []*api.Route, o Options) []byte {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, newPage(under(routes, o.BasePath), o)); err != nil {
		panic("swagger: " + err.Error()) // the template is part of the binary, and tests run all of it
	}
	return b.Bytes()
}

//go:embed page.html.tmpl
var pageText string

//go:embed style.css
var style string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

type page struct {
	Options
	Style       template.CSS
	Intro       template.HTML
	MaxPageSize int
	Tags        []tagView
	Models      []modelView
	// Total counts the operations.
	Total int
}

type tagView struct {
	Name, Anchor string
	Doc          template.HTML
	Operations   []operationView
}

type operationView struct {
	ID, Method, Class, Summary string
	Path                       template.HTML
	Doc                        template.HTML
	Access                     string
	Params                     []tableView
	Body                       *bodyView
	Success                    successView
	Statuses                   []rowStatus
	Curl, Fetch                string
	// Sample is the body of a success, "" when there is none to show.
	Sample template.HTML
}

// bodyView is what a client sends. Model says where the whole object is
// described, for a JSON body.
type bodyView struct {
	ContentType string
	Model       template.HTML
	Table       tableView
}

type successView struct {
	Code int
	Text string
	Type template.HTML
}

type rowStatus struct {
	Code int
	Doc  template.HTML
}

type modelView struct {
	Name, Anchor string
	Doc          template.HTML
	Table        tableView
}

// tableView lists fields or parameters. Head names the first column.
type tableView struct {
	Caption, Head string
	Rows          []rowView
}

type rowView struct {
	Name     string
	Required bool
	ReadOnly bool
	Type     template.HTML
	Doc      template.HTML
	Enum     []string
	// Default and Example are JSON, "" when there is none.
	Default, Example string
}

func newPage(routes []*api.Route, o Options) *page {
	p := &page{Options: o, Style: template.CSS(style), Intro: paragraphs(o.Description), MaxPageSize: api.MaxPageSize, Total: len(routes)} // our own file
	for _, name := range tags(routes) {
		t := tagView{Name: name, Anchor: anchor("tag", name), Doc: paragraphs(o.Tags[name])}
		for _, r := range routes {
			if r.Tag == name {
				t.Operations = append(t.Operations, newOperationView(r, o))
			}
		}
		p.Tags = append(p.Tags, t)
	}
	models := reached(routes)
	for _, name := range slices.Sorted(maps.Keys(models)) {
		m := models[name]
		p.Models = append(p.Models, modelView{
			Name: name, Anchor: modelAnchor(m), Doc: paragraphs(m.Doc),
			Table: tableView{Caption: "Fields of " + name, Head: "Field", Rows: fieldRows(m.Fields)},
		})
	}
	return p
}

func newOperationView(r *api.Route, o Options) operationView {
	c := newCall(r, o.PublicURL)
	v := operationView{
		ID: r.ID, Method: r.Method, Class: "m-" + strings.ToLower(r.Method), Summary: r.Summary,
		Path: pathHTML(plainPath(r.Path)), Doc: paragraphs(r.Doc), Access: accessNames[r.Access],
		Success: successView{Code: status(r), Text: http.StatusText(status(r))},
		Curl:    c.curl(), Fetch: c.fetch(),
	}
	var path, query []rowView
	for _, name := range pathParams(r.Path) {
		path = append(path, rowView{Name: name, Required: true, Type: "string", Doc: inlineCode(r.PathDoc[name])})
	}
	for _, q := range r.Query {
		row := newRow(q.Name, q.Type, q.Doc)
		if q.Repeat {
			row.Type += ", may be repeated"
		}
		row.Default = jsonText(q.Default)
		query = append(query, row)
	}
	v.addParams("Path parameters", path)
	v.addParams("Query parameters", query)
	if masked(r) {
		v.addParams("Header parameters", []rowView{{Name: "X-Fields", Type: "string (mask)", Doc: `The fields to answer with, see <a href="#doc-masks">masks</a>`}})
	}
	switch {
	case r.Body != nil:
		fields := slices.DeleteFunc(slices.Clone(r.Body.Fields), func(f schema.Field) bool { return f.ReadOnly })
		v.Body = &bodyView{
			ContentType: jsonType, Model: typeHTML(schema.Of(r.Body)),
			Table: tableView{Caption: "Body", Head: "Field", Rows: fieldRows(fields)},
		}
	case r.Form != nil:
		v.Body = &bodyView{
			ContentType: "multipart/form-data",
			Table:       tableView{Caption: "Form", Head: "Field", Rows: fieldRows(r.Form)},
		}
	}
	switch {
	case !answers(r):
		v.Success.Type = "no body"
	case r.Produces != "":
		v.Success.Type = template.HTML("<code>" + html.EscapeString(r.Produces) + "</code>") // escaped
	default:
		v.Success.Type = typeHTML(r.Result)
		if r.Result.Kind != schema.Raw { // {} would teach nothing
			v.Sample = jsonHTML(encode(Sample(r.Result), "  "))
		}
	}
	for _, s := range otherStatuses(r) {
		v.Statuses = append(v.Statuses, rowStatus{s.Code, inlineCode(s.Doc)})
	}
	return v
}

var accessNames = map[api.Access]string{
	api.Anyone:   "Anyone",
	api.SignedIn: "Signed-in people",
	api.Sysadmin: "Sysadmins",
}

func (v *operationView) addParams(caption string, rows []rowView) {
	if len(rows) > 0 {
		v.Params = append(v.Params, tableView{Caption: caption, Head: "Name", Rows: rows})
	}
}

func fieldRows(fields []schema.Field) []rowView {
	var rows []rowView
	for i := range fields {
		f := &fields[i]
		row := newRow(f.Name, f.Type, f.Doc)
		row.Required, row.ReadOnly = f.Required, f.ReadOnly
		row.Example = jsonText(f.Example)
		rows = append(rows, row)
	}
	return rows
}

func newRow(name string, t schema.Type, doc string) rowView {
	row := rowView{Name: name, Type: typeHTML(t), Doc: inlineCode(doc), Enum: t.Enum}
	if t.Kind == schema.Array && t.Items != nil {
		row.Enum = t.Items.Enum
	}
	return row
}

// typeHTML names a type as readers know it, "array of Dataset", and links to
// the models.
func typeHTML(t schema.Type) template.HTML {
	switch {
	case t.Kind == schema.Array && t.Items != nil:
		return "array of " + typeHTML(*t.Items)
	case t.Kind == schema.Object && t.Model != nil:
		return template.HTML(fmt.Sprintf(`<a href="#%s">%s</a>`, modelAnchor(t.Model), html.EscapeString(t.Model.Name))) // escaped
	case t.Enum != nil:
		return "enum"
	case t.Format != "":
		return template.HTML(html.EscapeString(kindNames[t.Kind] + " (" + t.Format + ")")) // escaped
	}
	return template.HTML(kindNames[t.Kind]) // our own words
}

func modelAnchor(m *schema.Model) string { return anchor("model", m.Name) }

var notInAnchor = regexp.MustCompile(`[^a-z0-9]+`)

// anchor makes an id that no operation has: udata's use underscores only.
func anchor(kind, name string) string {
	return kind + "-" + strings.Trim(notInAnchor.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// pathHTML marks the variables of a path, and where it may break on a phone.
func pathHTML(path string) template.HTML {
	s := strings.ReplaceAll(html.EscapeString(path), "/", "/<wbr>")
	return template.HTML(variable.ReplaceAllString(s, "<var>$0</var>")) // escaped
}

func jsonText(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	return cmp.Or(string(b), fmt.Sprint(err))
}

var memberName = regexp.MustCompile(`(?m)^( *)("[^"]*"):`)

// jsonHTML shows indented JSON, with the names of members marked.
func jsonHTML(text []byte) template.HTML {
	s := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.TrimSpace(string(text)))
	return template.HTML(memberName.ReplaceAllString(s, "$1<b>$2</b>:")) // escaped
}
