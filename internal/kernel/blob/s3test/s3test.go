// Package s3test gives tests an S3 server in the process. It speaks the
// protocol over HTTP, checks MD5s and keeps everything in memory.
package s3test

import (
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Server is a running S3 server.
type Server struct {
	// Endpoint is its HOST:PORT.
	Endpoint string
	backend  *s3mem.Backend
	before   atomic.Pointer[func(w http.ResponseWriter, r *http.Request) (done bool)]
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s, stop, err := Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s
}

// Serve runs a server until stop is called.
func Serve() (s *Server, stop func(), err error) {
	s = &Server{backend: s3mem.New()}
	faker := gofakes3.New(s.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.before.Load(); f != nil && (*f)(w, r) {
			return
		}
		faker.ServeHTTP(w, r)
	})}
	go func() { _ = server.Serve(listener) }()
	s.Endpoint = listener.Addr().String()
	return s, func() { server.Close() }, nil
}

// Before has f see each request first; when it returns true it has answered.
// nil takes it away.
func (s *Server) Before(f func(w http.ResponseWriter, r *http.Request) (done bool)) {
	if f == nil {
		s.before.Store(nil)
		return
	}
	s.before.Store(&f)
}

// Bucket makes a bucket and returns its address, with credentials.
func (s *Server) Bucket(t testing.TB) (address string) {
	t.Helper()
	address, err := s.NewBucket()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// NewBucket is Bucket outside of a test.
func (s *Server) NewBucket() (address string, err error) {
	name := "test-" + strings.ToLower(rand.Text())
	return "s3://key:secret@" + name + "?insecure=true&endpoint=" + s.Endpoint, s.backend.CreateBucket(name)
}

// Objects are the names and contents of a bucket of Bucket.
func (s *Server) Objects(t testing.TB, address string) map[string]string {
	t.Helper()
	bucket, _, _ := strings.Cut(address[strings.Index(address, "@")+1:], "?")
	bucket, _, _ = strings.Cut(bucket, "/")
	list, err := s.backend.ListBucket(bucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, o := range list.Contents {
		object, err := s.backend.GetObject(bucket, o.Key, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(object.Contents)
		if err != nil {
			t.Fatal(err)
		}
		object.Contents.Close()
		out[o.Key] = string(text)
	}
	return out
}
