package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
)

// Page is one page, or what one form is sent to.
type Page struct {
	// Method is GET or POST.
	Method string
	// Path is a pattern of http.ServeMux without method and last slash.
	Path string
	// SignedIn asks who is not signed in to do so first, Sysadmin answers 403
	// to all but those.
	SignedIn, Sysadmin bool
	// BodyLimit bounds a form in bytes; 0 is formLimit.
	BodyLimit int64
	Handle    func(v *View) error
}

// Part is what a noun shows on the pages of another.
type Part struct {
	// Place is the class whose pages have it, or the name of a page: "home",
	// "me".
	Place string
	// Slot is where on the page: "main", "side", "actions".
	Slot string
	// Order sorts the parts of a slot.
	Order int
	// Show returns a template and its data, "" to show nothing. of is the
	// object whose page it is, nil on a page without.
	Show func(v *View, of *Object) (name string, data any, err error)
}

// Pages are what a noun adds.
type Pages struct {
	// Name is the prefix of the templates: "reuse" makes pages/list.html
	// "reuse/list".
	Name      string
	Templates fs.FS
	// Funcs are the noun's own functions in templates.
	Funcs template.FuncMap
	Pages []Page
	Parts []Part
	// Menu leads to the noun from every page, Admin from those of sysadmins.
	Menu, Admin []Link
}

// Link is an entry of a menu; Label is an English message.
type Link struct{ Path, Label string }

// Options are what the shell is told.
type Options struct {
	// Title is the portal's name.
	Title func(ctx context.Context) (string, error)
	// Base is where the pages are reached, without a last slash.
	Base string
	// Lang is the portal's language.
	Lang i18n.Lang
	// Authenticate says who asks.
	Authenticate api.Authenticator
	// API answers what pages ask for.
	API http.Handler
	// Protection knows which sites may send forms.
	Protection *http.CrossOriginProtection
	// Theme is what the operator changed.
	Theme *Theme
	// Secure tells that the cookies go over https alone.
	Secure bool
}

const (
	formLimit = 1 << 20
	langName  = "lang"
)

// Site serves pages.
type Site struct {
	Options
	mux       *http.ServeMux
	templates map[i18n.Lang]*template.Template
	parts     map[string][]Part
	menu      []Link
	admin     []Link
	pages     []Page
}

// Langs are the languages of the pages.
var Langs = []i18n.Lang{i18n.En, i18n.Fr}

// New returns the site of the nouns' pages. It panics when a template cannot
// be read, which a test sees.
func New(o Options, nouns ...Pages) *Site {
	s := &Site{Options: o, mux: http.NewServeMux(), templates: parse(nouns), parts: map[string][]Part{}}
	if s.Theme == nil {
		s.Theme = &Theme{}
	}
	if s.Protection == nil {
		s.Protection = http.NewCrossOriginProtection()
	}
	for _, n := range nouns {
		for _, p := range n.Pages {
			s.add(p)
		}
		for _, p := range n.Parts {
			s.parts[p.Place] = append(s.parts[p.Place], p)
		}
		s.menu, s.admin = append(s.menu, n.Menu...), append(s.admin, n.Admin...)
	}
	for _, list := range s.parts {
		slices.SortStableFunc(list, func(a, b Part) int { return a.Order - b.Order })
	}
	s.mux.HandleFunc("GET "+staticPath+"{file}", s.static)
	return s
}

// Pages returns all pages.
func (s *Site) Pages() []Page { return s.pages }

func (s *Site) add(p Page) {
	s.pages = append(s.pages, p)
	path := p.Path
	if path == "/" {
		path = "/{$}"
	}
	s.mux.HandleFunc(p.Method+" "+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, &p) })
	if p.Method == http.MethodGet && p.Path != "/" {
		s.mux.HandleFunc("GET "+path+"/{$}", func(w http.ResponseWriter, r *http.Request) {
			u := url.URL{Path: "/" + strings.Trim(r.URL.Path, "/"), RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
		})
	}
}

// Serves tells whether the request is for a page. Paths that a program posts
// JSON to (/login/) are pages only to a browser's forms.
func (s *Site) Serves(r *http.Request) bool {
	if r.Method == http.MethodPost {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" {
			return false
		}
	}
	_, pattern := s.mux.Handler(r)
	return pattern != ""
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// NotFound is the page of a path that nobody knows.
func (s *Site) NotFound(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, &Page{Method: http.MethodGet, Handle: func(*View) error { return errs.NotFound() }})
}

type askerKey struct{}

// Asker returns who was found to ask for a page, for the API's requests that
// the page makes.
func Asker(ctx context.Context) (actor *auth.Actor, known bool) {
	v, ok := ctx.Value(askerKey{}).(*View)
	if !ok {
		return nil, false
	}
	return v.Actor, true
}

func (s *Site) serve(w http.ResponseWriter, r *http.Request, p *Page) {
	v := &View{Request: r, Writer: w, site: s, policy: policy}
	err := s.answer(v, p)
	if err == nil {
		return
	}
	if err := v.fail(err); err != nil {
		slog.ErrorContext(r.Context(), "an error page failed", "request", api.RequestID(r.Context()), "path", r.URL.Path, "error", err)
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
	}
}

func (s *Site) answer(v *View, p *Page) (err error) {
	v.chooseLang()
	if r := v.Request; r.Method == http.MethodPost {
		if err := s.Protection.Check(r); err != nil {
			return errs.New(http.StatusForbidden, "This request comes from another site.")
		}
		limit := p.BodyLimit
		if limit == 0 {
			limit = formLimit
		}
		r.Body = http.MaxBytesReader(v.Writer, r.Body, limit)
	}
	if v.Actor, err = s.Authenticate(v.Context(), v.Request); err != nil {
		return err
	}
	v.Request = v.WithContext(context.WithValue(v.Context(), askerKey{}, v))
	v.chooseLang() // now with the person's own
	switch {
	case (p.SignedIn || p.Sysadmin) && v.Actor.Anonymous():
		if v.Method != http.MethodGet {
			return v.Go("/login")
		}
		return v.Go("/login?next=" + url.QueryEscape(v.URL.RequestURI()))
	case p.Sysadmin && !v.Actor.IsSysadmin():
		return errs.Forbidden()
	}
	if v.Method == http.MethodPost {
		if err := v.readForm(); err != nil {
			return err
		}
	}
	return p.Handle(v)
}

// policy is the Content-Security-Policy of the pages: nothing but what the
// portal itself serves, and pictures.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// execute runs a template.
func (v *View) execute(name string, data any) (template.HTML, error) {
	t := v.site.templates[v.Lang].Lookup(name)
	if t == nil {
		return "", fmt.Errorf("web: there is no template %q", name)
	}
	var b bytes.Buffer
	err := t.Execute(&b, data)
	return template.HTML(b.String()), err //nolint:gosec // what the template escaped
}

// Parts runs the parts of a place, by slot.
func (v *View) Parts(place string, of *Object) (map[string]template.HTML, error) {
	out := map[string]template.HTML{}
	for _, p := range v.site.parts[place] {
		name, data, err := p.Show(v, of)
		if err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		html, err := v.execute(name, Sheet{View: v, Data: data})
		if err != nil {
			return nil, err
		}
		out[p.Slot] += html
	}
	return out, nil
}

// fail shows an error.
func (v *View) fail(err error) error {
	e := errs.As(err)
	if e == nil {
		if v.Context().Err() != nil {
			return nil // the reader went away
		}
		slog.ErrorContext(v.Context(), "a page failed", "request", api.RequestID(v.Context()), "path", v.URL.Path, "error", err)
		e = errs.New(http.StatusInternalServerError, "Internal Server Error")
	}
	if e.Location != "" {
		v.Writer.Header().Set("Location", e.Location)
		v.Writer.WriteHeader(e.Status)
		return nil
	}
	if e.Status == http.StatusUnauthorized && v.Method == http.MethodGet {
		return v.Go("/login?next=" + url.QueryEscape(v.URL.RequestURI()))
	}
	if e.RetryAfter > 0 {
		v.Writer.Header().Set("Retry-After", fmt.Sprint(e.RetryAfter))
	}
	message, _ := e.In(v.Lang.T)
	page := map[string]any{"Status": e.Status, "Message": message, "ID": ""}
	switch {
	case e.Status == http.StatusNotFound:
		page["Title"], page["Message"] = v.Lang.T("There is nothing here"), v.Lang.T("The address may be mistyped, or what was here is not for everybody.")
	case e.Status == http.StatusGone:
		page["Title"], page["Message"] = v.Lang.T("This was deleted"), v.Lang.T("It was on this portal once and is no more.")
	case e.Status == http.StatusForbidden:
		page["Title"] = v.Lang.T("This is not yours to do")
	case e.Status >= http.StatusInternalServerError:
		page["Title"], page["Message"] = v.Lang.T("Something went wrong"), v.Lang.T("It is our fault, not yours. Please try again in a moment.")
		page["ID"] = api.RequestID(v.Context())
	default:
		page["Title"] = v.Lang.T("This did not work")
	}
	return v.show(e.Status, "error", Head{Title: page["Title"].(string), NoIndex: true}, page, nil)
}
