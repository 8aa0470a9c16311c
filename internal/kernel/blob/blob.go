// Package blob keeps files: pictures, exports, whatever is too large for the
// database. They lie in the data folder of a one-machine portal (Dir); a bucket
// is another Store.
//
// A file is written once and never changes: a new picture gets a new key. That
// is what lets browsers and proxies keep it for good (see Handler).
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ouvert/internal/kernel/id"
)

// ErrNotFound: there is no file with this key.
var ErrNotFound = errors.New("blob: not found")

// ErrBadKey: no file can have this key. Reading one is ErrNotFound instead.
var ErrBadKey = errors.New("blob: bad key")

// Store is where files live. Its methods may be called at the same time.
//
// A key is 1 to 512 bytes of UTF-8: segments that are separated by single
// slashes, each of 1 to 255 bytes, none starting with a dot, none with a
// backslash or a control character.
type Store interface {
	// Put stores what r has to say under key, in place of what was there. It
	// is all or nothing: when r or the store fails, or ctx ends, the key is as
	// it was before. Once Put returns nil, a power cut doesn't lose the file.
	// The error may be ErrBadKey, or r's own.
	Put(ctx context.Context, key string, r io.Reader, contentType string) error
	// Open returns a file, which the caller closes, or ErrNotFound.
	Open(ctx context.Context, key string) (*Object, error)
	// Delete removes a file. That there is none is no error, as with S3. The
	// error may be ErrBadKey.
	Delete(ctx context.Context, key string) error
	// List goes over the files whose keys start with prefix, which need not
	// end at a slash; all of them when it is empty. No order is promised.
	// The first error ends the list.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Stat tells about a file, or returns ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
}

// Info is what is known of a file without reading it.
type Info struct {
	Key string
	// Size is a number of bytes.
	Size    int64
	ModTime time.Time
	// ContentType is a MIME type, application/octet-stream when unknown.
	ContentType string
}

// Object is an open file.
type Object struct {
	io.ReadSeekCloser
	Info
}

// Sweep removes what writes that were never finished have left in a store, a
// day after they began.
func Sweep(ctx context.Context, s Store) error {
	type sweeper interface {
		Sweep(ctx context.Context, before time.Time) error
	}
	if s, ok := s.(sweeper); ok {
		return s.Sweep(ctx, time.Now().Add(-abandoned))
	}
	return nil
}

// NewKey returns a fresh key in the manner of udata: 32 random hexadecimal
// digits (a UUID), the first two as a folder so that no folder gets too long
// for the file system. "png" and ".png" give "ab/cdef….png"; ext may be empty.
func NewKey(ext string) string {
	hex := strings.ReplaceAll(id.UUID(), "-", "")
	key := hex[:2] + "/" + hex[2:]
	if ext = strings.TrimPrefix(ext, "."); ext != "" {
		key += "." + ext
	}
	return key
}

// Variant returns the key of another size of a picture, in the manner of udata:
// "ab/cdef.png" in size "500" is "ab/cdef-500.png". The upload itself is
// size "original".
func Variant(key, size string) string {
	ext := path.Ext(key)
	return strings.TrimSuffix(key, ext) + "-" + size + ext
}

const (
	maxKey     = 512
	maxSegment = 255 // what file systems allow for a name
)

// checkKey returns nil or an ErrBadKey that says what is wrong. Names that start
// with a dot are kept for unfinished files.
func checkKey(key string) error {
	bad := func(why string) error { return fmt.Errorf("%w: %.80q %s", ErrBadKey, key, why) }
	switch {
	case key == "":
		return bad("is empty")
	case len(key) > maxKey:
		return bad("is too long")
	case !utf8.ValidString(key):
		return bad("is not UTF-8")
	case strings.ContainsRune(key, '\\') || strings.ContainsFunc(key, unicode.IsControl):
		return bad("has a backslash or control character")
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch {
		case segment == "":
			return bad("has an empty segment")
		case segment[0] == '.':
			return bad("has a segment that starts with a dot")
		case len(segment) > maxSegment:
			return bad("has a segment that is too long")
		}
	}
	return nil
}

// types are the content types by extension. HTML and SVG are missing on
// purpose: they can carry scripts, which would run as the portal's own. The
// table is ours because that of package mime depends on the machine.
var types = map[string]string{
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".png":  "image/png",
	".webp": "image/webp",
	".gif":  "image/gif", // stored by udata, not accepted any more
	".csv":  "text/csv; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
	".json": "application/json",
	".gz":   "application/gzip",
	".zip":  "application/zip",
}

func contentType(key string) string {
	if t := types[strings.ToLower(path.Ext(key))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
