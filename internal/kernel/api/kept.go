package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ouvert/internal/kernel/keep"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"
)

// Kept holds whole answers to anonymous GETs: the bytes as they are sent,
// plain and compressed, under what decides them – path, query, mask. Each is
// stamped with the catalogue's generation and used only while that stands
// (see db.Stamp), so nothing has to be thrown out when something is written.
//
// What belongs to somebody is never in here: a request with a token, a cookie
// or any other credentials passes by.
type Kept struct {
	catalogue Catalogue

	cache  *otter.Cache[string, *keptAnswer]
	most   int
	flight singleflight.Group
	// never are the routes whose answers cannot be kept: streams.
	never sync.Map

	hits, misses atomic.Int64
}

// keptFor bounds the age of a kept answer by the clock: some answers follow
// from the time of asking (whether a dataset is late, whether a reuse is old
// enough for the feed), which no write tells of.
const keptFor = 30 * time.Second

// Limits of what is kept.
const (
	// An answer that was sent so often in its generation is compressed.
	compressAfter = 4

	maxKey = 2 << 10
	// A single answer takes this part of the room at most.
	part = 8
	// What an entry takes beside its bytes, about.
	overhead = 512
)

// Catalogue tells of what the answers were made of; see db.DB.
type Catalogue interface {
	// Stamp is its generation.
	Stamp(ctx context.Context) (uint64, error)
	// Moved is when that began.
	Moved() time.Time
}

// NewKept returns room for size bytes of answers, nil for none at all.
func NewKept(size int64, c Catalogue) *Kept {
	if size <= 0 {
		return nil
	}
	k := &Kept{catalogue: c, most: int(size / part)}
	k.cache = otter.Must(&otter.Options[string, *keptAnswer]{
		MaximumWeight: uint64(size),
		Weigher:       func(key string, a *keptAnswer) uint32 { return uint32(len(key) + a.weight()) }, //nolint:gosec // far below
	})
	return k
}

// Figures are how often an answer was kept and how often not, and how many
// bytes are kept.
func (k *Kept) Figures() (hits, misses, bytes int64) {
	if k == nil {
		return 0, 0, 0
	}
	return k.hits.Load(), k.misses.Load(), int64(k.cache.WeightedSize()) //nolint:gosec // far below
}

// keptAnswer is an answer with status 200. Its variants are made when they are
// first asked for.
type keptAnswer struct {
	route    *Route
	stamp    uint64
	until    time.Time
	header   http.Header
	tag      string
	asked    atomic.Int64
	variants [encodings]struct {
		once   sync.Once
		made   atomic.Bool
		body   []byte
		header variantHeader
	}
}

// variantHeader are the header fields of a variant, as http.Header holds them,
// so that sending it makes none.
type variantHeader struct{ etag, length []string }

func (a *keptAnswer) weight() int {
	n := overhead
	for i := range a.variants {
		if a.variants[i].made.Load() {
			n += len(a.variants[i].body)
		}
	}
	return n
}

func newKeptAnswer(route *Route, stamp uint64, until time.Time, header http.Header, body []byte) *keptAnswer {
	a := &keptAnswer{route: route, stamp: stamp, until: until, header: header, tag: entityTag(body)}
	a.make(identity, keep.Clipped(body))
	return a
}

func (a *keptAnswer) make(e encoding, body []byte) {
	v := &a.variants[e]
	v.once.Do(func() {
		v.body = body
		v.header = variantHeader{etag: []string{quoteTag(a.tag, e)}, length: []string{strconv.Itoa(len(body))}}
		v.made.Store(true)
	})
}

// variant returns the best variant for the encodings that the client takes,
// and whether it has just been made. Compressing takes longer than anything
// else here, so what is asked for a few times only is sent as it is.
func (a *keptAnswer) variant(accept string) (e encoding, fresh bool) {
	often := a.asked.Add(1) > compressAfter
	plain := a.variants[identity].body
	if accept == "" || !often || len(plain) < worthCompressing {
		return identity, false
	}
	if e = negotiate(accept); e == identity {
		return identity, false
	}
	if a.variants[e].made.Load() {
		return e, false
	}
	a.make(e, keep.Clipped(compress(e, plain)))
	return e, true
}

// modified is the Last-Modified of every kept answer: when the catalogue last
// changed, as an answer holds members of many objects. It is "" for a moment
// after a change, because the header knows whole seconds alone: in the same
// second there may be another change.
func (k *Kept) modified(now time.Time) string {
	at := k.catalogue.Moved()
	if now.Sub(at) < 2*time.Second {
		return ""
	}
	return at.Add(time.Second - 1).Truncate(time.Second).Format(http.TimeFormat)
}

// notSince tells whether an If-Modified-Since is not before a Last-Modified.
func notSince(since, modified string) bool {
	if since == "" {
		return false
	}
	if since == modified {
		return true
	}
	a, err := http.ParseTime(since)
	b, _ := http.ParseTime(modified)
	return err == nil && !a.Before(b)
}

// credentials tells whether the request carries anything that may say who
// asks. Any cookie counts, also one that is not ours: a shared cache in front
// cannot tell them apart either.
func credentials(r *http.Request) bool {
	return len(r.Header["X-Api-Key"]) > 0 || len(r.Header["Authorization"]) > 0 || len(r.Header["Cookie"]) > 0
}

// selecting are the request's header fields that decide what an anonymous
// answer holds. Every field that a handler reads is listed here, or in the
// test that looks for them.
var selecting = []string{"X-Fields", "X-Get-Datasets-Full-Objects"}

// keptKey is what decides an anonymous answer; "" when it is too long to keep.
func keptKey(r *http.Request) string {
	key := r.RequestURI
	if key == "" {
		key = r.URL.RequestURI() // of a request that came over no wire
	}
	for _, name := range selecting {
		if v := r.Header[name]; len(v) > 0 && v[0] != "" {
			key += "\n" + name + ":" + v[0]
		}
	}
	if len(key) > maxKey {
		return ""
	}
	return key
}

// serveHit answers an anonymous GET that is kept, before anything else is done
// for it. false means that nothing was sent.
func (s *Server) serveHit(w http.ResponseWriter, r *http.Request) bool {
	k := s.Kept
	if k == nil || r.Method != http.MethodGet && r.Method != http.MethodHead || credentials(r) {
		return false
	}
	key := keptKey(r)
	a, ok := k.cache.GetIfPresent(key)
	if !ok {
		return false
	}
	start := s.Clock()
	stamp, err := k.catalogue.Stamp(r.Context())
	if err != nil || a.stamp != stamp || !start.Before(a.until) {
		return false
	}
	k.hits.Add(1)
	status := s.sendKept(w, r, key, a)
	if s.Observe != nil {
		s.Observe(a.route, status, s.Clock().Sub(start))
	}
	return true
}

// errPersonal says that an answer cannot be shared, and is no error.
var errPersonal = errors.New("api: this answer is not kept")

// serveKept answers an anonymous GET from what is kept, or keeps the answer.
// false means that nothing was sent and that the request must be answered for
// itself.
func (s *Server) serveKept(w http.ResponseWriter, r *Request) bool {
	k := s.Kept
	if k == nil || r.Route.Access != Anyone || credentials(r.Request) {
		return false
	}
	if _, never := k.never.Load(r.Route); never {
		return false
	}
	key := keptKey(r.Request)
	if key == "" {
		return false
	}
	ctx := r.Context()
	// Before anything is read: what is read later is at least as new.
	stamp, err := k.catalogue.Stamp(ctx)
	if err != nil {
		return false // the handler will meet the same, and say so
	}
	k.misses.Add(1)
	// Those who ask the same at the same time wait for one of them. He answers
	// for all, so he goes on when his own client is gone.
	var mine *Response // of the one who answers for all
	v, err, _ := k.flight.Do(strconv.FormatUint(stamp, 36)+" "+key, func() (any, error) {
		var a *keptAnswer
		var err error
		if mine, err = s.answer(context.WithoutCancel(ctx), r); err == nil {
			a, err = s.keepable(r, mine, stamp)
		}
		if err == nil && a.weight() <= k.most {
			k.cache.Set(key, a)
		}
		return a, err
	})
	switch {
	case errors.Is(err, errPersonal) && mine != nil:
		s.send(w, r, mine)
	case errors.Is(err, errPersonal):
		return false
	case err != nil:
		s.fail(w, r, err)
	default:
		s.sendKept(w, r.Request, key, v.(*keptAnswer))
	}
	return true
}

// keepable makes an answer one that can be kept; errPersonal when it cannot.
func (s *Server) keepable(r *Request, res *Response, stamp uint64) (*keptAnswer, error) {
	if res.Stream != nil {
		s.Kept.never.Store(r.Route, true)
		return nil, errPersonal
	}
	status := s.status(r, res)
	if status != http.StatusOK || len(res.Header["Set-Cookie"]) > 0 || len(res.Header["Cache-Control"]) > 0 {
		return nil, errPersonal
	}
	body := r.masked(res.Body)
	header := http.Header{"Content-Type": {r.Route.produces()}}
	for name, v := range res.Header {
		header[name] = v
	}
	return newKeptAnswer(r.Route, stamp, r.Now.Add(keptFor), header, body), nil
}

var (
	publicCache  = []string{"public, no-cache"}
	privateCache = []string{"private, no-cache"}
	encodingName = [encodings][]string{identity: nil, gzipped: {"gzip"}, zstandard: {"zstd"}}
)

// cacheControl lets a shared cache keep what strangers get, and asks it to ask
// before each use: with the ETag that costs next to nothing, and nobody reads
// what is no longer so. What belongs to somebody is kept by their browser alone.
func cacheControl(r *Request) []string {
	if credentials(r.Request) || (r.Route != nil && r.Route.Access != Anyone) {
		return privateCache
	}
	return publicCache
}

// sendKept sends a kept answer and returns its status.
func (s *Server) sendKept(w http.ResponseWriter, r *http.Request, key string, a *keptAnswer) int {
	h := w.Header()
	h["Cache-Control"] = publicCache
	if tags := r.Header["If-None-Match"]; len(tags) > 0 {
		if e, ok := matching(tags, a.tag, false); ok {
			h["Etag"] = []string{quoteTag(a.tag, e)}
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
	}
	if modified := s.Kept.modified(s.Clock()); modified != "" {
		if len(r.Header["If-None-Match"]) == 0 && notSince(r.Header.Get("If-Modified-Since"), modified) {
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
		h["Last-Modified"] = []string{modified}
	}
	e, fresh := a.variant(r.Header.Get("Accept-Encoding"))
	if fresh {
		if old, ok := s.Kept.cache.GetIfPresent(key); ok && old == a {
			s.Kept.cache.Set(key, a) // it weighs more now
		}
	}
	v := &a.variants[e]
	for name, value := range a.header {
		h[name] = value
	}
	if e != identity {
		h["Content-Encoding"] = encodingName[e]
	}
	h["Etag"], h["Content-Length"] = v.header.etag, v.header.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(v.body) // the client may be gone; there is nobody to tell
	}
	return http.StatusOK
}
