package app_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/kernel/api"
)

// hostileSegments are path segments that name nothing, percent-encoded. A
// database may refuse to be asked for some of them.
var hostileSegments = map[string]string{
	"an encoded slash":   "a%2Fb",
	"two of them":        "%2F%2F",
	"NUL":                "%00",
	"NUL inside":         "a%00b",
	"invalid UTF-8":      "%ff",
	"more invalid UTF-8": "a%c0%80b",
	"half a surrogate":   "%ed%a0%80",
	"a blank":            "%20",
	"a line feed":        "a%0ab",
	"dots":               "a..b",
	"an extension":       "bus.json",
	"a quote":            "a'%20OR%20'1'='1",
	"a percent sign":     "%25",
	"a pattern":          "%25%25",
	"an emoji":           "%F0%9F%9A%8C",
	"a replacement":      "%EF%BF%BD",
	"300 letters":        strings.Repeat("a", 300),
	"60000 letters":      strings.Repeat("a", 60_000),
	"10000 accents":      strings.Repeat("%C3%A9", 10_000),
}

// TestHostilePaths puts each segment in the place of each parameter of each
// route, as somebody who may do everything.
func TestHostilePaths(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		reuse := w.publish(w.root, "Here")
		before := w.rows()
		for _, route := range w.Routes() {
			for _, name := range parameters(&route) {
				if name == "badge_kind" {
					continue // no database is asked
				}
				for what, segment := range hostileSegments {
					path := w.path(&route, reuse, map[string]string{name: segment})
					got := w.Do(w.root, route.Method, path, nil)
					if route.Tag == "sign-in" && got.Status < 500 {
						continue // a form's link, whose answers register_test.go holds
					}
					if got.Status != http.StatusNotFound {
						t.Errorf("%s with %s as %s: want 404, got %d %.200s", route.ID, what, name, got.Status, got.Text)
					}
				}
			}
		}
		if after := w.rows(); !maps.Equal(before, after) {
			t.Errorf("something was written: %v, then %v", before, after)
		}
	})
}

func parameters(r *api.Route) []string {
	var names []string
	for seg := range strings.SplitSeq(r.Path, "/") {
		if _, name, ok := strings.Cut(seg, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// hostileValues are values of query parameters, percent-encoded.
var hostileValues = map[string]string{
	"NUL":              "%00",
	"NUL inside":       "a%00b",
	"invalid UTF-8":    "%ff",
	"bare bytes":       "\xff\xfe",
	"bare and broken":  "%zz\xff",
	"half a surrogate": "%ed%a0%80",
	"broken encoding":  "%zz",
	"cut encoding":     "%2",
	"a pattern":        "%25_%5C",
	"a backslash":      "%5C",
	"a quote":          "'%22",
	"nothing":          "",
	"blanks":           "%20%09%0a",
	"punctuation":      ".,;:!?",
	"60000 letters":    strings.Repeat("a", 60_000),
	"60000 patterns":   strings.Repeat("_", 60_000),
	"5000 ligatures":   strings.Repeat("%EF%B7%BA", 5_000),
	"5000 words":       strings.Repeat("a+", 5_000),
}

// TestHostileQueries gives each query parameter of each GET each value: the
// answer is one that a client can do something with.
func TestHostileQueries(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		reuse := w.publish(w.ada, "Here", "datasets", []string{w.dataset}, "tags", []string{"bus"})
		for _, route := range w.Routes() {
			if route.Method != http.MethodGet {
				continue
			}
			names := []string{"lang"}
			for _, p := range route.Query {
				names = append(names, p.Name)
			}
			path := w.path(&route, reuse, map[string]string{"user": w.ada.ID})
			for _, name := range names {
				for what, value := range hostileValues {
					got := w.Do(w.ada, http.MethodGet, path+"?"+name+"="+value, nil)
					if got.Status >= 500 || got.Status == http.StatusUnauthorized {
						t.Errorf("%s with %s as %s: got %d %.200s", route.ID, what, name, got.Status, got.Text)
					}
				}
			}
		}
	})
}

// TestPageBounds: the numbers of pages and their sizes.
func TestPageBounds(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for i := range 3 {
			w.publish(w.ada, "Reuse "+strconv.Itoa(i), "datasets", []string{w.dataset})
		}
		for query, want := range map[string]int{
			"":                                  200,
			"page=1":                            200,
			"page=2":                            404,
			"page=+1":                           200,
			"page=%201":                         200,
			"page=01":                           200,
			"page=0":                            400,
			"page=-1":                           400,
			"page=":                             400,
			"page=abc":                          400,
			"page=1.5":                          400,
			"page=1e3":                          400,
			"page=0x10":                         400,
			"page=%D9%A1":                       400,
			"page=1000000":                      404,
			"page=1000001":                      400,
			"page=9223372036854775807":          400,
			"page=99999999999999999999":         400,
			"page_size=1":                       200,
			"page_size=0":                       400,
			"page_size=-5":                      400,
			"page_size=":                        400,
			"page_size=abc":                     400,
			"page_size=10001":                   200,
			"page_size=2147483647":              200,
			"page_size=2147483648":              400,
			"page_size=99999999999999999999":    400,
			"page=1000000&page_size=2147483647": 404,
			"page=2&page_size=2":                200,
			"page=3&page_size=2":                404,
			strings.Repeat("a=1&", 256):         200,
			strings.Repeat("a=1&", 257):         400,
			strings.Repeat("a=1&", 256) + "page=1&page_size=1":          200,
			strings.Repeat("a=1&", 255) + "page=1&page=1&page_size=1":   200,
			strings.Repeat("a=1&", 255) + "page=1&page=1&page=1&page=1": 400,
			"a=" + strings.Repeat("x", 62<<10-3):                        200,
			"a=" + strings.Repeat("x", 62<<10-2):                        400,
			strings.Repeat("&", 300):                                    200,
		} {
			for _, path := range []string{"/api/1/reuses/", "/api/2/reuses/", "/api/2/reuses/search/"} {
				if got := w.Do(nobody, "GET", path+"?"+query, nil); got.Status != want {
					t.Errorf("%s?%.60s: want %d, got %d %s", path, query, want, got.Status, got.Text)
				}
			}
		}
		if got := w.Do(w.ada, "POST", "/api/1/reuses/?"+strings.Repeat("a=1&", 300), w.body("A")); got.Status != 400 {
			t.Errorf("a creation with 300 parameters: got %d", got.Status)
		}
	})
}

// TestFieldMasks: what X-Fields keeps, and which ones are refused.
func TestFieldMasks(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset})
		for _, c := range []struct{ path, mask, want string }{
			{one(oid), "title", `{"title":"Bus map"}`},
			{one(oid), "{title}", `{"title":"Bus map"}`},
			{one(oid), " slug , title ", `{"slug":"bus-map","title":"Bus map"}`},
			{one(oid), "title,no_such_field", `{"title":"Bus map"}`},
			{one(oid), "owner{first_name},datasets{title}", `{"datasets":[{"title":"Bus stops"}],"owner":{"first_name":"Ada"}}`},
			{one(oid), "datasets{resources{title}}", `{"datasets":[{"resources":[{"title":"Stops"}]}]}`},
			{"/api/1/reuses/", "data{title},total", `{"data":[{"title":"Bus map"}],"total":1}`},
			{"/api/2/reuses/", "data{datasets{total}}", `{"data":[{"datasets":{"total":1}}]}`},
			{"/api/1/reuses/suggest/?q=bus", "title", `[{"title":"Bus map"}]`},
		} {
			got := w.Want(200, nobody, "GET", c.path, nil, "X-Fields", c.mask)
			if got.Text != c.want || got.Header.Get("Content-Length") != strconv.Itoa(len(got.Text)) {
				t.Errorf("%s with %q: got %s", c.path, c.mask, got.Text)
			}
		}
		for _, mask := range []string{
			"{", "}", "title}", "owner{", "owner{first_name", "title,,slug", ",title", "{title", "title{x}", "id{}", "owner{{id}}",
			strings.Repeat("a", 8193), strings.Repeat("extras{", 40) + strings.Repeat("}", 40),
		} {
			if got := w.Do(nobody, "GET", one(oid), nil, "X-Fields", mask); got.Status != 400 || got.Get("message") == nil {
				t.Errorf("X-Fields %.40q: want 400, got %d %s", mask, got.Status, got.Text)
			}
		}
	})
}

// TestMasksAreReadBeforeAnythingIsDone: a mask that is refused refuses the
// whole request.
func TestMasksAreReadBeforeAnythingIsDone(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map")
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/api/1/reuses/", w.body("Refused")},
		{"PUT", one(oid), map[string]any{"title": "Refused"}},
		{"POST", one(oid) + "datasets/", map[string]any{"id": w.dataset}},
		{"POST", one(oid) + "followers/", nil},
	} {
		before := w.rows()
		w.Want(400, w.ada, c.method, c.path, c.body, "X-Fields", "title{")
		if after := w.rows(); !maps.Equal(before, after) {
			t.Errorf("%s %s: something was written: %v, then %v", c.method, c.path, before, after)
		}
	}
}

// TestBrokenRequests sends what no client library would.
func TestBrokenRequests(t *testing.T) {
	w := newWorld(t, app.Config{})
	server := httptest.NewServer(w.Handler(slog.New(slog.NewTextHandler(io.Discard, nil))))
	defer server.Close()
	for _, c := range []struct {
		line   string
		status int
	}{
		{"GET /api/1/reuses/%zz/ HTTP/1.1", 400},
		{"GET /api/1/reuses/%/ HTTP/1.1", 400},
		{"GET /api/1/reuses/\x00/ HTTP/1.1", 400},
		{"GET /api/1/reuses/a b/ HTTP/1.1", 400},
		{"GET /api/1/reuses/\xff\xfe/ HTTP/1.1", 404},
		{"GET /api/1/reuses/../../../etc/passwd HTTP/1.1", 0},
		{"GET //api//1//reuses HTTP/1.1", 0},
		{"GET /api/1/reuses/./ HTTP/1.1", 0},
		{"BREW /api/1/reuses/ HTTP/1.1", 405},
		{"GET http://elsewhere.example/api/1/reuses/ HTTP/1.1", 200},
		{"GET /api/1/reuses/?q=%zz\xff HTTP/1.1", 200},
	} {
		if got := raw(t, server.Listener.Addr().String(), c.line); got >= 500 || (c.status != 0 && got != c.status) {
			t.Errorf("%q: want %d, got %d", c.line, c.status, got)
		}
	}
}

// raw sends a request line as it is and returns the status.
func raw(t *testing.T, address, line string) int {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := fmt.Fprintf(c, "%s\r\nHost: portal.test\r\nConnection: close\r\n\r\n", line); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	defer res.Body.Close()
	return res.StatusCode
}
