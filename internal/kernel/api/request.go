package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/mask"
	"ouvert/internal/kernel/patch"
)

// Request is a request on its way through a route.
type Request struct {
	*http.Request
	Route *Route
	// Actor is who asks, nil when nobody is signed in.
	Actor *auth.Actor
	// Query is the query string, in its order.
	Query Query
	// Lang is the language of labels and messages.
	Lang i18n.Lang
	// Subject is what the route's Subject found.
	Subject any
	// ID is the request's own id, for the logs.
	ID string
	// Now is the instant at which the request came in.
	Now time.Time

	// path has the routes of the other methods.
	path *pathRoutes
	mask *mask.Mask
	// asks tells that there is a mask, be it one that keeps everything.
	asks bool
	// body is what ReadBody has read, kept when the request may be carried out
	// more than once.
	body     []byte
	keepBody bool
	// large gives the request the time that a large body takes.
	large func()
}

// Masked tells whether the caller says what the answer should hold.
func (r *Request) Masked() bool { return r.Header.Get("X-Fields") != "" }

// ItemMask is what an anonymous caller wants of each item of a page, and what it
// is known by; nil for all of it. Others have permissions of their own, which
// are filled in before a mask is applied.
func (r *Request) ItemMask() (m keep.Mask, name string) {
	sub := r.mask.Sub("data")
	if sub == nil || !r.Actor.Anonymous() {
		return nil, ""
	}
	return sub, r.Header.Get("X-Fields")
}

// masked is a body as far as the request's mask lets it through.
func (r *Request) masked(body []byte) []byte {
	if r.mask == nil || len(body) == 0 {
		return body
	}
	return r.mask.Append(make([]byte, 0, len(body)/2), body)
}

// Object reads the body as a JSON object. It answers 415 when the content
// type is not JSON, 400 when the body is not a JSON object, 413 when it is too
// large.
func (r *Request) Object() (*patch.Object, error) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, errNotJSON()
	}
	body, err := r.ReadBody()
	if err != nil {
		return nil, err
	}
	return patch.Parse(body)
}

// Value reads a body that is any JSON value, as the field name of an object, so
// that the same readers find what is wrong with it. Errors are those of Object.
func (r *Request) Value(name string) (*patch.Object, error) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, errNotJSON()
	}
	body, err := r.ReadBody()
	if err != nil {
		return nil, err
	}
	if !json.Valid(body) {
		return nil, errs.BadRequest("The request body is not valid JSON.")
	}
	key, err := json.Marshal(name)
	if err != nil {
		return nil, err
	}
	return patch.Parse(slices.Concat([]byte("{"), key, []byte(":"), body, []byte("}")))
}

// Asks tells whether the client's mask asks for a member that is left out
// otherwise (schema.Field.OnRequest), by the names that lead to it.
func (r *Request) Asks(path ...string) bool { return r.asks && r.mask.Keeps(path...) }

func errNotJSON() error {
	return errs.New(http.StatusUnsupportedMediaType,
		"Did not attempt to load JSON data because the request Content-Type was not 'application/json'.")
}

// ReadBody reads the whole body, within the route's limit.
func (r *Request) ReadBody() ([]byte, error) {
	if r.body != nil {
		return r.body, nil
	}
	var b bytes.Buffer
	if n := r.ContentLength; n > 0 && n < 1<<20 {
		b.Grow(int(n) + bytes.MinRead)
	}
	if _, err := io.Copy(&b, r.Body); err != nil {
		return nil, BodyError(err)
	}
	if r.keepBody {
		r.body = b.Bytes()
		if r.body == nil {
			r.body = []byte{}
		}
	}
	return b.Bytes(), nil
}

// BodyError makes a client's error of what reading a body gave.
func BodyError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.New(http.StatusRequestEntityTooLarge, "The request body is larger than the %d bytes allowed here.", tooLarge.Limit)
	}
	return errs.BadRequest("The request body could not be read to its end.")
}

func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return t == "application/json" || (strings.HasPrefix(t, "application/") && strings.HasSuffix(t, "+json"))
}

// Redirect turns errs.Moved, whose Location is a slug, into a redirect to
// this same route with the slug in place of the path's parameter. Other
// errors pass.
func Redirect(r *Request, param string, err error) error {
	e := errs.As(err)
	if e == nil || e.Status != http.StatusPermanentRedirect {
		return err
	}
	var path strings.Builder
	for _, seg := range segments(r.Route.Path) {
		path.WriteByte('/')
		switch text, name, ok := wildcard(seg); {
		case ok && name == param:
			path.WriteString(e.Location)
		case ok:
			path.WriteString(text + url.PathEscape(r.PathValue(name)))
		default:
			path.WriteString(seg)
		}
	}
	if strings.HasSuffix(r.Route.Path, "/") {
		path.WriteByte('/')
	}
	return errs.Moved(path.String())
}
