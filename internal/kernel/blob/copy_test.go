package blob

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"ouvert/internal/kernel/blob/s3test"
)

// contents are all files of a store.
func contents(t *testing.T, s Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, key := range list(t, s, "") {
		out[key] = get(t, s, key)
	}
	return out
}

// TestCopy goes from the folder to the bucket and back, is cut short and run
// again, and mends what differs.
func TestCopy(t *testing.T) {
	folder, _ := open(t)
	server := s3test.Start(t)
	bucket := openBucket(t, server.Bucket(t))
	files := map[string]string{
		"images/a.png": "a", "images/é b.png": "", "resources/x/y.csv": strings.Repeat("0123456789", 3000),
		"resources/large": string(bytes.Repeat([]byte("large"), partSize/2)), "resources/part": string(make([]byte, partSize)),
	}
	for key, content := range files {
		put(t, folder, key, content)
	}
	put(t, bucket, "images/others.png", "stays")

	// Cut short by the server at the second file.
	sent := 0
	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != "PUT" {
			return false
		}
		if sent++; sent < 2 {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	if _, err := Copy(t.Context(), folder, bucket, nil); err == nil {
		t.Fatal("it was cut short and says nothing")
	}
	server.Before(nil)
	there := len(list(t, bucket, "")) - 1
	var last Copied
	got, err := Copy(t.Context(), folder, bucket, func(c Copied) { last = c })
	if err != nil || got.Files != len(files) || got.New != len(files)-there || last != got {
		t.Fatalf("the second run: %+v, %+v, %v; %d were there", got, last, err, there)
	}
	want := maps.Clone(files)
	want["images/others.png"] = "stays"
	if now := contents(t, bucket); !maps.Equal(now, want) {
		t.Errorf("the bucket has %d files", len(now))
	}

	// No small file is read back from the bucket to see that it is there. (The
	// tests' server gives large ones other tags than S3 does.)
	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == "PUT" || r.Method == "POST" || (r.Method == "GET" && strings.Contains(r.URL.Path, "/images/")) {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		return false
	})
	if got, err := Copy(t.Context(), folder, bucket, nil); err != nil || got.New != 0 || got.Sent != 0 || got.Files != len(files) {
		t.Errorf("the third run: %+v, %v", got, err)
	}
	server.Before(nil)

	// The same size is not enough.
	put(t, bucket, "images/a.png", "b")
	if got, err := Copy(t.Context(), folder, bucket, nil); err != nil || got.New != 1 || get(t, bucket, "images/a.png") != "a" {
		t.Errorf("after a change: %+v, %v", got, err)
	}

	back, _ := open(t)
	if got, err := Copy(t.Context(), bucket, back, nil); err != nil || got.New != len(want) {
		t.Errorf("back: %+v, %v", got, err)
	}
	if now := contents(t, back); !maps.Equal(now, want) {
		t.Errorf("back, there are %d files", len(now))
	}
	if got, err := Copy(t.Context(), bucket, back, nil); err != nil || got.New != 0 {
		t.Errorf("back again: %+v, %v", got, err)
	}
}

// TestCopyOfOtherTags: a server that encrypts gives tags that are no MD5s;
// then the file is read.
func TestCopyOfOtherTags(t *testing.T) {
	server := s3test.Start(t)
	folder, _ := open(t)
	bucket := openBucket(t, server.Bucket(t))
	content := strings.Repeat("x", partSize+5)
	put(t, folder, "a", content)
	// Sent by a program with other parts.
	o := putOptions("a")
	if _, err := bucket.core.PutObject(t.Context(), bucket.bucket, "a", strings.NewReader(content), int64(len(content)), "", "", o); err != nil {
		t.Fatal(err)
	}
	if got, err := Copy(t.Context(), folder, bucket, nil); err != nil || got.New != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTag: the tag of parts is the MD5 of their MD5s, as S3 gives it.
func TestTag(t *testing.T) {
	for _, c := range []struct {
		size int
		want string
	}{
		{0, "d41d8cd98f00b204e9800998ecf8427e"},
		{1 << 20, hex.EncodeToString(sum(make([]byte, 1<<20)))},
		{partSize, hex.EncodeToString(sum(sum(make([]byte, partSize)))) + "-1"},
		{partSize + 1, hex.EncodeToString(sum(append(sum(make([]byte, partSize)), sum(make([]byte, 1))...))) + "-2"},
	} {
		d := newDigest()
		if _, err := io.Copy(d, iotest.HalfReader(bytes.NewReader(make([]byte, c.size)))); err != nil {
			t.Fatal(err)
		}
		if got := d.tag(); got != c.want || d.size != int64(c.size) {
			t.Errorf("%d bytes: %s, want %s", c.size, got, c.want)
		}
	}
}

func sum(b []byte) []byte {
	s := md5.Sum(b)
	return s[:]
}

// liar is a store that keeps other bytes than it was given.
type liar struct{ Store }

func (l liar) Put(ctx context.Context, key string, r io.Reader, ct string) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return l.Store.Put(ctx, key, strings.NewReader(strings.Repeat("?", len(b))), ct)
}

func TestCopyVerifies(t *testing.T) {
	from, _ := open(t)
	to, _ := open(t)
	put(t, from, "a", "abc")
	if _, err := Copy(t.Context(), from, liar{to}, nil); err == nil || !strings.Contains(err.Error(), "read back") {
		t.Errorf("a store that lies: %v", err)
	}
}

// vanishing lists files that are gone when they are opened.
type vanishing struct{ *Dir }

func (v vanishing) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if !yield(Info{Key: "gone", Size: 3}, nil) {
			return
		}
		v.Dir.List(ctx, prefix)(yield)
	}
}

func TestCopyWhileFilesGo(t *testing.T) {
	from, _ := open(t)
	to, _ := open(t)
	put(t, from, "a", "abc")
	if got, err := Copy(t.Context(), vanishing{from}, to, nil); err != nil || got.Files != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Copy(ctx, from, to, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}
