package api

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoding is how a body is sent (Content-Encoding).
type encoding int

// The encodings that kept answers are sent in. zstd is what browsers of today
// take, compresses better than gzip and in a third of the time; brotli is
// understood by a few more, and takes ten times as long in Go.
const (
	identity encoding = iota
	gzipped
	zstandard
	encodings
)

// worthCompressing is the least body that is compressed: below, it still fits
// into one packet.
const worthCompressing = 1200

// negotiate picks the encoding for an Accept-Encoding header (RFC 9110,
// 12.5.3): the one that the client likes best, zstd before gzip.
func negotiate(accept string) encoding {
	if accept == "" {
		return identity
	}
	const unknown = -1
	quality := [encodings]float64{identity: unknown, gzipped: unknown, zstandard: unknown}
	others := float64(unknown)
	for item := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(item, ";")
		q := weight(params)
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
			quality[gzipped] = q
		case strings.EqualFold(name, "zstd"):
			quality[zstandard] = q
		case strings.EqualFold(name, "identity"):
			quality[identity] = q
		case name == "*":
			others = q
		}
	}
	for _, e := range []encoding{gzipped, zstandard} {
		if quality[e] == unknown {
			quality[e] = max(0, others)
		}
	}
	best := identity
	if quality[identity] == unknown {
		quality[identity] = 0 // taken, but anything that was named is liked better
	}
	for _, e := range []encoding{gzipped, zstandard} {
		if quality[e] > 0 && quality[e] >= quality[best] {
			best = e
		}
	}
	return best
}

// weight reads "q=0.5"; 1 when there is none, 0 when it makes no sense.
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

var (
	zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
		// A window of 1 MB is more than most answers have, and bounds what the
		// encoder itself keeps.
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // constant options
		}
		return e
	})
	gzipWriters = sync.Pool{New: func() any {
		w, _ := gzip.NewWriterLevel(nil, gzipLevel) // a level that exists
		return w
	}}
)

const gzipLevel = 5

func compress(e encoding, body []byte) []byte {
	if e == zstandard {
		return zstdEncoder().EncodeAll(body, make([]byte, 0, len(body)/6))
	}
	var b bytes.Buffer
	b.Grow(len(body) / 6)
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&b)
	_, _ = w.Write(body) // into memory
	_ = w.Close()
	return b.Bytes()
}
