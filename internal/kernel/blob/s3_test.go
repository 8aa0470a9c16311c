package blob

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ouvert/internal/kernel/blob/s3test"
)

// unfinishedUploads fails the test when a bucket holds another number of
// uploads that are under way.
func unfinishedUploads(t *testing.T, s *S3, want int) {
	t.Helper()
	r, err := s.core.ListMultipartUploads(t.Context(), s.bucket, "", "", "", "", 1000)
	if err != nil || len(r.Uploads) != want {
		t.Errorf("%d uploads are under way, %v; want %d", len(r.Uploads), err, want)
	}
}

func TestParseS3(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-9")
	for address, want := range map[string]S3Config{
		"s3://portal":               {Bucket: "portal", Region: "eu-west-9"},
		"s3://portal/a/b/?region=x": {Bucket: "portal", Prefix: "a/b/", Region: "x"},
		"s3://k:s%2Fe@portal?endpoint=127.0.0.1:9000&insecure=true":           {Bucket: "portal", Endpoint: "127.0.0.1:9000", Insecure: true, PathStyle: true, Region: "eu-west-9", Key: "k", Secret: "s/e"},
		"s3://portal?endpoint=http://minio:9000/":                             {Bucket: "portal", Endpoint: "minio:9000", Insecure: true, PathStyle: true, Region: "eu-west-9"},
		"s3://portal?endpoint=https://s3.example.org&path-style=false":        {Bucket: "portal", Endpoint: "s3.example.org", Region: "eu-west-9"},
		"s3://portal?insecure=false&endpoint=http://s3.example.org&region=fr": {Bucket: "portal", Endpoint: "s3.example.org", PathStyle: true, Region: "fr"},
	} {
		if got, err := ParseS3(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for address, want := range map[string]string{
		"s3:":                          "names no bucket",
		"s3:portal":                    "s3://BUCKET",
		"s3://":                        "names no bucket",
		"s3://k:hidden@":               "names no bucket",
		"s3://k@portal":                "both or neither",
		"s3://:hidden@portal":          "both or neither",
		"s3://portal/../x":             "prefix",
		"s3://portal/a//b":             "prefix",
		"s3://portal?colour=red":       `"colour"`,
		"s3://portal?insecure=perhaps": "insecure must be true or false",
		"s3://portal?endpoint=ftp://x": "endpoint",
		"s3://portal?region=%zz":       "parameters",
		"s3://k:hidden@portal?x=1":     `"x"`,
	} {
		_, err := ParseS3(address)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
}

func TestOpenAddress(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "x y")
	for _, address := range []string{folder, "file:" + folder, "file://" + strings.ReplaceAll(folder, " ", "%20")} {
		d, err := Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		put(t, d, "a", address)
		same, _ := OpenDir(folder)
		if got := get(t, same, "a"); got != address {
			t.Errorf("%s is another folder, with %q", address, got)
		}
	}
	if _, err := OpenExisting(t.Context(), folder); err != nil {
		t.Error(err)
	}
	if d, err := OpenExisting(t.Context(), folder+"-none"); d != nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v, %v", d, err)
	}
	server := s3test.Start(t)
	none := strings.NewReplacer("@test-", "@none-", "secret", "hidden").Replace(server.Bucket(t))
	for address, want := range map[string]string{
		"": "empty", "gs://bucket": "gs://", "file://host/x": "file:///PATH", none: "no such bucket", "s3://k:hidden@b?x=1": `"x"`,
		"s3://k:hidden@b-1?endpoint=127.0.0.1:1&insecure=true": "127.0.0.1:1",
	} {
		d, err := Open(t.Context(), address)
		if d != nil || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v, %v", address, d, err)
		}
	}
	if got := Redact("s3://k:hidden@b?x=1"); strings.Contains(got, "hidden") || !strings.Contains(got, "b?x=1") {
		t.Error(got)
	}
}

// TestPrefixIsPartOfTheName, and what has a name that is no key is passed over.
func TestPrefixIsPartOfTheName(t *testing.T) {
	server := s3test.Start(t)
	address := server.Bucket(t)
	d := openBucket(t, strings.Replace(address, "?", "/a/portal/?", 1))
	put(t, d, "images/c.png", "x")
	if got := server.Objects(t, address); len(got) != 1 || got["a/portal/images/c.png"] != "x" {
		t.Errorf("the bucket has %q", got)
	}
}

// TestServerFails: trouble is an error and no absence, and what passes is
// tried again.
func TestServerFails(t *testing.T) {
	server := s3test.Start(t)
	d := openBucket(t, server.Bucket(t))
	put(t, d, "a", "x")
	forbidden := func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	server.Before(forbidden)
	_, err1 := d.Stat(t.Context(), "a")
	_, err2 := d.Open(t.Context(), "a")
	err3, err4 := d.Delete(t.Context(), "a"), d.Put(t.Context(), "b", strings.NewReader("x"), "")
	var err5 error
	for _, err := range d.List(t.Context(), "") {
		err5 = err
	}
	for i, err := range []error{err1, err2, err3, err4, err5} {
		if err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%d: %v", i, err)
		}
	}
	var asked atomic.Int32
	server.Before(func(w http.ResponseWriter, _ *http.Request) bool {
		if asked.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	put(t, d, "b", "y")
	if got := get(t, d, "b"); got != "y" {
		t.Errorf("after some trouble: %q", got)
	}
}

// TestLargeFileIsAllOrNothing: a part that the server refuses undoes the rest,
// and while a file is sent nobody sees it.
func TestLargeFileIsAllOrNothing(t *testing.T) {
	server := s3test.Start(t)
	d := openBucket(t, server.Bucket(t))
	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") != "2" {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	err := d.Put(t.Context(), "a", bytes.NewReader(make([]byte, 3*partSize)), "")
	if err == nil {
		t.Error("a part was refused and the file is there")
	}
	server.Before(nil)
	unfinishedUploads(t, d, 0)
	looked := false
	r := io.MultiReader(bytes.NewReader(make([]byte, partSize+1)), readerFunc(func([]byte) (int, error) {
		looked = true
		unfinishedUploads(t, d, 1)
		if got := list(t, d, ""); len(got) != 0 {
			t.Errorf("listed: %v", got)
		}
		if _, err := d.Open(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
			t.Errorf("opened: %v", err)
		}
		return 0, io.EOF
	}))
	if err := d.Put(t.Context(), "a", r, ""); err != nil || !looked {
		t.Fatal(err, looked)
	}
	unfinishedUploads(t, d, 0)
	if i, err := d.Stat(t.Context(), "a"); err != nil || i.Size != partSize+1 {
		t.Errorf("%+v, %v", i, err)
	}
}

// TestSweep removes uploads that a node left when it died, but no young ones.
func TestSweep(t *testing.T) {
	server := s3test.Start(t)
	address := server.Bucket(t)
	all, d := openBucket(t, address), openBucket(t, strings.Replace(address, "?", "/p?", 1))
	for _, s := range []*S3{all, d} {
		if _, err := s.core.NewMultipartUpload(t.Context(), s.bucket, s.prefix+"x", putOptions("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sweep(t.Context(), time.Now().Add(-abandoned)); err != nil {
		t.Fatal(err)
	}
	unfinishedUploads(t, d, 2)
	if err := d.Sweep(t.Context(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	unfinishedUploads(t, d, 1) // that of others stays
}

// TestBrokenConnection: a read goes on where the connection broke.
func TestBrokenConnection(t *testing.T) {
	server := s3test.Start(t)
	d := openBucket(t, server.Bucket(t))
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	put(t, d, "a", string(content))
	var ranges []string
	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "GET" {
			return false
		}
		if ranges = append(ranges, r.Header.Get("Range")); len(ranges) > 1 {
			return false
		}
		w.Header().Set("Content-Length", "100000")
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		_, _ = w.Write(content[:30_000])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	if got := get(t, d, "a"); got != string(content) {
		t.Errorf("%d bytes, %.20q…", len(got), got)
	}
	if !slices.Equal(ranges, []string{"", "bytes=30000-"}) {
		t.Errorf("asked for %q", ranges)
	}
}

// TestReplacedWhileRead: the rest of another file is no rest.
func TestReplacedWhileRead(t *testing.T) {
	server := s3test.Start(t)
	d := openBucket(t, server.Bucket(t))
	put(t, d, "a", "the old file")
	var match atomic.Value
	server.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == "GET" {
			match.Store(r.Header.Get("If-Match"))
		}
		return false
	})
	o, err := d.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	put(t, d, "a", "the new file")
	if b, err := io.ReadAll(o); err == nil && string(b) != "the old file" && match.Load() == "" {
		t.Errorf("read %q without If-Match", b)
	}
	if tag, _ := match.Load().(string); len(tag) < 32 {
		t.Errorf("If-Match is %q", tag)
	}
}
