package api

import (
	"io"
	"log/slog"
	"net/http"
	"time"
)

// stalled is how long a client may take no byte of a stream.
const stalled = time.Minute

// stream sends an answer whose length is not known before it ends.
func (s *Server) stream(w http.ResponseWriter, r *Request, res *Response) {
	h := w.Header()
	for k, v := range res.Header {
		h[k] = v
	}
	if h.Get("Content-Type") == "" && r.Route.Produces != "" {
		h.Set("Content-Type", r.Route.Produces)
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	out := &streamWriter{w: Patient(w)}
	err := res.Stream(out)
	switch {
	case err == nil && !out.wrote:
		w.WriteHeader(http.StatusOK)
	case err == nil:
	case !out.wrote:
		for k := range res.Header {
			h.Del(k)
		}
		s.fail(w, r, err)
	default:
		if r.Context().Err() == nil {
			slog.ErrorContext(r.Context(), "an answer was cut short", "request", r.ID, "method", r.Method, "path", r.URL.Path, "error", err)
		}
		// Without its last chunk the client knows that something is missing.
		panic(http.ErrAbortHandler)
	}
}

// streamWriter knows whether something was sent.
type streamWriter struct {
	w     io.Writer
	wrote bool
}

func (s *streamWriter) Write(b []byte) (int, error) {
	s.wrote = true
	return s.w.Write(b)
}

// Patient returns a writer that gives the client time for each piece instead of
// for the whole.
func Patient(w http.ResponseWriter) io.Writer {
	return &patient{w, http.NewResponseController(w)}
}

type patient struct {
	io.Writer
	control *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	// Where it is not supported, in tests, nothing runs out.
	_ = p.control.SetWriteDeadline(time.Now().Add(stalled))
	return p.Writer.Write(b)
}
