package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// TestRequestIDs: each answer names its request; a proxy's id is kept when it
// is harmless.
func TestRequestIDs(t *testing.T) {
	p := apptest.New(t, app.Config{})
	seen := map[string]bool{}
	for _, path := range []string{"/api/1/reuses/", "/api/1/no/such/thing/", "/healthz", "/images/x.png", "/api/1/"} {
		id := p.Do(nobody, "GET", path, nil).Header.Get("X-Request-Id")
		if len(id) != 16 || seen[id] {
			t.Errorf("%s: the id is %q", path, id)
		}
		seen[id] = true
	}
	for given, kept := range map[string]bool{
		"a-B_1.c": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "": false, "a b": false, "é": false, `"><script>`: false,
	} {
		if got := p.Do(nobody, "GET", "/api/1/reuses/", nil, "X-Request-Id", given).Header.Get("X-Request-Id"); (got == given) != kept || got == "" {
			t.Errorf("%q becomes %q", given, got)
		}
	}
}

// TestCrossOrigin: every site may read what everybody may; the portal's own
// front and those that are listed may send credentials.
func TestCrossOrigin(t *testing.T) {
	p := apptest.New(t, app.Config{Origins: []string{"https://front.example.org/"}})
	for _, c := range []struct{ origin, allowed, credentials string }{
		{"", "", ""},
		{"https://elsewhere.example", "*", ""},
		{"null", "*", ""},
		{"http://portal.test", "http://portal.test", "true"},
		{"https://www.example.org", "https://www.example.org", "true"},
		{"https://front.example.org", "https://front.example.org", "true"},
		{"http://www.example.org", "*", ""},
		{"https://www.example.org.evil.example", "*", ""},
		{"https://evil.example/https://www.example.org", "*", ""},
	} {
		for _, method := range []string{"GET", "OPTIONS", "POST"} {
			for _, path := range []string{"/api/1/reuses/", "/api/1/no/such/thing/", "/images/x.png"} {
				got := p.Do(nobody, method, path, nil, "Origin", c.origin).Header
				if got.Get("Access-Control-Allow-Origin") != c.allowed || got.Get("Access-Control-Allow-Credentials") != c.credentials {
					t.Errorf("%s %s from %q: %v", method, path, c.origin, got)
				}
				if !strings.Contains(strings.Join(got.Values("Vary"), ","), "Origin") {
					t.Errorf("%s %s: Vary is %q", method, path, got.Values("Vary"))
				}
			}
		}
	}
}

// TestPreflights are answered before anything else, whoever asks.
func TestPreflights(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map", "private", true)
	for path, allow := range map[string]string{
		"/api/1/reuses/":                 "GET, HEAD, OPTIONS, POST",
		"/api/1/reuses":                  "GET, HEAD, OPTIONS, POST",
		one(oid):                         "DELETE, GET, HEAD, OPTIONS, PUT",
		one(oid) + "image/":              "GET, HEAD, OPTIONS, POST",
		"/api/1/reuses/no-such-reuse/":   "DELETE, GET, HEAD, OPTIONS, PUT",
		"/api/1/no/such/thing/":          "GET, HEAD, OPTIONS",
		"/api/1/me/":                     "DELETE, GET, HEAD, OPTIONS, PUT",
		one(oid) + "followers/?x=1&y=%z": "DELETE, GET, HEAD, OPTIONS, POST",
	} {
		got := w.Want(204, nobody, "OPTIONS", path, nil, "Origin", "https://elsewhere.example", "X-API-KEY", "no token",
			"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-api-key,content-type").Header
		for name, want := range map[string]string{
			"Allow": allow, "Access-Control-Allow-Methods": "PUT", "Access-Control-Allow-Headers": "x-api-key,content-type",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Get(name), want)
			}
		}
	}
}

// TestWithoutTheLastSlash: a path is served at once, with its body, where
// udata would redirect – but for a POST to a list.
func TestWithoutTheLastSlash(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		if got := w.Want(308, w.ada, "POST", "/api/1/reuses?a=1", w.body("Nothing")).Header.Get("Location"); got != "/api/1/reuses/?a=1" {
			t.Errorf("a creation is sent to %q", got)
		}
		path := "/api/1/reuses/" + w.publish(w.ada, "Bus map")
		for _, c := range []struct {
			who          apptest.Person
			method, path string
			body         any
			status       int
		}{
			{nobody, "GET", "/api/1/reuses?page_size=1", nil, 200},
			{nobody, "HEAD", "/api/1/reuses", nil, 200},
			{nobody, "GET", path, nil, 200},
			{w.ada, "PUT", path, map[string]any{"title": "Tram map"}, 200},
			{nobody, "GET", "/api/1/reuses/tram-map", nil, 200},
			{w.ada, "POST", path + "/datasets", map[string]any{"id": w.dataset}, 201},
			{w.root, "POST", path + "/featured", nil, 200},
			{w.max, "POST", path + "/followers", nil, 201},
			{nobody, "GET", "/api/2/reuses/search", nil, 200},
			{nobody, "GET", "/api/1/reuses/recent.atom", nil, 200},
			{nobody, "GET", "/api/1/site", nil, 200},
			{w.ada, "DELETE", path, nil, 204},
			{nobody, "GET", "/api/1/no-such-thing", nil, 404},
		} {
			w.Want(c.status, c.who, c.method, c.path, c.body)
		}
		got := w.Want(200, w.ada, "POST", path+"/image", picture(t, 2, 2), "Content-Type", pictureType)
		if got.Get("success") != true {
			t.Errorf("the upload is told %s", got.Text)
		}
	})
}

// TestFixedPaths: what is no operation of the API.
func TestFixedPaths(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		if got := w.Want(200, nobody, "GET", "/healthz", nil); got.Text != "ok\n" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("/healthz: %q %v", got.Text, got.Header)
		}
		w.Want(200, nobody, "GET", "/readyz", nil)
		if got := w.Want(302, nobody, "GET", "/", nil).Header.Get("Location"); got != "/api/1/" {
			t.Errorf("/ leads to %q", got)
		}
		w.Want(404, nobody, "GET", "/favicon.ico", nil)
		w.Want(404, nobody, "POST", "/no-such-thing", nil)
		w.Want(405, nobody, "POST", "/api/1/no-such-thing", nil)
		w.publish(w.ada, "Bus map")
		w.Want(404, nobody, "GET", one(unknown), nil)
		metrics := w.Want(200, nobody, "GET", "/metrics", nil).Text
		for _, line := range []string{
			`ouvert_http_request_seconds_count{operation="create_reuse",status="201"} 1`,
			`ouvert_http_request_seconds_count{operation="get_reuse",status="404"} 1`,
			`ouvert_http_request_seconds_count{operation="none",status="404"} `,
			"ouvert_db_read_connections ", "ouvert_db_write_wait_seconds_total ", "go_goroutines ",
		} {
			if !strings.Contains(metrics, "\n"+line) {
				t.Errorf("/metrics lacks %s", line)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		w.Want(200, nobody, "GET", "/healthz", nil)
		w.Want(503, nobody, "GET", "/readyz", nil)
		got := w.Want(500, nobody, "GET", "/api/1/reuses/", nil)
		if got.Get("message") != "Internal Server Error" || got.Get("request_id") != got.Header.Get("X-Request-Id") {
			t.Errorf("without a database: %s", got.Text)
		}
	})
}

// TestUnknownPaths: the errors outside of all routes, in udata's words.
func TestUnknownPaths(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map")
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api/1/no/such/thing/", 404, ""},
		{"HEAD", "/api/1/no/such/thing/", 404, ""},
		{"POST", "/api/1/no/such/thing/", 405, "GET, HEAD, OPTIONS"},
		{"PATCH", "/api/1/reuses/", 405, "GET, HEAD, OPTIONS, POST"},
		{"DELETE", "/api/1/reuses/", 405, "GET, HEAD, OPTIONS, POST"},
		{"PATCH", one(oid), 405, "DELETE, GET, HEAD, OPTIONS, PUT"},
		{"GET", one(oid) + "featured/", 404, ""},
		{"PUT", one(oid) + "followers/", 405, "DELETE, GET, HEAD, OPTIONS, POST"},
		{"POST", "/api/2/reuses/", 405, "GET, HEAD, OPTIONS"},
		{"GET", "/api/2/reuses/" + oid + "/", 404, ""},
		{"GET", "/api/1/reuses/" + oid + "/no/such/thing/", 404, ""},
	} {
		got := w.Want(c.status, w.root, c.method, c.path, nil)
		if got.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: Allow is %q, want %q", c.method, c.path, got.Header.Get("Allow"), c.allow)
		}
		if c.method != "HEAD" && (got.Get("message") == nil || got.Header.Get("Content-Type") != "application/json") {
			t.Errorf("%s %s: %s", c.method, c.path, got.Text)
		}
	}
	// A reuse may be called like a fixed path.
	topics := w.publish(w.ada, "topics")
	w.Want(200, w.ada, "PUT", one("topics"), map[string]any{"description": "Another"})
	w.Want(204, w.ada, "DELETE", one("topics"), nil)
	w.Want(410, nobody, "GET", one(topics), nil)
}

// TestLanguages: labels and messages, in the language of the address, else of
// the person, else of the portal – never of the browser, as in udata.
func TestLanguages(t *testing.T) {
	w := newWorld(t, app.Config{Lang: "de"})
	french, err := w.Users.ByEmail(t.Context(), "max@example.org")
	if err != nil {
		t.Fatal(err)
	}
	french.Lang = "fr"
	w.importUser(french)
	label := func(who apptest.Person, query string) any {
		got := w.Want(200, who, "GET", "/api/1/reuses/types/"+query, nil, "Accept-Language", "es")
		return got.Get("7.label")
	}
	for _, c := range []struct {
		who         apptest.Person
		query, want string
	}{
		{nobody, "", "Verbundenes Gerät"},
		{w.ada, "", "Verbundenes Gerät"},
		{w.max, "", "Objet connecté"},
		{nobody, "?lang=fr", "Objet connecté"},
		{nobody, "?lang=fr_CA", "Objet connecté"},
		{nobody, "?lang=EN", "Connected device"},
		{w.max, "?lang=it", "Dispositivo connesso"},
		{w.max, "?lang=xx", "Objet connecté"},
		{w.max, "?lang=", "Objet connecté"},
		{w.ada, "?lang=xx", "Verbundenes Gerät"},
		{nobody, "?lang=", "Verbundenes Gerät"},
	} {
		if got := label(c.who, c.query); got != c.want {
			t.Errorf("%q: the label is %v, want %v", c.query, got, c.want)
		}
	}
	if got := w.Want(400, w.ada, "POST", "/api/1/reuses/?lang=fr", map[string]any{"tags": "x"}).Get("errors.tags"); got != `Le mot-clé "x" doit avoir entre 3 et 96 caractères.` {
		t.Errorf("the message is %v", got)
	}
}

// TestLogLines: what an operator reads of each request holds no secret.
func TestLogLines(t *testing.T) {
	w := newWorld(t, app.Config{})
	var lines bytes.Buffer
	h := w.Handler(slog.New(slog.NewJSONHandler(&lines, nil)))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/1/me/?token=secret-in-query", nil)
	r.Header.Set("X-API-KEY", w.ada.Token)
	r.Header.Set("X-Request-Id", "from-the-proxy")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	var line struct {
		Request, Method, Path string
		Status                int
	}
	text := lines.String()
	if err := json.NewDecoder(&lines).Decode(&line); err != nil {
		t.Fatal(err)
	}
	if line.Request != "from-the-proxy" || line.Method != "GET" || line.Path != "/api/1/me/" || line.Status != 200 {
		t.Errorf("the line is %+v", line)
	}
	if strings.Contains(text, w.ada.Token) || strings.Contains(text, "secret-in-query") {
		t.Errorf("a secret is logged: %s", text)
	}
	if rest, _ := io.ReadAll(&lines); len(bytes.TrimSpace(rest)) != 0 {
		t.Errorf("more is logged: %s", rest)
	}
}
