package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"ouvert/internal/kernel/api"
)

// generation is a catalogue that changes when it is told to.
type generation struct{ atomic.Uint64 }

func (g *generation) Stamp(context.Context) (uint64, error) { return g.Load(), nil }
func (g *generation) Moved() time.Time                      { return time.Unix(-60, 0) }

// counted is a portal with one route, which answers with how often it was
// asked, and something long.
func counted(t *testing.T) (h http.Handler, g *generation, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	s, h := portal(route("GET", "/api/1/things/", func(_ context.Context, r *api.Request) (*api.Response, error) {
		n := asked.Add(1)
		who := "nobody"
		if r.Actor != nil {
			who = r.Actor.ID
		}
		return &api.Response{Body: fmt.Appendf(nil, `{"a":%d,"b":%q}`, n, who+strings.Repeat("x", 2000))}, nil
	}))
	g = &generation{}
	s.Kept = api.NewKept(1<<20, g)
	return h, g, asked
}

func fetch(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for _, text := range header {
		name, value, _ := strings.Cut(text, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestKept(t *testing.T) {
	h, g, asked := counted(t)
	first := fetch(h, "GET", "/api/1/things/")
	again := fetch(h, "GET", "/api/1/things/")
	if asked.Load() != 1 || again.Body.String() != first.Body.String() || again.Header().Get("Etag") != first.Header().Get("Etag") {
		t.Errorf("asked %d times, %v", asked.Load(), again.Header())
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "public, no-cache", "Content-Length": fmt.Sprint(first.Body.Len()),
		"Last-Modified": "Wed, 31 Dec 1969 23:59:00 GMT",
	} {
		if got := again.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if head := fetch(h, "HEAD", "/api/1/things/"); head.Body.Len() > 0 || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d bytes, %v", head.Body.Len(), head.Header())
	}
	for _, other := range [][]string{{"/api/1/things/?a=1"}, {"/api/1/things/", "X-Fields: a"}} {
		before := asked.Load()
		fetch(h, "GET", other[0], other[1:]...)
		if asked.Load() != before+1 {
			t.Errorf("%v is answered as another request", other)
		}
	}
	g.Add(1)
	if fetch(h, "GET", "/api/1/things/").Body.String() == first.Body.String() {
		t.Error("what was kept outlives its generation")
	}
}

// What belongs to somebody is neither kept nor answered from what is.
func TestKeptForNobodyElse(t *testing.T) {
	h, _, asked := counted(t)
	public := fetch(h, "GET", "/api/1/things/").Body.String()
	for _, header := range []string{"X-API-KEY: ada", "Authorization: Bearer x", "Cookie: session=x"} {
		before := asked.Load()
		w := fetch(h, "GET", "/api/1/things/", header)
		if asked.Load() != before+1 || w.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: asked %d times, %v", header, asked.Load()-before, w.Header())
		}
	}
	if got := fetch(h, "GET", "/api/1/things/").Body.String(); got != public {
		t.Errorf("then %q", got[:40])
	}
	if strings.Contains(public, "ada") || !strings.Contains(fetch(h, "GET", "/api/1/things/", "X-API-KEY: ada").Body.String(), "ada") {
		t.Error("the wrong one was answered")
	}
}

func TestNotModified(t *testing.T) {
	h, g, _ := counted(t)
	first := fetch(h, "GET", "/api/1/things/")
	tag := first.Header().Get("Etag")
	for header, want := range map[string]int{
		"If-None-Match: " + tag:                                     304,
		"If-None-Match: W/" + tag:                                   304,
		`If-None-Match: "x", ` + tag:                                304,
		"If-None-Match: " + strings.TrimSuffix(tag, `"`) + `-gzip"`: 304,
		`If-None-Match: "x"`:                                        200,
		"If-None-Match: *":                                          200, // as udata
		"If-Modified-Since: Wed, 31 Dec 1969 23:59:00 GMT":          304,
		"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT":          304,
		"If-Modified-Since: Wed, 31 Dec 1969 23:58:59 GMT":          200,
		"If-Modified-Since: yesterday":                              200,
	} {
		if w := fetch(h, "GET", "/api/1/things/", header); w.Code != want || want == 304 && w.Body.Len() > 0 {
			t.Errorf("%s: %d, want %d", header, w.Code, want)
		}
	}
	g.Add(1)
	if w := fetch(h, "GET", "/api/1/things/", "If-None-Match: "+tag); w.Code != 200 {
		t.Errorf("after a change: %d", w.Code)
	}
	// A personal answer has its ETag too.
	mine := fetch(h, "GET", "/api/1/things/", "X-API-KEY: ada").Header().Get("Etag")
	if mine == "" || mine == tag {
		t.Errorf("a personal answer's ETag is %s", mine)
	}
}

func TestKeptEncodings(t *testing.T) {
	h, _, asked := counted(t)
	plain := fetch(h, "GET", "/api/1/things/").Body.Bytes()
	for range 5 { // what is asked for a few times is not compressed
		fetch(h, "GET", "/api/1/things/")
	}
	tags := map[string]bool{}
	for accept, want := range map[string]string{
		"gzip": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd", "gzip;q=1, zstd;q=0.5": "gzip", "": "", "br": "",
		"gzip;q=0": "", "*": "zstd", "identity": "", "zstd;q=0, *": "gzip",
	} {
		w := fetch(h, "GET", "/api/1/things/", "Accept-Encoding: "+accept)
		body := io.Reader(w.Body)
		length := w.Body.Len()
		switch w.Header().Get("Content-Encoding") {
		case "gzip":
			body, _ = gzip.NewReader(body)
		case "zstd":
			body, _ = zstd.NewReader(body)
		}
		got, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(got, plain) || w.Header().Get("Content-Encoding") != want || w.Header().Get("Content-Length") != fmt.Sprint(length) {
			t.Errorf("%q: %v, %v, %d bytes", accept, err, w.Header(), len(got))
		}
		tags[w.Header().Get("Etag")] = true
	}
	if len(tags) != 3 || asked.Load() != 1 {
		t.Errorf("ETags %v, asked %d times", tags, asked.Load())
	}
}

// Those who ask at the same time wait for one of them.
func TestSingleFlight(t *testing.T) {
	var asked atomic.Int64
	started, goOn := make(chan bool), make(chan bool)
	s, h := portal(route("GET", "/api/1/things/", func(context.Context, *api.Request) (*api.Response, error) {
		if asked.Add(1) == 1 {
			close(started)
		}
		<-goOn
		return &api.Response{Body: []byte("{}")}, nil
	}))
	s.Kept = api.NewKept(1<<20, &generation{})
	var all sync.WaitGroup
	for range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			if w := fetch(h, "GET", "/api/1/things/"); w.Code != 200 {
				t.Errorf("%d", w.Code)
			}
		}()
	}
	<-started
	time.Sleep(50 * time.Millisecond) // for the others to come
	close(goOn)
	all.Wait()
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// What is no plain success is made anew each time.
func TestNotKept(t *testing.T) {
	var asked atomic.Int64
	answers := map[string]api.Response{
		"cookie": {Body: []byte("{}"), Header: http.Header{"Set-Cookie": {"a=b"}}},
		"other":  {Body: []byte("{}"), Status: 202},
		"secret": {Body: []byte("{}"), Header: http.Header{"Cache-Control": {"no-store"}}},
		"large":  {Body: bytes.Repeat([]byte("x"), 1<<18)},
	}
	var routes []api.Route
	for name, res := range answers {
		routes = append(routes, route("GET", "/api/1/"+name+"/", func(context.Context, *api.Request) (*api.Response, error) {
			asked.Add(1)
			return &res, nil
		}))
	}
	mine := route("GET", "/api/1/mine/", func(_ context.Context, r *api.Request) (*api.Response, error) {
		asked.Add(1)
		return &api.Response{Body: []byte("{}")}, nil
	})
	mine.Access = api.SignedIn
	s, h := portal(append(routes, mine)...)
	s.Kept = api.NewKept(1<<20, &generation{})
	for name := range answers {
		asked.Store(0)
		fetch(h, "GET", "/api/1/"+name+"/")
		fetch(h, "GET", "/api/1/"+name+"/")
		if n := asked.Load(); n != 2 {
			t.Errorf("%s was asked twice, and the handler ran %d times", name, n)
		}
	}
	if w := fetch(h, "GET", "/api/1/mine/"); w.Code != 401 {
		t.Errorf("mine: %d", w.Code)
	}
}
