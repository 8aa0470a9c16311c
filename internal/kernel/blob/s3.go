package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a Store in a bucket of an S3 server. A key is the object's name, after
// the prefix. As with Dir, content types follow from the extension, so that a
// file is served alike wherever it lies; the object has its own for whoever
// reads the bucket.
type S3 struct {
	core   minio.Core
	bucket string
	prefix string // "" or ends with a slash
}

var _ Store = (*S3)(nil)

// S3Config says where a bucket is.
type S3Config struct {
	Bucket string
	// Prefix is what all names in the bucket start with: "" or "a/b/".
	Prefix string
	// Endpoint is HOST or HOST:PORT; "" is Amazon's.
	Endpoint string
	Region   string
	// Insecure is for http instead of https.
	Insecure bool
	// PathStyle has the bucket in the path instead of the host's name.
	PathStyle bool
	// Key and Secret are the credentials; "" looks for them in the environment
	// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), in the file
	// of Amazon's tools, and, at Amazon, asks the machine.
	Key, Secret string
}

// ParseS3 reads s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=…&region=…&insecure=…&path-style=…].
// The endpoint may be written with http:// or https://. Buckets elsewhere than
// at Amazon are asked for in the path unless path-style=false.
func ParseS3(address string) (S3Config, error) {
	fail := func(why string, args ...any) (S3Config, error) {
		return S3Config{}, fmt.Errorf("blob: the address %s: %s", Redact(address), fmt.Sprintf(why, args...))
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Opaque != "" {
		return fail("it must read s3://BUCKET[/PREFIX][?endpoint=…&region=…]")
	}
	c := S3Config{Bucket: u.Host, Region: os.Getenv("AWS_REGION")}
	if c.Bucket == "" {
		return fail("it names no bucket")
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		if err := checkKey(prefix); err != nil {
			return fail("the prefix: %v", err)
		}
		c.Prefix = prefix + "/"
	}
	c.Key = u.User.Username()
	c.Secret, _ = u.User.Password()
	if (c.Key == "") != (c.Secret == "") {
		return fail("it has one of key and secret; give both or neither")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fail("its parameters can't be read")
	}
	truth := func(v string, into *bool) (err error) {
		*into, err = strconv.ParseBool(v)
		return err
	}
	// The scheme of the endpoint first, so that insecure= wins.
	if v := query.Get("endpoint"); v != "" {
		c.PathStyle = true
		switch scheme, rest, ok := strings.Cut(v, "://"); {
		case !ok:
			c.Endpoint = v
		case scheme == "http" || scheme == "https":
			c.Endpoint, c.Insecure = strings.TrimRight(rest, "/"), scheme == "http"
		default:
			return fail("the endpoint must be HOST:PORT or http(s)://HOST:PORT")
		}
	}
	for name, values := range query {
		v := values[0]
		switch name {
		case "endpoint":
		case "region":
			c.Region = v
		case "insecure":
			err = truth(v, &c.Insecure)
		case "path-style":
			err = truth(v, &c.PathStyle)
		default:
			return fail("it has no parameter %q (endpoint, region, insecure, path-style)", name)
		}
		if err != nil {
			return fail("%s must be true or false", name)
		}
	}
	return c, nil
}

func (c S3Config) credentials() *credentials.Credentials {
	if c.Key != "" {
		return credentials.NewStaticV4(c.Key, c.Secret, "")
	}
	chain := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	if c.Endpoint == "" {
		chain = append(chain, &credentials.IAM{})
	}
	return credentials.NewChainCredentials(chain)
}

// OpenS3 opens a bucket, which must be there. It removes what unfinished
// writes of an earlier day have left.
func OpenS3(ctx context.Context, c S3Config) (*S3, error) {
	fail := func(err error) (*S3, error) { return nil, fmt.Errorf("blob: open s3://%s: %w", c.Bucket, err) }
	endpoint := c.Endpoint
	if endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	o := minio.Options{Creds: c.credentials(), Secure: !c.Insecure, Region: c.Region, MaxRetries: 5}
	if c.PathStyle {
		o.BucketLookup = minio.BucketLookupPath
	}
	if o.Region == "" && c.Endpoint != "" {
		o.Region = "us-east-1" // what servers of one region are called; else each start would ask
	}
	core, err := minio.NewCore(endpoint, &o)
	if err != nil {
		return fail(err)
	}
	s := &S3{core: *core, bucket: c.Bucket, prefix: c.Prefix}
	there, err := core.BucketExists(ctx, c.Bucket)
	if err != nil {
		return fail(err)
	}
	if !there {
		return fail(errors.New("there is no such bucket; make it first, it should not be public"))
	}
	if err := s.Sweep(ctx, time.Now().Add(-abandoned)); err != nil {
		if ctx.Err() != nil {
			return fail(ctx.Err())
		}
		// A key that may not list uploads can still serve.
		slog.WarnContext(ctx, "blob: unfinished uploads can't be looked for; a lifecycle rule of the bucket may remove them", "error", err)
	}
	return s, nil
}

// Sweep removes unfinished uploads that began before an instant.
func (s *S3) Sweep(ctx context.Context, before time.Time) error {
	key, upload := "", ""
	for {
		page, err := s.core.ListMultipartUploads(ctx, s.bucket, s.prefix, key, upload, "", 1000)
		if err != nil {
			if s3Absent(err) { // what some servers say for none
				return nil
			}
			return err
		}
		for _, u := range page.Uploads {
			if !u.Initiated.Before(before) || !strings.HasPrefix(u.Key, s.prefix) {
				continue
			}
			if err := s.core.AbortMultipartUpload(ctx, s.bucket, u.Key, u.UploadID); err != nil && !s3Absent(err) {
				return err
			}
		}
		if !page.IsTruncated || (page.NextKeyMarker == key && page.NextUploadIDMarker == upload) {
			return nil
		}
		key, upload = page.NextKeyMarker, page.NextUploadIDMarker
	}
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	i, _, err := s.stat(ctx, key)
	return i, err
}

// stat is Stat with the object's tag.
func (s *S3) stat(ctx context.Context, key string) (Info, string, error) {
	if err := ctx.Err(); err != nil {
		return Info{}, "", err
	}
	if err := checkKey(key); err != nil {
		return Info{}, "", fmt.Errorf("%w: %v", ErrNotFound, err)
	}
	o, err := s.core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, "", s.fail("stat", key, err)
	}
	return s3Info(key, o), o.ETag, nil
}

// s3Info describes an object. Instants are whole seconds, as a server tells
// fractions in lists only.
func s3Info(key string, o minio.ObjectInfo) Info {
	return Info{key, o.Size, o.LastModified.UTC().Truncate(time.Second), contentType(key)}
}

// Open implements Store. The object is asked for when it is read.
func (s *S3) Open(ctx context.Context, key string) (*Object, error) {
	i, tag, err := s.stat(ctx, key)
	if err != nil {
		return nil, err
	}
	return &Object{&s3Reader{ctx: ctx, store: s, key: key, tag: tag, size: i.Size}, i}, nil
}

// Delete implements Store.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{})
	if err != nil && !s3Absent(err) {
		return s.fail("delete", key, err)
	}
	return nil
}

// List implements Store.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if i := strings.LastIndexByte(prefix, '/'); (i >= 0 && checkKey(prefix[:i]) != nil) || !utf8.ValidString(prefix) {
			return // no key starts like this
		}
		for o := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if o.Err != nil {
				yield(Info{}, s.fail("list", prefix, o.Err))
				return
			}
			key, ok := strings.CutPrefix(o.Key, s.prefix)
			if !ok || checkKey(key) != nil {
				continue
			}
			if !yield(s3Info(key, o), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // which the list ends at in silence
			yield(Info{}, fmt.Errorf("blob: list %q: %w", prefix, err))
		}
	}
}

// s3Absent tells whether err says that there is no such object. That there is
// no such bucket is a fault, not an absence.
func s3Absent(err error) bool {
	e := minio.ToErrorResponse(err)
	return e.Code == minio.NoSuchKey || e.Code == minio.NoSuchUpload || (e.StatusCode == http.StatusNotFound && e.Code != minio.NoSuchBucket)
}

// fail adds what was tried to an error of the server.
func (s *S3) fail(verb, key string, err error) error {
	if s3Absent(err) {
		return fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	return fmt.Errorf("blob: %s %q: %w", verb, key, err)
}

// s3Reader reads an object from where it stands, in one request for as long as
// nobody seeks. A connection that breaks is taken up where it broke.
type s3Reader struct {
	ctx      context.Context
	store    *S3
	key, tag string
	size     int64

	at   int64
	body io.ReadCloser // from at on; nil when nothing is asked for
}

// resumes is how often one Read takes up a broken connection.
const resumes = 3

func (r *s3Reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	for try := 0; ; try++ {
		if r.body == nil {
			if err := r.ask(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.at += int64(n)
		if n > 0 || err == nil {
			if err != nil {
				r.drop() // what is missing is asked for by the next Read
			}
			return n, nil
		}
		r.drop()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if try == resumes || r.ctx.Err() != nil {
			return 0, r.store.fail("read", r.key, errors.Join(err, r.ctx.Err()))
		}
	}
}

func (r *s3Reader) ask() error {
	var o minio.GetObjectOptions
	if r.tag != "" {
		_ = o.SetMatchETag(r.tag) // fails for "" alone: a file that was replaced meanwhile is no continuation
	}
	if r.at > 0 {
		if err := o.SetRange(r.at, 0); err != nil {
			return err
		}
	}
	body, _, _, err := r.store.core.GetObject(r.ctx, r.store.bucket, r.store.prefix+r.key, o)
	if err != nil {
		return r.store.fail("read", r.key, err)
	}
	r.body = body
	return nil
}

func (r *s3Reader) drop() {
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
}

func (r *s3Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("blob: seek before the start")
	}
	if offset != r.at {
		r.drop()
		r.at = offset
	}
	return offset, nil
}

func (r *s3Reader) Close() error {
	r.drop()
	return nil
}
