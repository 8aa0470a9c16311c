package blob

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = target // as it is: not even the mux has cleaned it
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantHeader(t *testing.T, r *http.Response, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if got := r.Header.Get(k); got != v {
			t.Errorf("%s: %q, want %q", k, got, v)
		}
	}
}

// guarded are the headers of every answer.
var guarded = map[string]string{
	"X-Content-Type-Options":  "nosniff",
	"Content-Security-Policy": "default-src 'none'; sandbox",
}

func TestHandlerServes(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/é c.png", "0123456789")
		h := Handler(d, "/images/")
		for _, method := range []string{"GET", "HEAD"} {
			r := serve(h, method, "/images/ab/é c.png")
			if r.StatusCode != 200 {
				t.Fatal(r.Status)
			}
			wantHeader(t, r, guarded)
			wantHeader(t, r, map[string]string{
				"Content-Type": "image/png", "Content-Length": "10", "Accept-Ranges": "bytes",
				"Cache-Control": "public, max-age=31536000, immutable",
			})
			i, _ := d.Stat(t.Context(), "ab/é c.png")
			wantHeader(t, r, map[string]string{"Etag": etag(i), "Last-Modified": i.ModTime.UTC().Format(http.TimeFormat)})
			if got, want := body(t, r), map[string]string{"GET": "0123456789", "HEAD": ""}[method]; got != want {
				t.Errorf("%s: %q", method, got)
			}
		}
	})
}

func TestHandlerConditionsAndRanges(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/c.png", "0123456789")
		h := Handler(d, "/images/")
		tag := serve(h, "GET", "/images/ab/c.png").Header.Get("Etag")
		modified := serve(h, "GET", "/images/ab/c.png").Header.Get("Last-Modified")
		tests := []struct {
			name, value string
			status      int
			body        string
		}{
			{"If-None-Match", tag, 304, ""},
			{"If-None-Match", `"other"`, 200, "0123456789"},
			{"If-Modified-Since", modified, 304, ""},
			{"If-Match", `"other"`, 412, ""},
			{"Range", "bytes=2-4", 206, "234"},
			{"Range", "bytes=-1", 206, "9"},
			{"Range", "bytes=20-", 416, "invalid range: failed to overlap\n"},
		}
		for _, tt := range tests {
			r := serve(h, "GET", "/images/ab/c.png", tt.name, tt.value)
			if r.StatusCode != tt.status || body(t, r) != tt.body {
				t.Errorf("%s %s: %s", tt.name, tt.value, r.Status)
			}
			wantHeader(t, r, guarded)
		}
		if r := serve(h, "GET", "/images/ab/c.png", "Range", "bytes=0-1", "If-Range", `"other"`); r.StatusCode != 200 {
			t.Errorf("If-Range of another file: %s", r.Status)
		}
		// Another file, another tag; and the same when only the time differs.
		put(t, d, "ab/d.png", "0123456789")
		if serve(h, "GET", "/images/ab/d.png").Header.Get("Etag") == tag {
			t.Error("two files with the same tag")
		}
		i, _ := d.Stat(t.Context(), "ab/c.png")
		i.ModTime = i.ModTime.Add(time.Nanosecond)
		if etag(i) == tag {
			t.Error("the tag of a file that was replaced is the same")
		}
	})
}

func wantMessage(t *testing.T, r *http.Response, status int) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("%s, want %d", r.Status, status)
	}
	wantHeader(t, r, guarded)
	wantHeader(t, r, map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"})
	var got map[string]string
	text := body(t, r)
	if err := json.Unmarshal([]byte(text), &got); err != nil || got["message"] == "" || len(got) != 1 || strings.Contains(text, "disk") {
		t.Errorf("body: %v, %v", got, err)
	}
}

func TestHandlerNotFound(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/c.png", "x")
		h := Handler(d, "/images/")
		for _, p := range []string{
			"/images/ab/d.png", "/images/ab", "/images/ab/", "/images/", "/images", "/other/ab/c.png", "",
			"/images/ab/c.png/", "/images//ab/c.png", "/images/./ab/c.png", "/images/x/../ab/c.png", "/images/../images/ab/c.png",
			"/images/../../etc/passwd", "/images//etc/passwd", `/images/..\..\etc\passwd`, "/images/ab/c.png\x00", "/images/\xff",
		} {
			t.Run(p, func(t *testing.T) { wantMessage(t, serve(h, "GET", p), 404) })
		}
	})
}

func TestHandlerMethods(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/c.png", "x")
		h := Handler(d, "/images/")
		for _, m := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"} {
			r := serve(h, m, "/images/ab/c.png")
			wantMessage(t, r, 405)
			wantHeader(t, r, map[string]string{"Allow": "GET, HEAD"})
		}
		if got := get(t, d, "ab/c.png"); got != "x" {
			t.Errorf("the file is %q", got)
		}
	})
}

type brokenStore struct{ Store }

func (brokenStore) Open(context.Context, string) (*Object, error) {
	return nil, errors.New("disk /dev/sda1 is on fire")
}

func TestHandlerStoreFails(t *testing.T) {
	var log strings.Builder
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	r := serve(Handler(brokenStore{}, "/images/"), "GET", "/images/ab/c.png")
	wantMessage(t, r, 503) // without the disk in it
	wantHeader(t, r, map[string]string{"Retry-After": "3"})
	if !strings.Contains(log.String(), "on fire") {
		t.Errorf("log: %s", log.String())
	}
}

// Through a real server and mux, where paths are escaped.
func TestHandlerTraversal(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/c.png", "x")
		mux := http.NewServeMux()
		mux.Handle("/images/", Handler(d, "/images/"))
		srv := httptest.NewServer(mux)
		defer srv.Close()
		for _, p := range []string{
			"/images/%2e%2e/%2e%2e/etc/passwd", "/images/..%2f..%2fetc/passwd", "/images/%5c..%5c", "/images/%00", "/images/ab%2f..%2f..",
		} {
			r, err := srv.Client().Get(srv.URL + p)
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != 404 {
				t.Errorf("%s: %s", p, r.Status)
			}
		}
		r, err := srv.Client().Get(srv.URL + "/images/ab/c.png")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != 200 {
			t.Error(r.Status)
		}
	})
}
