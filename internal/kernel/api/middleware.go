package api

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type requestIDKey struct{}

// RequestID returns the id of the request that the context belongs to.
func RequestID(ctx context.Context) string {
	s, _ := ctx.Value(requestIDKey{}).(string)
	return s
}

// Identify gives each request an id, which the answer carries as
// X-Request-Id. The id of a proxy in front is kept when it is a plain token.
func Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !plainToken(id) {
			// No secret: it tells requests apart in the log.
			id = strconv.FormatUint(rand.Uint64()|1<<63, 16)
		}
		w.Header()["X-Request-Id"] = []string{id}
		next.ServeHTTP(w, r)
	})
}

// identified puts the request's id, which Identify gave the answer, into its
// context: late, as most answers are sent without ever looking at it.
func identified(w http.ResponseWriter, r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), requestIDKey{}, w.Header().Get("X-Request-Id")))
}

func plainToken(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// Log writes a line for each answer.
func Log(logger *slog.Logger, next http.Handler) http.Handler {
	handler := logger.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !handler.Enabled(r.Context(), slog.LevelInfo) {
			next.ServeHTTP(w, r)
			return
		}
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		took := time.Since(start)
		// Made by hand, as a Logger would look up from where it was called.
		line := slog.NewRecord(start.Add(took), slog.LevelInfo, "request", 0)
		line.AddAttrs(
			slog.String("request", w.Header().Get("X-Request-Id")),
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", rec.status),
			slog.Duration("took", took))
		_ = handler.Handle(r.Context(), line) // as Logger does
	})
}

// vary are the header fields that decide an answer: who asks, for which parts,
// from which site, and in which encoding. The first two are udata's.
var vary = []string{"Origin, Cookie, X-API-KEY, Authorization, " + strings.Join(selecting, ", ") + ", Accept-Encoding"}

// CORS answers preflights before routing and names the origins that may read
// answers. Every origin may read as anybody may; the portal's own front and
// the listed origins may also send credentials. The rule is udata's cors.py.
func CORS(trusted []string, s *Server, next http.Handler) http.Handler {
	allowed := map[string]bool{}
	for _, o := range trusted {
		allowed[strings.TrimRight(o, "/")] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Vary"] = vary
		origin := r.Header.Get("Origin")
		switch {
		case origin == "":
		case allowed[origin]:
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
		default:
			h.Set("Access-Control-Allow-Origin", "*")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
		if origin != "" {
			if m := r.Header.Get("Access-Control-Request-Method"); m != "" {
				h.Set("Access-Control-Allow-Methods", m)
			}
			if v := r.Header.Get("Access-Control-Request-Headers"); v != "" {
				h.Set("Access-Control-Allow-Headers", v)
			}
		}
		methods, _ := s.Allow(r.URL.Path)
		h.Set("Allow", methods)
		w.WriteHeader(http.StatusNoContent)
	})
}
