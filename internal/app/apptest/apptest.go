// Package apptest runs the whole portal in a test: the real handler on a fresh
// database of each engine, with a clock that the test moves.
package apptest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/kernel/db/dbtest"
)

// Start is the instant at which each test begins.
var Start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// Portal is a running portal.
type Portal struct {
	*app.App
	t       *testing.T
	handler http.Handler
	mu      sync.Mutex
	now     time.Time
	// People are the tokens of those whom Person made, by first name.
	People map[string]Person
}

// Person is somebody who may sign in.
type Person struct{ ID, Token string }

// Each runs the test on both databases.
func Each(t *testing.T, f func(t *testing.T, p *Portal)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, New(t, app.Config{})) })
	t.Run("postgresql", func(t *testing.T) { f(t, New(t, app.Config{Database: dbtest.PostgreSQLAddress(t)})) })
}

// New starts a portal; c needs no field set.
func New(t *testing.T, c app.Config) *Portal {
	t.Helper()
	p := &Portal{t: t, now: Start, People: map[string]Person{}}
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	if c.PublicURL == "" {
		c.PublicURL, c.SiteURL = "http://portal.test", "https://www.example.org"
	}
	if c.TokenSecret == "" {
		c.TokenSecret = "test-secret"
	}
	// A test that counts what is kept says how much may be.
	c.CheckKept = c.CacheSize == 0
	a, err := app.Open(t.Context(), c, p.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	p.App = a
	p.handler = a.Handler(slog.New(slog.NewTextHandler(io.Discard, nil)))
	return p
}

// Now is the portal's clock. Each reading is a millisecond later.
func (p *Portal) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(time.Millisecond)
	return p.now
}

// Pass moves the clock.
func (p *Portal) Pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// Person makes an account with a token.
func (p *Portal) Person(first string, sysadmin bool) Person {
	p.t.Helper()
	u, err := p.Users.Create(p.t.Context(), strings.ToLower(first)+"@example.org", first, "Test", sysadmin)
	if err != nil {
		p.t.Fatal(err)
	}
	token, err := p.Users.CreateToken(p.t.Context(), u.ID, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	who := Person{u.ID, token}
	p.People[first] = who
	return who
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Text   string
	// Body is the decoded JSON, nil when it is none.
	Body any
}

// Get returns the value at a path of member names and indexes ("data.0.id"),
// nil when there is none.
func (a Answer) Get(path string) any { return At(a.Body, path) }

// At returns the value at a path in decoded JSON.
func At(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			i := 0
			for _, c := range part {
				i = i*10 + int(c-'0')
			}
			if i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// Do sends a request. body may be nil, a string, []byte, or anything that
// JSON can hold; header are pairs of names and values.
func (p *Portal) Do(who Person, method, path string, body any, header ...string) Answer {
	p.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequestWithContext(p.t.Context(), method, "http://portal.test"+path, r)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if who.Token != "" {
		req.Header.Set("X-API-KEY", who.Token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	a := Answer{Status: rec.Code, Header: rec.Header(), Text: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &a.Body) // what is no JSON stays nil
	return a
}

// Want sends a request and fails the test when the status is another.
func (p *Portal) Want(status int, who Person, method, path string, body any, header ...string) Answer {
	p.t.Helper()
	a := p.Do(who, method, path, body, header...)
	if a.Status != status {
		p.t.Fatalf("%s %s: want %d, got %d %s", method, path, status, a.Status, a.Text)
	}
	return a
}
