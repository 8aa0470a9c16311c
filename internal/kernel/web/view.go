package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
)

// View is a page on its way to its reader.
type View struct {
	*http.Request
	Writer http.ResponseWriter
	// Actor is who reads, nil when nobody is signed in.
	Actor *auth.Actor
	Lang  i18n.Lang

	site   *Site
	policy string
}

// Head is what a page tells of itself, beside what it shows.
type Head struct {
	Title, Description string
	// Image is the address of a picture, Canonical that of the page.
	Image, Canonical string
	// OEmbed tells that the page can be embedded.
	OEmbed bool
	// Feed is the address of an Atom feed of what the page lists.
	Feed string
	// JSONLD describes what the page is about, for search engines.
	JSONLD any
	// NoIndex keeps search engines away.
	NoIndex bool
}

// Sheet is what templates get.
type Sheet struct {
	*View
	Data  any
	Parts map[string]template.HTML
}

// frame is what the layout gets.
type frame struct {
	*View
	Head
	Title     string
	Site      string
	Style     string
	Script    string
	Theme     *Theme
	Menu      []Link
	AdminMenu []Link
	Content   template.HTML
	Langs     []choice
	Base      string
	Query     string
}

type choice struct {
	Lang    i18n.Lang
	Name    string
	Link    string
	Current bool
}

// Show answers with a page.
func (v *View) Show(name string, h Head, data any) error {
	return v.show(http.StatusOK, name, h, data, nil)
}

// ShowOf answers with the page of an object, or of a place, with the parts
// that other nouns add to it.
func (v *View) ShowOf(place string, of *Object, name string, h Head, data any) error {
	parts, err := v.Parts(place, of)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, name, h, data, parts)
}

// ShowForm answers with a page whose form was not taken: the status is that
// of what is wrong.
func (v *View) ShowForm(f *Form, name string, h Head, data any) error {
	h.NoIndex = true
	status := http.StatusOK
	if f.Failed() {
		status = http.StatusUnprocessableEntity
	}
	return v.show(status, name, h, data, nil)
}

func (v *View) show(status int, name string, h Head, data any, parts map[string]template.HTML) error {
	content, err := v.execute(name, Sheet{View: v, Data: data, Parts: parts})
	if err != nil {
		return err
	}
	title, err := v.site.Options.Title(v.Context())
	if err != nil {
		return err
	}
	f := frame{
		View: v, Head: h, Title: h.Title, Site: title, Style: staticPath + styleName, Script: staticPath + scriptName, Theme: v.site.Theme,
		Menu: v.site.menu, Content: content, Base: v.site.Base, Query: v.URL.Query().Get("q"),
	}
	if v.Actor.IsSysadmin() {
		f.AdminMenu = v.site.admin
	}
	for _, l := range Langs {
		q := v.URL.Query()
		q.Set(langName, string(l))
		f.Langs = append(f.Langs, choice{l, langNames[l], v.URL.EscapedPath() + "?" + q.Encode(), l == v.Lang})
	}
	page, err := v.execute("layout", f)
	if err != nil {
		return err
	}
	v.headers()
	v.Writer.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.Writer.Header().Set("Content-Length", strconv.Itoa(len(page)))
	v.Writer.WriteHeader(status)
	if v.Method != http.MethodHead {
		_, _ = io.WriteString(v.Writer, string(page)) // a reader who went away
	}
	return nil
}

var langNames = map[i18n.Lang]string{i18n.En: "English", i18n.Fr: "Français"}

// Bare answers with a template alone, which other sites may show in a frame.
func (v *View) Bare(name string, data any) error {
	page, err := v.execute(name, Sheet{View: v, Data: data})
	if err != nil {
		return err
	}
	v.policy = strings.Replace(strings.Replace(v.policy, "frame-ancestors 'none'", "frame-ancestors *", 1), "script-src 'self'; ", "", 1)
	v.headers()
	v.Writer.Header().Del("X-Frame-Options")
	return v.Bytes("text/html; charset=utf-8", []byte(page))
}

// Style is the address of the style sheet.
func (v *View) Style() string { return staticPath + styleName }

// Bytes answers with something that is no page.
func (v *View) Bytes(contentType string, b []byte) error {
	h := v.Writer.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if v.Method != http.MethodHead {
		_, _ = v.Writer.Write(b)
	}
	return nil
}

func (v *View) headers() {
	h := v.Writer.Header()
	h.Set("Content-Security-Policy", v.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Language", string(v.Lang))
}

// Base is where the pages are reached, without a last slash.
func (v *View) Base() string { return v.site.Base }

// Go sends the reader to another page of this portal.
func (v *View) Go(path string) error {
	v.Writer.Header().Set("Cache-Control", "no-store")
	v.Writer.Header().Set("Location", Local(path))
	v.Writer.WriteHeader(http.StatusSeeOther)
	return nil
}

// Back sends the reader to where the form's field "back" says, or to a page
// of choice.
func (v *View) Back(otherwise string) error {
	if back := v.PostFormValue("back"); back != "" {
		return v.Go(back)
	}
	return v.Go(otherwise)
}

// Here is the path and query of the page.
func (v *View) Here() string { return v.URL.RequestURI() }

// Local makes sure that a path stays on this portal: "/" for all that could
// lead away.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// chooseLang picks the language: what the address asks for, which a cookie
// keeps, the person's own, the browser's, the portal's.
func (v *View) chooseLang() {
	if l := known(v.URL.Query().Get(langName)); l != "" {
		if c, err := v.Cookie(langName); err != nil || c.Value != string(l) {
			c := http.Cookie{Name: langName, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: v.site.Secure, SameSite: http.SameSiteLaxMode}
			v.Writer.Header().Set("Set-Cookie", c.String())
		}
		v.Lang = l
		return
	}
	if c, err := v.Cookie(langName); err == nil {
		if l := known(c.Value); l != "" {
			v.Lang = l
			return
		}
	}
	if v.Actor != nil {
		if l := known(v.Actor.Lang); l != "" {
			v.Lang = l
			return
		}
	}
	if l := accepted(v.Header.Get("Accept-Language")); l != "" {
		v.Lang = l
		return
	}
	if v.Lang = known(string(v.site.Lang)); v.Lang == "" {
		v.Lang = i18n.En
	}
}

func known(s string) i18n.Lang {
	if l := i18n.Parse(s); slices.Contains(Langs, l) {
		return l
	}
	return ""
}

// accepted is the language of the pages that an Accept-Language header likes
// best, "" when it names none (RFC 9110, 12.5.4).
func accepted(header string) i18n.Lang {
	best, quality := i18n.Lang(""), 0.0
	for n, part := range strings.SplitN(header, ",", 33) {
		if n == 32 {
			break // no browser asks for that many
		}
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(value, 64); err != nil {
				continue
			}
		}
		if l := known(tag); l != "" && q > quality {
			best, quality = l, q
		}
	}
	return best
}

// readForm reads the form of a POST.
func (v *View) readForm() error {
	err := v.ParseMultipartForm(1 << 20)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil // ParseForm was called
	}
	if err != nil {
		return api.BodyError(err)
	}
	return nil
}

// answer of the API, whole in memory.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// dropped are the headers of a page's request that are not about what the page
// asks the API.
var dropped = []string{
	"Accept", "Accept-Encoding", "Authorization", "Content-Encoding", "Content-Length", "Content-Type", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
	"If-Unmodified-Since", "Range", "X-Api-Key", "X-Csrftoken", "X-Fields",
}

// ask asks the API.
func (v *View) ask(method, path, contentType string, body []byte, more http.Header) (*answer, error) {
	u, err := url.Parse(path)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	if !q.Has(langName) {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += langName + "=" + string(v.Lang)
	}
	r := v.Clone(v.Context())
	r.Method, r.URL, r.RequestURI, r.Form, r.PostForm, r.MultipartForm = method, u, u.RequestURI(), nil, nil, nil
	for _, name := range dropped {
		r.Header.Del(name)
	}
	for name, values := range more {
		r.Header[name] = values
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	a := &answer{header: http.Header{}}
	v.site.API.ServeHTTP(a, r)
	if a.status < 300 {
		return a, nil
	}
	return a, a.err()
}

// err makes an error of an answer.
func (a *answer) err() error {
	e := &errs.Error{Status: a.status, Location: a.header.Get("Location")}
	if e.Location != "" {
		return e
	}
	var body struct {
		Message  string         `json:"message"`
		Errors   map[string]any `json:"errors"`
		Response struct {
			Errors []string            `json:"errors"`
			Fields map[string][]string `json:"field_errors"`
		} `json:"response"`
	}
	_ = json.Unmarshal(a.body.Bytes(), &body) // an answer without JSON says nothing more
	e.Message, e.Fields = body.Message, map[string]string{}
	for name, list := range body.Response.Fields {
		e.Fields[name] = strings.Join(list, " ")
	}
	for name, what := range body.Errors {
		if text, ok := what.(string); ok {
			e.Fields[name] = text
		} else {
			b, _ := json.Marshal(what)
			e.Fields[name] = string(b)
		}
	}
	if n, err := strconv.Atoi(a.header.Get("Retry-After")); err == nil {
		e.RetryAfter = n
	}
	if a.status >= http.StatusInternalServerError {
		return errors.New("the API answers a page: " + e.Message)
	}
	return e
}

// Get asks the API for something and reads the answer. Errors are those of the
// API, their texts in the language of the page.
func (v *View) Get(path string, into any) error {
	a, err := v.ask(http.MethodGet, path, "", nil, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(a.body.Bytes(), into)
}

// Object asks the API for the object that the page's path names by the
// parameter slug: collection is where the API has it, "/api/1/reuses/". An
// earlier slug leads to the page with the current one.
func (v *View) Object(collection string, into any) error {
	slug := v.PathValue("slug")
	err := v.Get(collection+url.PathEscape(slug)+"/", into)
	e := errs.As(err)
	if e == nil || e.Location == "" {
		return err
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(e.Location, collection), "?")
	current := strings.Trim(path, "/")
	to := strings.Replace(v.URL.EscapedPath(), "/"+url.PathEscape(slug), "/"+current, 1)
	if v.URL.RawQuery != "" {
		to += "?" + v.URL.RawQuery
	}
	return errs.Moved(Local(to))
}

// Send writes something by the API: body is JSON, nil for none; into may be
// nil. Cookies that the answer sets go on to the reader.
func (v *View) Send(method, path string, body, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return v.send(method, path, "application/json", text, nil, into)
}

func (v *View) send(method, path, contentType string, body []byte, more http.Header, into any) error {
	a, err := v.ask(method, path, contentType, body, more)
	for _, c := range a.headerOrNil()["Set-Cookie"] {
		v.Writer.Header().Add("Set-Cookie", c)
	}
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(a.body.Bytes(), into)
}

func (a *answer) headerOrNil() http.Header {
	if a == nil {
		return nil
	}
	return a.header
}

// SendForm sends what a form of the browser holds to one of the sign-in
// forms, which want the token of the browser's cookie.
func (v *View) SendForm(path string, body map[string]any) error {
	a, err := v.ask(http.MethodGet, "/get-csrf", "", nil, nil)
	if err != nil {
		return err
	}
	var csrf struct {
		Response struct {
			Token string `json:"csrf_token"`
		} `json:"response"`
	}
	if err := json.Unmarshal(a.body.Bytes(), &csrf); err != nil {
		return err
	}
	more := http.Header{"X-Csrftoken": {csrf.Response.Token}}
	if set := a.header.Get("Set-Cookie"); set != "" { // its first visit: the cookie that the token belongs to
		pair, _, _ := strings.Cut(set, ";")
		more.Set("Cookie", pair)
		v.Writer.Header().Add("Set-Cookie", set)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return v.send(http.MethodPost, path, "application/json", text, more, nil)
}

// SendFile sends the file of the form's field on to the API. sent is false
// when no file was chosen.
func (v *View) SendFile(field, path string) (sent bool, err error) {
	f, head, err := v.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || (err == nil && head.Size == 0 && head.Filename == "") {
		return false, nil
	}
	if err != nil {
		return false, api.BodyError(err)
	}
	defer f.Close()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreatePart(head.Header)
	if err == nil {
		_, err = io.Copy(part, f)
	}
	if err = errors.Join(err, m.Close()); err != nil {
		return false, err
	}
	return true, v.send(http.MethodPost, path, m.FormDataContentType(), b.Bytes(), nil, nil)
}
