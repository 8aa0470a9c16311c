package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ouvert/internal/kernel/auth"
)

// TestOverlappingPaths: of two patterns that match, the one that spells out
// the earlier segment wins; what it lacks further on is looked for elsewhere.
func TestOverlappingPaths(t *testing.T) {
	var routes []Route
	for _, path := range []string{
		"/d/{x}/", "/d/{x}/badges/", "/d/community/{y}/", "/d/community/", "/d/r/{id}", "/d/{x}/r/{id}/", "/d/feed.atom",
		"/d/{x}/rdf", "/d/{x}/rdf.{id}",
	} {
		routes = append(routes, Route{
			Method: "GET", Path: path, ID: path, Tag: "d", Summary: "d", Access: Anyone,
			Handle: func(_ context.Context, r *Request) (*Response, error) {
				return &Response{Body: []byte(r.Route.Path + " " + r.PathValue("x") + r.PathValue("y") + r.PathValue("id"))}, nil
			},
		})
	}
	s := NewServer(routes)
	s.Authenticate = func(context.Context, *http.Request) (*auth.Actor, error) { return nil, nil }
	s.Clock = time.Now
	for path, want := range map[string]string{
		"/d/a/":               "/d/{x}/ a",
		"/d/a":                "/d/{x}/ a", // its last slash is not asked for
		"/d/a%2Fb/":           "/d/{x}/ a/b",
		"/d/community/":       "/d/community/ ",
		"/d/community/badges": "/d/community/{y}/ badges",
		"/d/a/badges/":        "/d/{x}/badges/ a",
		"/d/r/1":              "/d/r/{id} 1",
		"/d/r/badges/":        "/d/{x}/badges/ r",
		"/d/r/r/1/":           "/d/{x}/r/{id}/ r1",
		"/d/feed.atom":        "/d/feed.atom ",
		"/d/a/rdf":            "/d/{x}/rdf a",
		"/d/a/rdf.ttl":        "/d/{x}/rdf.{id} attl",
		"/d/a/rdf.a.b":        "/d/{x}/rdf.{id} aa.b",
		"/d/a/rdf.":           "",
		"/d/a/rdf.ttl/":       "",
		"/d/a/rdx.ttl":        "",
		"/d/r/1/":             "",
		"/d//badges/":         "",
		"/d/":                 "",
		"/":                   "",
		"/d/a/b/c/":           "",
	} {
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), "GET", "http://x"+path, nil))
		if want == "" {
			if rec.Code == 200 {
				t.Errorf("%s: %s", path, rec.Body)
			}
		} else if rec.Code != 200 || rec.Body.String() != want {
			t.Errorf("%s: %d %s, want %s", path, rec.Code, rec.Body, want)
		}
	}
}
