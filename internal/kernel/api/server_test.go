package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/schema"
)

// says is a handler that answers with a text.
func says(text string) func(context.Context, *api.Request) (*api.Response, error) {
	return func(context.Context, *api.Request) (*api.Response, error) {
		return &api.Response{Body: []byte(text)}, nil
	}
}

func fails(err error) func(context.Context, *api.Request) (*api.Response, error) {
	return func(context.Context, *api.Request) (*api.Response, error) { return nil, err }
}

var pairModel = &schema.Model{Name: "Pair", Fields: []schema.Field{{Name: "a", Type: schema.Int()}, {Name: "b", Type: schema.Int()}}}

// route is a route of everybody's.
func route(method, path string, handle func(context.Context, *api.Request) (*api.Response, error)) api.Route {
	return api.Route{
		Method: method, Path: path, ID: method + path, Tag: "tests", Summary: "A route of the tests", Access: api.Anyone,
		Result: schema.Of(pairModel), Handle: handle,
	}
}

// portal serves routes as the program does. The token "root" is a sysadmin's,
// "ada" a person's, all others nobody's.
func portal(routes ...api.Route) (*api.Server, http.Handler) {
	s := api.NewServer(routes)
	s.Clock, s.BodyLimit, s.DefaultLang = clock.Fixed(time.Unix(0, 0)), 16, "en"
	s.Authenticate = func(_ context.Context, r *http.Request) (*auth.Actor, error) {
		switch token := r.Header.Get("X-API-KEY"); token {
		case "":
			return nil, nil // nobody asks
		case "root", "ada":
			return &auth.Actor{ID: token, Sysadmin: token == "root", Lang: "fr"}, nil
		}
		return nil, errs.Unauthorized("Invalid API token")
	}
	return s, api.Identify(api.CORS([]string{"https://front.example"}, s, s))
}

// ask sends a request; header are pairs of names and values.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// quiet keeps what a test provokes out of the log.
func quiet(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

// TestPanic: a handler that panics is a 500 that names the request, and the
// server goes on.
func TestPanic(t *testing.T) {
	log := quiet(t)
	var observed []string
	s, h := portal(
		route("GET", "/api/1/panic/", func(context.Context, *api.Request) (*api.Response, error) { panic("secret of the inside") }),
		route("GET", "/api/1/subject/", says(`{}`)),
		route("GET", "/api/1/fine/", says(`{"a":1}`)),
	)
	s.Observe = func(r *api.Route, status int, _ time.Duration) {
		observed = append(observed, fmt.Sprint(r.Path, " ", status))
	}
	s.Routes()[1].Subject = func(context.Context, *api.Request) error { panic(errors.New("secret of the inside")) }
	for _, path := range []string{"/api/1/panic/", "/api/1/subject/"} {
		got := ask(h, "GET", path, "", "X-Request-Id", "the-request")
		var body map[string]string
		if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		if got.Code != 500 || body["request_id"] != "the-request" || body["message"] != "Internal Server Error" || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
		if strings.Contains(got.Body.String(), "secret") {
			t.Errorf("the inside is told: %s", got.Body)
		}
	}
	if text := log.String(); !strings.Contains(text, "secret of the inside") || !strings.Contains(text, "the-request") || !strings.Contains(text, "server_test.go") {
		t.Errorf("the log holds %s", text)
	}
	if got := ask(h, "GET", "/api/1/fine/", ""); got.Code != 200 || got.Body.String() != `{"a":1}` {
		t.Errorf("afterwards: %d %s", got.Code, got.Body)
	}
	if got := strings.Join(observed, ", "); got != "/api/1/panic/ 500, /api/1/subject/ 500, /api/1/fine/ 200" {
		t.Errorf("the metrics saw %s", got)
	}
	_, h = portal(route("GET", "/api/1/abort/", func(context.Context, *api.Request) (*api.Response, error) { panic(http.ErrAbortHandler) }))
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("the abort became %v", v)
		}
	}()
	ask(h, "GET", "/api/1/abort/", "")
}

// TestErrors: what each kind of error looks like.
func TestErrors(t *testing.T) {
	log := quiet(t)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		err    error
		status int
		body   string
		header [2]string
	}{
		{errs.BadRequest("No %s", "good"), 400, `{"message":"No good"}`, [2]string{}},
		{errs.Field("title", "Too %d", 1), 400, `{"errors":{"title":"Too 1"},"message":"Too 1"}`, [2]string{}},
		{errs.Query("page", "Bad"), 400, `{"errors":{"page":"Bad"},"message":"Input payload validation failed"}`, [2]string{}},
		{errs.Unauthorized("Who?"), 401, `{"message":"Who?"}`, [2]string{"Www-Authenticate", `Bearer realm="uData"`}},
		{errs.Forbidden(), 403, `{"message":"You do not have the permission to modify that object."}`, [2]string{}},
		{errs.Gone("Gone 100%"), 410, `{"message":"Gone 100%"}`, [2]string{}},
		{&errs.Error{Status: 503, Message: "Later", RetryAfter: 7}, 503, `{"message":"Later","request_id":"the-request"}`, [2]string{"Retry-After", "7"}},
		{errs.Moved("/elsewhere/"), 308, ``, [2]string{"Location", "/elsewhere/?a=%2F"}},
		{fmt.Errorf("wrapped: %w", errs.BadRequest("Bad")), 400, `{"message":"Bad"}`, [2]string{}},
		{fmt.Errorf("secret: %w", &pgconn.PgError{Code: "57P01"}), 503, `{"message":"The portal can't answer for the moment. Try again in a few seconds.","request_id":"the-request"}`, [2]string{"Retry-After", "3"}},
		{errors.New("secret"), 500, `{"message":"Internal Server Error","request_id":"the-request"}`, [2]string{}},
		{context.Canceled, 500, `{"message":"Internal Server Error","request_id":"the-request"}`, [2]string{}},
	} {
		_, h := portal(route("GET", "/api/1/x/", fails(c.err)))
		got := ask(h, "GET", "/api/1/x/?a=%2F", "", "X-Request-Id", "the-request")
		if got.Code != c.status || got.Body.String() != c.body || got.Header().Get(c.header[0]) != c.header[1] {
			t.Errorf("%v: %d %s %v", c.err, got.Code, got.Body, got.Header())
		}
	}
	if !strings.Contains(log.String(), "secret") {
		t.Error("an internal error is not logged")
	}
	// The client went away: nobody reads the answer, and it is no fault of ours.
	_, h := portal(route("GET", "/api/1/x/", fails(context.Canceled)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(cancelled, "GET", "/api/1/x/", nil))
	if w.Code != 499 {
		t.Errorf("to nobody: %d", w.Code)
	}
}

// TestGate: who passes, and in which order the questions are asked.
func TestGate(t *testing.T) {
	closed := route("GET", "/api/1/closed/", says("{}"))
	closed.Access = api.SignedIn
	unsaid := route("GET", "/api/1/unsaid/", says("{}"))
	unsaid.Access = 0
	sysadmins := route("GET", "/api/1/sysadmins/", says("{}"))
	sysadmins.Access = api.Sysadmin
	missing := route("GET", "/api/1/missing/", says("{}"))
	missing.Access, missing.Subject = api.Sysadmin, func(context.Context, *api.Request) error { return errs.NotFound() }
	open := route("GET", "/api/1/open/", func(ctx context.Context, r *api.Request) (*api.Response, error) {
		if auth.From(ctx) != r.Actor {
			return nil, errors.New("the context holds another actor")
		}
		return &api.Response{Body: []byte(`{"a":1}`)}, nil
	})
	_, h := portal(closed, unsaid, sysadmins, missing, open)
	for path, want := range map[string][4]int{ // nobody, a wrong token, ada, root
		"/api/1/open/":      {200, 401, 200, 200},
		"/api/1/closed/":    {401, 401, 200, 200},
		"/api/1/unsaid/":    {401, 401, 200, 200},
		"/api/1/sysadmins/": {401, 401, 403, 200},
		"/api/1/missing/":   {404, 404, 404, 404},
	} {
		for i, token := range []string{"", "wrong", "ada", "root"} {
			if got := ask(h, "GET", path, "", "X-API-KEY", token); got.Code != want[i] {
				t.Errorf("%q asks for %s: %d, want %d", token, path, got.Code, want[i])
			}
		}
	}
}

// TestMethods: HEAD, 405 with Allow, fixed paths that give way, and paths
// without their last slash.
func TestMethods(t *testing.T) {
	key := func(_ context.Context, r *api.Request) (*api.Response, error) {
		return &api.Response{Body: []byte(r.Method + " " + r.PathValue("key"))}, nil
	}
	_, h := portal(
		route("GET", "/api/1/things/", says(`{"a":1}`)), route("POST", "/api/1/things/", says("made")),
		route("GET", "/api/1/things/{key}/", key), route("DELETE", "/api/1/things/{key}/", key), route("PUT", "/api/1/things/{key}/", key),
		route("GET", "/api/1/things/topics/", says(`{"b":1}`)), route("GET", "/api/1/things/recent.atom", says("feed")),
	)
	for _, c := range []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/api/1/things/", 200, `{"a":1}`, ""},
		{"HEAD", "/api/1/things/", 200, "", ""},
		{"GET", "/api/1/things", 200, `{"a":1}`, ""},
		{"GET", "/api/1/things/x", 200, "GET x", ""},
		{"PUT", "/api/1/things/x", 200, "PUT x", ""},
		{"GET", "/api/1/things/a%2Fb", 200, "GET a/b", ""},
		{"GET", "/api/1/things/a%2Fb/", 200, "GET a/b", ""},
		{"GET", "/api/1/things/%C3%A9/", 200, "GET é", ""},
		{"GET", "/api/1/things/%ff/", 404, "", ""},
		{"GET", "/api/1/things/a%00b/", 404, "", ""},
		{"GET", "/api/1/things/recent.atom", 200, "feed", ""},
		{"GET", "/api/1/things/topics/", 200, `{"b":1}`, ""},
		{"DELETE", "/api/1/things/topics/", 200, "DELETE topics", ""},
		{"PUT", "/api/1/things/topics", 200, "PUT topics", ""},
		{"POST", "/api/1/things/x/", 405, "", "DELETE, GET, HEAD, OPTIONS, PUT"},
		{"PATCH", "/api/1/things/", 405, "", "GET, HEAD, OPTIONS, POST"},
		{"DELETE", "/api/1/things/recent.atom", 200, "DELETE recent.atom", ""},
		{"POST", "/api/1/nothing/", 405, "", "GET, HEAD, OPTIONS"},
		{"GET", "/api/1/nothing/", 404, "", ""},
		{"POST", "/elsewhere/", 404, "", ""},
		{"OPTIONS", "/api/1/things/x/", 204, "", "DELETE, GET, HEAD, OPTIONS, PUT"},
		{"OPTIONS", "/api/1/nothing/", 204, "", "GET, HEAD, OPTIONS"},
	} {
		got := ask(h, c.method, c.path, "")
		if got.Code != c.status || got.Header().Get("Allow") != c.allow || (c.status == 200 && got.Body.String() != c.body) {
			t.Errorf("%s %s: %d %q, Allow %q", c.method, c.path, got.Code, got.Body, got.Header().Get("Allow"))
		}
		if c.method == "HEAD" && got.Header().Get("Content-Length") != "7" {
			t.Errorf("HEAD says that there are %q bytes", got.Header().Get("Content-Length"))
		}
	}
	if got := ask(h, "GET", "/api/1/nothing/", "").Body.String(); !strings.Contains(got, `"status":404`) {
		t.Errorf("nothing is told as %s", got)
	}
}

// TestBodies: how a body is read, and up to which size.
func TestBodies(t *testing.T) {
	read := func(_ context.Context, r *api.Request) (*api.Response, error) {
		o, err := r.Object()
		if err != nil {
			return nil, err
		}
		return &api.Response{Body: o.Raw("a")}, nil
	}
	large := route("POST", "/api/1/large/{x}/", read)
	large.BodyLimit = 64
	_, h := portal(route("POST", "/api/1/small/{x}/", read), large)
	long := `{"a":"` + strings.Repeat("x", 20) + `"}`
	for _, c := range []struct {
		path, contentType, body string
		status                  int
	}{
		{"small", "application/json", `{"a":1}`, 200},
		{"small", "application/json", long, 413},
		{"large", "application/json", long, 200},
		{"large", "application/json", strings.Repeat(" ", 65), 413},
		{"small", "text/plain", `{"a":1}`, 415},
		{"small", "", `{"a":1}`, 415},
		{"small", "application/json", `[]`, 400},
	} {
		if got := ask(h, "POST", "/api/1/"+c.path+"/x/", c.body, "Content-Type", c.contentType); got.Code != c.status {
			t.Errorf("%s, %s, %.20s: %d %s", c.path, c.contentType, c.body, got.Code, got.Body)
		}
	}
	r := httptest.NewRequest("POST", "/api/1/small/x/", io.MultiReader(strings.NewReader(`{"a":`), failing{}))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 400 {
		t.Errorf("a connection that breaks: %d %s", w.Code, w.Body)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the connection broke") }

// TestAnswers: status, header, mask and media type of a success.
func TestAnswers(t *testing.T) {
	made := route("POST", "/api/1/made/{x}/", says(`{"a":1,"b":2}`))
	made.Status = 201
	other := route("GET", "/api/1/other/", func(context.Context, *api.Request) (*api.Response, error) {
		return &api.Response{Status: 202, Body: []byte(`{"a":1,"b":2}`), Header: http.Header{"X-Other": {"1"}}}, nil
	})
	none := route("DELETE", "/api/1/none/{x}/", func(context.Context, *api.Request) (*api.Response, error) { return api.NoContent(), nil })
	atom := route("GET", "/api/1/a.atom", says(`<a/>`))
	atom.Produces = "application/atom+xml"
	_, h := portal(made, other, none, atom)
	for _, c := range []struct {
		method, path, mask string
		status             int
		body, contentType  string
	}{
		{"POST", "/api/1/made/x/", "", 201, `{"a":1,"b":2}`, "application/json"},
		{"POST", "/api/1/made/x/", "b", 201, `{"b":2}`, "application/json"},
		{"POST", "/api/1/made/x/", "b{", 400, `{"message":"Mask parse error: Missing closing bracket"}`, "application/json"},
		{"GET", "/api/1/other/", "*", 202, `{"a":1,"b":2}`, "application/json"},
		{"DELETE", "/api/1/none/x/", "", 204, "", ""},
		{"GET", "/api/1/a.atom", "b{", 200, `<a/>`, "application/atom+xml"},
	} {
		got := ask(h, c.method, c.path, "", "X-Fields", c.mask)
		if got.Code != c.status || got.Body.String() != c.body || got.Header().Get("Content-Type") != c.contentType {
			t.Errorf("%s %s with %q: %d %s %v", c.method, c.path, c.mask, got.Code, got.Body, got.Header())
		}
	}
	if got := ask(h, "GET", "/api/1/other/", "").Header().Get("X-Other"); got != "1" {
		t.Errorf("the handler's header is %q", got)
	}
}

// TestLanguage: the address decides, then the person, then the portal.
func TestLanguage(t *testing.T) {
	_, h := portal(route("GET", "/api/1/lang/", func(_ context.Context, r *api.Request) (*api.Response, error) {
		return &api.Response{Body: []byte(r.Lang)}, nil
	}))
	for _, c := range []struct{ query, token, want string }{
		{"", "", "en"}, {"?lang=de", "", "de"}, {"?lang=xx", "", "en"}, {"", "ada", "fr"}, {"?lang=es-ES", "ada", "es"}, {"?lang=es&lang=de", "", "es"},
	} {
		if got := ask(h, "GET", "/api/1/lang/"+c.query, "", "X-API-KEY", c.token, "Accept-Language", "it").Body.String(); got != c.want {
			t.Errorf("%q, %q: %q", c.query, c.token, got)
		}
	}
}

// TestIncompleteRoutes: what a programmer forgot is told at once.
func TestIncompleteRoutes(t *testing.T) {
	fine := route("GET", "/api/1/x/", says(""))
	for name, routes := range map[string][]api.Route{
		"no ID":       {{Method: "GET", Path: "/x/", Tag: "t", Summary: "s", Handle: fine.Handle}},
		"no Tag":      {{Method: "GET", Path: "/x/", ID: "i", Summary: "s", Handle: fine.Handle}},
		"no Summary":  {{Method: "GET", Path: "/x/", ID: "i", Tag: "t", Handle: fine.Handle}},
		"no Handle":   {{Method: "GET", Path: "/x/", ID: "i", Tag: "t", Summary: "s"}},
		"twice":       {fine, fine},
		"an ID twice": {fine, func() api.Route { r := fine; r.Path = "/api/1/y/"; return r }()},
		"a path twice": {fine, func() api.Route {
			r := fine
			r.ID = "another"
			return r
		}()},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: nothing is told", name)
				}
			}()
			api.NewServer(routes)
		}()
	}
	second := fine
	second.Path = "/api/2/x/" // the two versions have ids of their own, as in udata
	api.NewServer([]api.Route{fine, second})
}

// TestRedirect puts a slug in the place of the path's parameter.
func TestRedirect(t *testing.T) {
	moving := route("GET", "/api/1/things/{thing}/parts/{part}/", says(""))
	moving.Subject = func(_ context.Context, r *api.Request) error { return api.Redirect(r, "thing", errs.Moved("new-slug")) }
	_, h := portal(moving)
	got := ask(h, "GET", "/api/1/things/old/parts/a%2Fb?x=1", "")
	if want := "/api/1/things/new-slug/parts/a%2Fb/?x=1"; got.Code != 308 || got.Header().Get("Location") != want {
		t.Errorf("%d to %q, want %q", got.Code, got.Header().Get("Location"), want)
	}
	r := &api.Request{Route: &moving}
	if err := api.Redirect(r, "thing", errs.NotFound()); !errs.Is(err, 404) {
		t.Errorf("another error became %v", err)
	}
}
