package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/auth"
)

func TestStream(t *testing.T) {
	route := func(path string, write func(w io.Writer) error) Route {
		return Route{
			Method: "GET", Path: path, ID: path, Tag: "t", Summary: "s", Access: Anyone, Produces: "text/csv",
			Handle: func(context.Context, *Request) (*Response, error) {
				return &Response{Stream: write, Header: http.Header{"Content-Disposition": {"attachment"}}}, nil
			},
		}
	}
	broken := errors.New("the database went away")
	s := NewServer([]Route{
		route("/whole/", func(w io.Writer) error { _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); return err }),
		route("/empty/", func(io.Writer) error { return nil }),
		route("/early/", func(io.Writer) error { return broken }),
		route("/late/", func(w io.Writer) error {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<16))
			return broken
		}),
	})
	s.Clock, s.BodyLimit = time.Now, 1<<20
	s.Authenticate = func(context.Context, *http.Request) (*auth.Actor, error) { return nil, nil }
	server := httptest.NewServer(s)
	defer server.Close()
	for _, c := range []struct {
		path   string
		status int
		size   int
		cut    bool
	}{
		{"/whole/", 200, 1 << 16, false}, {"/empty/", 200, 0, false}, {"/early/", 500, -1, false}, {"/late/", 200, -1, true},
	} {
		res, err := http.Get(server.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != c.status || (err != nil) != c.cut || (c.size >= 0 && len(body) != c.size) {
			t.Errorf("%s: %d, %d bytes, %v", c.path, res.StatusCode, len(body), err)
		}
		if c.status == 500 && (res.Header.Get("Content-Disposition") != "" || res.Header.Get("Content-Type") != "application/json") {
			t.Errorf("%s: headers %v", c.path, res.Header)
		}
	}
}
