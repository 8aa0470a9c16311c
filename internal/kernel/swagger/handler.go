package swagger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"time"

	"ouvert/internal/kernel/api"
)

// Handler serves the documentation of the routes: the page at o.BasePath and
// o.BasePath + "/", the document at o.BasePath + "/swagger.json". Both are
// made once, here; it panics where Document does.
func Handler(routes []*api.Route, o Options) http.Handler {
	mux := http.NewServeMux()
	page := serve(Page(routes, o), "text/html; charset=utf-8")
	document := serve(Document(routes, o), jsonType)
	mux.Handle("GET "+o.BasePath, page)
	mux.Handle("GET "+o.BasePath+"/{$}", page)
	mux.Handle("GET "+o.BasePath+"/swagger.json", document)
	return mux
}

// contentSecurityPolicy lets the page do nothing but show itself, in its own
// style and with the portal's own icon.
var contentSecurityPolicy = "default-src 'none'; style-src '" + styleHash() +
	"'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func styleHash() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func serve(body []byte, contentType string) http.Handler {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache") // kept, but asked for again: it changes with the program
		h.Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}
