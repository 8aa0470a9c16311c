package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"ouvert/internal/kernel/errs"
)

// Handler serves the files of a store under a path such as "/images/": what
// follows is the key. It answers GET and HEAD with the file, parts of it
// (Range) and 304 to who has it; anything else is 405, and what isn't there
// 404, both as JSON {"message": …}. Folders are never listed.
//
// Answers may be kept for a year, as keys never change content. They are
// treated as hostile, since users upload them: no sniffing of another type, no
// script, no frame that acts as the portal.
func Handler(s Store, prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, "The method is not allowed for the requested URL.")
			return
		}
		key, ok := strings.CutPrefix(r.URL.Path, prefix)
		if !ok {
			refuse(w, http.StatusNotFound, errs.NotFound().Message)
			return
		}
		object, err := s.Open(r.Context(), key)
		switch {
		case errors.Is(err, ErrNotFound):
			refuse(w, http.StatusNotFound, errs.NotFound().Message)
			return
		case err != nil:
			if r.Context().Err() == nil {
				slog.ErrorContext(r.Context(), "blob: can't serve a file", "key", key, "error", err)
			}
			// A bucket that does not answer will answer again.
			away := errs.Away()
			h.Set("Retry-After", strconv.Itoa(away.RetryAfter))
			refuse(w, away.Status, away.Message)
			return
		}
		defer object.Close()
		h.Set("Content-Type", object.ContentType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Etag", etag(object.Info))
		http.ServeContent(w, r, "", object.ModTime, object)
	})
}

// etag is a strong validator: with immutable keys the key alone would do, size
// and time are there for who replaces a file by hand.
func etag(i Info) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", i.Key, i.Size, i.ModTime.UnixNano()))
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// refuse answers with a message. It must not be kept: the file may come later.
func refuse(w http.ResponseWriter, status int, message string) {
	body, _ := json.Marshal(map[string]string{"message": message}) // can't fail
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
