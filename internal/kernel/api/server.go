package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/mask"
)

// Authenticator says on whose behalf a request is made: nil for nobody,
// errs.Unauthorized when the credentials are wrong.
type Authenticator func(ctx context.Context, r *http.Request) (*auth.Actor, error)

// Server serves a list of routes.
type Server struct {
	// Authenticate is asked once a request.
	Authenticate Authenticator
	// Clock is the time of the requests.
	Clock clock.Clock
	// DefaultLang is used when neither the request nor the person chose one.
	DefaultLang i18n.Lang
	// BodyLimit bounds request bodies in bytes.
	BodyLimit int64
	// DB holds what conditional requests need; without it, their conditions are
	// ignored.
	DB *db.DB
	// Kept holds answers to anonymous reads; nil keeps none.
	Kept *Kept
	// Observe is told of each answer, for the metrics; may be nil.
	Observe func(route *Route, status int, took time.Duration)

	mux    *http.ServeMux
	tree   tree
	paths  []*pathRoutes
	masks  mask.Cache
	routes []*Route
	// heavy has a place for each very large page that may be made at once.
	heavy chan struct{}
	// makes are the paths without parameters that take a POST.
	makes map[string]bool
}

// pathRoutes are the routes of one path, by method.
type pathRoutes struct {
	pattern  string
	segments []string
	byMethod map[string]*Route
}

// NewServer returns a server of the routes. It panics when two routes are
// the same, or one is not complete: that is a programming error.
func NewServer(routes []Route) *Server {
	s := &Server{mux: http.NewServeMux(), makes: map[string]bool{}, heavy: make(chan struct{}, heavyPages)}
	byPath := map[string]*pathRoutes{}
	ids := map[string]string{}
	for i := range routes {
		r := &routes[i]
		check(r, ids)
		p := byPath[r.Path]
		if p == nil {
			p = &pathRoutes{pattern: r.Path, segments: segments(r.Path), byMethod: map[string]*Route{}}
			byPath[r.Path] = p
			s.paths = append(s.paths, p)
		}
		if p.byMethod[r.Method] != nil {
			panic("api: two routes for " + r.Method + " " + r.Path)
		}
		p.byMethod[r.Method] = r
		if r.Method == http.MethodPost && !strings.Contains(r.Path, "{") {
			s.makes[r.Path] = true
		}
		s.routes = append(s.routes, r)
	}
	for _, p := range s.paths {
		s.tree.add(p)
	}
	s.mux.HandleFunc("/", s.dispatch) // the mux cleans paths, the tree finds them
	return s
}

func check(r *Route, ids map[string]string) {
	where := r.Method + " " + r.Path
	switch {
	case r.ID == "" || r.Summary == "" || r.Tag == "":
		panic("api: the route " + where + " lacks an ID, a Tag or a Summary")
	case r.Handle == nil:
		panic("api: the route " + where + " has no handler")
	}
	space := r.ID
	if strings.HasPrefix(r.Path, "/api/2/") {
		space = "2/" + r.ID
	}
	if other, ok := ids[space]; ok {
		panic("api: the operation id " + r.ID + " is used by " + other + " and " + where)
	}
	ids[space] = where
}

// Routes returns the list.
func (s *Server) Routes() []*Route { return s.routes }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.serveHit(w, r) {
		return
	}
	r = identified(w, r)
	// udata redirects a path without its last slash. Clients lose their body
	// or their credentials on the way, so it is served at once – but for a
	// POST to a list: what makes something has one address.
	last := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if last != "" && !strings.Contains(last, ".") && !s.endsWithoutSlash(r.URL.Path) {
		if r.Method == http.MethodPost && s.makes[r.URL.Path+"/"] {
			u := url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, u.String(), http.StatusPermanentRedirect)
			return
		}
		u := *r.URL
		u.Path += "/"
		if u.RawPath != "" {
			u.RawPath += "/"
		}
		r2 := *r
		r2.URL = &u
		r = &r2
	}
	s.mux.ServeHTTP(w, r)
}

// A page of more than heavyPage items may take a hundred megabytes; only
// heavyPages of them are made at a time, the others wait their turn.
const (
	heavyPage  = 500
	heavyPages = 2
)

func isHeavy(rawQuery string) bool {
	_, after, found := strings.Cut(rawQuery, "page_size=")
	if !found {
		return false
	}
	digits, _, _ := strings.Cut(after, "&")
	n, err := strconv.Atoi(digits)
	return err == nil && n > heavyPage
}

// endsWithoutSlash tells whether a route has the path as it stands.
func (s *Server) endsWithoutSlash(path string) bool {
	got := segments(path)
	for _, p := range s.paths {
		if !strings.HasSuffix(p.pattern, "/") && len(p.segments) == len(got) && matches(p.segments, got) {
			return true
		}
	}
	return false
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request, p *pathRoutes) {
	start := time.Now()
	route := s.route(hr, p)
	rec := &recorder{ResponseWriter: w}
	r := &Request{Request: hr, Route: route, path: p, ID: RequestID(hr.Context()), Now: s.Clock(), Lang: s.DefaultLang}
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			slog.ErrorContext(hr.Context(), "a handler panicked", "request", r.ID, "method", hr.Method, "path", hr.URL.Path, "panic", v, "stack", string(debug.Stack()))
			if !rec.wrote {
				s.fail(rec, r, errors.New("panic"))
			}
		}
		if s.Observe != nil {
			s.Observe(route, rec.status, time.Since(start))
		}
	}()
	if route == nil {
		s.fail(rec, r, s.noRoute(rec, hr, p))
		return
	}
	if isHeavy(hr.URL.RawQuery) {
		select {
		case s.heavy <- struct{}{}:
			defer func() { <-s.heavy }()
		case <-hr.Context().Done():
			s.fail(rec, r, hr.Context().Err())
			return
		}
	}
	limit := route.BodyLimit
	if limit == 0 {
		limit = s.BodyLimit
	}
	hr.Body = http.MaxBytesReader(rec, hr.Body, limit)
	r.large = func() {
		if limit > s.BodyLimit {
			allowTime(rec, start)
		}
	}
	if route.Method == http.MethodGet && s.serveKept(rec, r) {
		return
	}
	res, err := s.answer(hr.Context(), r)
	if err != nil {
		s.fail(rec, r, err)
		return
	}
	s.send(rec, r, res)
}

// route picks the path's route for the method; HEAD is GET without its body.
// A fixed path that does not know the method gives way to a pattern that
// does, as in udata: DELETE /reuses/topics/ is about a reuse called "topics".
func (s *Server) route(r *http.Request, p *pathRoutes) *Route {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if p == nil {
		return nil
	}
	if route := p.byMethod[method]; route != nil {
		return route
	}
	got := segments(r.URL.EscapedPath()) // an encoded slash separates nothing
	for i := range got {
		got[i], _ = url.PathUnescape(got[i]) // net/http has seen to it that it is one
	}
	for _, other := range s.paths {
		route := other.byMethod[method]
		if route == nil || other == p || len(other.segments) != len(got) {
			continue
		}
		if matches(other.segments, got) {
			for i, seg := range other.segments {
				if text, name, ok := wildcard(seg); ok {
					r.SetPathValue(name, strings.TrimPrefix(got[i], text))
				}
			}
			return route
		}
	}
	return nil
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// wildcard takes a segment of a pattern apart that is a parameter, or ends
// with one: "{dataset}", "rdf.{format}".
func wildcard(segment string) (text, name string, ok bool) {
	text, name, ok = strings.Cut(segment, "{")
	if !ok || !strings.HasSuffix(name, "}") {
		return "", "", false
	}
	return text, strings.TrimSuffix(name, "}"), true
}

func matches(pattern, got []string) bool {
	for i, seg := range pattern {
		text, _, ok := wildcard(seg)
		switch {
		case !ok && seg != got[i], ok && text != "" && (len(got[i]) == len(text) || !strings.HasPrefix(got[i], text)):
			return false
		}
	}
	return true
}

// noRoute is the answer where no route fits: 404 to those who read, 405 to
// those who would change something, as in udata.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request, p *pathRoutes) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || (p == nil && !strings.HasPrefix(r.URL.Path, "/api/")) {
		return errs.NotFound()
	}
	w.Header().Set("Allow", allow(p))
	return errs.New(http.StatusMethodNotAllowed, "The method is not allowed for the requested URL.")
}

func allow(p *pathRoutes) string {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodOptions}
	if p != nil {
		for m := range p.byMethod {
			if !slices.Contains(methods, m) {
				methods = append(methods, m)
			}
		}
		slices.Sort(methods)
	}
	return strings.Join(methods, ", ")
}

// Allow returns the Allow header of a path, and whether any route has it.
func (s *Server) Allow(path string) (string, bool) {
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	got := segments(path)
	for _, p := range s.paths {
		if len(p.segments) == len(got) && matches(p.segments, got) {
			return allow(p), true
		}
	}
	return allow(nil), false
}

// answer runs a route: subject, caller, gate, handler.
func (s *Server) answer(ctx context.Context, r *Request) (*Response, error) {
	if path := r.URL.Path; !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
		return nil, errs.NotFound() // nothing is called so, and PostgreSQL refuses to be asked
	}
	query, err := ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	r.Query = query
	asked := i18n.Lang("")
	if v, ok := query.Get("lang"); ok {
		asked = i18n.Parse(v) // a language that there is not is as none
	}
	if asked != "" {
		r.Lang = asked
	}
	if r.Route.Subject != nil {
		if err := r.Route.Subject(ctx, r); err != nil {
			return nil, err
		}
	}
	if r.Actor, err = s.Authenticate(ctx, r.Request); err != nil {
		return nil, err
	}
	if asked == "" && r.Actor != nil {
		if l := i18n.Parse(r.Actor.Lang); l != "" {
			r.Lang = l
		}
	}
	switch r.Route.Access {
	case Anyone:
	case Sysadmin:
		if r.Actor.Anonymous() {
			return nil, errs.Unauthorized("")
		}
		if !r.Actor.IsSysadmin() {
			return nil, errs.Forbidden()
		}
	default:
		if r.Actor.Anonymous() {
			return nil, errs.Unauthorized("")
		}
	}
	if err := s.compileMask(r); err != nil {
		return nil, err
	}
	r.large()
	return s.carryOut(auth.With(ctx, r.Actor), r)
}

// compileMask reads the request's mask. One that cannot be read is refused
// before anything is done.
func (s *Server) compileMask(r *Request) (err error) {
	text := r.Header.Get("X-Fields")
	if text == "" || r.Route.Produces != "" {
		return nil
	}
	result := r.Route.Result
	if r.Route.ResultFor != nil {
		result = r.Route.ResultFor(r)
	}
	if r.mask, err = s.masks.Get(text, result, r.Route.Method+" "+r.Route.Path); err != nil {
		return err
	}
	// A mask that keeps everything is nil, as is one without meaning.
	r.asks = r.mask != nil || strings.Contains(text, "*")
	return nil
}

// carryOut runs the handler, under the conditions that the request makes.
func (s *Server) carryOut(ctx context.Context, r *Request) (*Response, error) {
	switch r.Route.Method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		if tags := r.Header["If-Match"]; len(tags) > 0 && s.DB != nil {
			return s.ifMatch(ctx, r, tags)
		}
	case http.MethodPost:
		if key := r.Header.Get("Idempotency-Key"); key != "" && s.DB != nil && !r.Actor.Anonymous() {
			return s.once(ctx, r, key)
		}
	}
	return r.Route.Handle(ctx, r)
}

// largeBody is how long a request may take whose route takes large bodies: 4
// GiB at 10 Mbit/s.
const largeBody = time.Hour

// allowTime lets a request go on for longer than the server allows others.
// It is called when the caller is known, so that strangers get no more time.
func allowTime(w http.ResponseWriter, start time.Time) {
	c := http.NewResponseController(w)
	// Where it is not supported, in tests, nothing runs out.
	_ = c.SetReadDeadline(start.Add(largeBody))
	_ = c.SetWriteDeadline(start.Add(largeBody + time.Minute))
}

func (s *Server) send(w http.ResponseWriter, r *Request, res *Response) {
	if res.Stream != nil {
		s.stream(w, r, res)
		return
	}
	body := r.masked(res.Body)
	h := w.Header()
	if r.Route.Method == http.MethodGet {
		h["Cache-Control"] = cacheControl(r)
	}
	for k, v := range res.Header {
		h[k] = v
	}
	status := s.status(r, res)
	if status == http.StatusOK && r.Route.Method == http.MethodGet && len(h["Etag"]) == 0 {
		tag := entityTag(body)
		h["Etag"] = []string{quoteTag(tag, identity)}
		if e, ok := matching(r.Header["If-None-Match"], tag, false); ok {
			h["Etag"] = []string{quoteTag(tag, e)}
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if len(body) > 0 {
		if h.Get("Content-Type") == "" {
			h.Set("Content-Type", r.Route.produces())
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead && status != http.StatusNoContent {
		_, _ = w.Write(body) // the client may be gone; there is nobody to tell
	}
}

// status is that of an answer: its own, or the route's.
func (s *Server) status(r *Request, res *Response) int {
	switch {
	case res.Status != 0:
		return res.Status
	case r.Route.Status != 0:
		return r.Route.Status
	default:
		return http.StatusOK
	}
}

// fail writes an error. What is no errs.Error is internal: it is logged and
// answered with 500.
func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	e := errs.As(err)
	if e == nil {
		if r.Context().Err() != nil {
			// The client went away; the answer is for the log alone.
			e = errs.New(499, "The client closed the connection.")
		} else {
			slog.ErrorContext(r.Context(), "a request failed", "request", r.ID, "method", r.Method, "path", r.URL.Path, "error", err)
			e = errs.New(http.StatusInternalServerError, "Internal Server Error")
		}
	}
	h := w.Header()
	if r.Route == nil || r.Route.Method == http.MethodGet {
		h["Cache-Control"] = cacheControl(r) // what is not there may come, and a redirect may end
	}
	if e.Location != "" {
		location := e.Location
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		h.Set("Location", location)
		w.WriteHeader(e.Status)
		return
	}
	if e.Status == http.StatusUnauthorized {
		challenge := `Bearer realm="uData"`
		if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
			challenge += `, error="invalid_token"` // RFC 6750, 3.1
		}
		h.Set("WWW-Authenticate", challenge)
	}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	message, fields := e.In(r.Lang.T)
	body := map[string]any{"message": message}
	if fields != nil {
		body["errors"] = fields
	}
	if e.Nested != nil {
		all := maps.Clone(e.Nested)
		for name, text := range e.Fields {
			all[name] = text
		}
		body["errors"] = all
	}
	if e.Status >= 500 {
		body["request_id"] = r.ID
	}
	if r.Route == nil && e.Status == http.StatusNotFound {
		body["error"], body["status"] = e.Message, e.Status // as udata says it outside of its routes
	}
	b, _ := json.Marshal(body)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(e.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.wrote, r.status = true, status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if !r.wrote {
		r.wrote, r.status = true, http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
