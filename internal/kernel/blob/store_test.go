package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"ouvert/internal/kernel/blob/s3test"
)

// each runs the test on an empty store of each kind.
func each(t *testing.T, f func(t *testing.T, d Store)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		d, _ := open(t)
		f(t, d)
	})
	t.Run("s3", func(t *testing.T) { f(t, openBucket(t, s3test.Start(t).Bucket(t))) })
	t.Run("s3 with a prefix", func(t *testing.T) {
		address := s3test.Start(t).Bucket(t)
		// What others keep in the bucket is nobody's business.
		around := openBucket(t, address)
		for _, key := range []string{"a/portal", "a/portal-old/x", "a/portale/y", "z"} {
			put(t, around, key, "others'")
		}
		f(t, openBucket(t, strings.Replace(address, "?", "/a/portal?", 1)))
		if got := list(t, around, ""); len(got) < 4 {
			t.Errorf("what others keep is gone: %v", got)
		}
	})
}

func openBucket(t *testing.T, address string) *S3 {
	t.Helper()
	d, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return d.(*S3)
}

func put(t *testing.T, s Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, strings.NewReader(content), ""); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s Store, key string) string {
	t.Helper()
	o, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func list(t *testing.T, s Store, prefix string) []string {
	t.Helper()
	keys := []string{}
	for i, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, i.Key)
	}
	slices.Sort(keys)
	return keys
}

func TestPutOpenStatDelete(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		for _, key := range goodKeys {
			put(t, d, key+".csv", "one")
			put(t, d, key+".csv", "three")
			if got := get(t, d, key+".csv"); got != "three" {
				t.Errorf("%q: %q", key, got)
			}
			i, err := d.Stat(t.Context(), key+".csv")
			if err != nil || i.Key != key+".csv" || i.Size != 5 || i.ContentType != "text/csv; charset=utf-8" || time.Since(i.ModTime) > time.Hour {
				t.Errorf("%q: %+v, %v", key, i, err)
			}
			o, err := d.Open(t.Context(), key+".csv")
			if err != nil || o.Info != i {
				t.Errorf("%q: opened as %+v, %v", key, o, err)
			}
			o.Close()
			for range 2 { // the second time there is none, which is fine
				if err := d.Delete(t.Context(), key+".csv"); err != nil {
					t.Errorf("%q: %v", key, err)
				}
			}
			if _, err := d.Open(t.Context(), key+".csv"); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q after Delete: %v", key, err)
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/c.png", "x")
		for _, key := range []string{"ab", "ab/d.png", "x/y", "ab/c.png/d", "ab/c.png/d/e"} {
			if _, err := d.Open(t.Context(), key); !errors.Is(err, ErrNotFound) {
				t.Errorf("Open %s: %v", key, err)
			}
			if _, err := d.Stat(t.Context(), key); !errors.Is(err, ErrNotFound) {
				t.Errorf("Stat %s: %v", key, err)
			}
			if err := d.Delete(t.Context(), key); err != nil {
				t.Errorf("Delete %s: %v", key, err)
			}
		}
		if got := list(t, d, ""); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		for _, key := range []string{"ab/1.png", "ab/1-500.png", "ab/2.png", "abc/3.png", "b", "x/y/z/4.csv"} {
			put(t, d, key, key)
		}
		tests := map[string][]string{
			"":             {"ab/1-500.png", "ab/1.png", "ab/2.png", "abc/3.png", "b", "x/y/z/4.csv"},
			"a":            {"ab/1-500.png", "ab/1.png", "ab/2.png", "abc/3.png"},
			"ab/":          {"ab/1-500.png", "ab/1.png", "ab/2.png"},
			"ab/1":         {"ab/1-500.png", "ab/1.png"},
			"b":            {"b"},
			"x/y":          {"x/y/z/4.csv"},
			"x/y/z/4.csv":  {"x/y/z/4.csv"},
			"x/y/z/4.csv/": {},
			"b/c/d":        {},
			"none/":        {},
			"/":            {},
			"../":          {},
			"ab//":         {},
		}
		for prefix, want := range tests {
			if got := list(t, d, prefix); !slices.Equal(got, want) {
				t.Errorf("%q: %v, want %v", prefix, got, want)
			}
		}
		for i, err := range d.List(t.Context(), "x/") {
			if want, _ := d.Stat(t.Context(), "x/y/z/4.csv"); err != nil || i != want {
				t.Errorf("listed as %+v, %v; want %+v", i, err, want)
			}
		}
		n := 0
		for range d.List(t.Context(), "") {
			if n++; n == 2 {
				break
			}
		}
		// Files that go meanwhile are no error.
		for i, err := range d.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range []string{"ab/2.png", "abc/3.png", i.Key} {
				if err := d.Delete(t.Context(), k); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := list(t, d, ""); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
	})
}

func TestContextEnds(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "a", "x")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := d.Open(ctx, "a")
		_, err2 := d.Stat(ctx, "a")
		err3, err4 := d.Delete(ctx, "a"), d.Put(ctx, "b", strings.NewReader(""), "")
		var err5 error
		for _, err := range d.List(ctx, "") {
			err5 = err
		}
		for i, err := range []error{err, err2, err3, err4, err5} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}

// Readers see one writer's file or the other's, never a mixture or nothing.
func TestConcurrentPuts(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		content := func(i int) string { return strings.Repeat(fmt.Sprint(i), 10_000) }
		put(t, d, "ab/c", content(0))
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for range 10 {
					if err := d.Put(t.Context(), "ab/c", strings.NewReader(content(i)), ""); err != nil {
						t.Error(err)
					}
					if err := d.Put(t.Context(), NewKey("png"), strings.NewReader("x"), ""); err != nil {
						t.Error(err)
					}
					o, err := d.Open(t.Context(), "ab/c")
					if err != nil {
						t.Error(err)
						continue
					}
					b, err := io.ReadAll(o)
					if err != nil || len(b) != 10_000 || content(int(b[0]-'0')) != string(b) {
						t.Errorf("a mixture of %d bytes, %v", len(b), err)
					}
					o.Close()
				}
			})
		}
		wg.Wait()
		if got := list(t, d, ""); len(got) != 41 {
			t.Errorf("%d files", len(got))
		}
	})
}

func TestBadKeysOfStores(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		for _, key := range badKeys {
			if err := d.Put(t.Context(), key, strings.NewReader("x"), ""); !errors.Is(err, ErrBadKey) {
				t.Errorf("Put %q: %v", key, err)
			}
			if _, err := d.Open(t.Context(), key); !errors.Is(err, ErrNotFound) {
				t.Errorf("Open %q: %v", key, err)
			}
			if _, err := d.Stat(t.Context(), key); !errors.Is(err, ErrNotFound) {
				t.Errorf("Stat %q: %v", key, err)
			}
			if err := d.Delete(t.Context(), key); !errors.Is(err, ErrBadKey) {
				t.Errorf("Delete %q: %v", key, err)
			}
			if key != "" {
				if got := list(t, d, key); len(got) != 0 {
					t.Errorf("List %q: %v", key, got)
				}
			}
		}
		if got := list(t, d, ""); len(got) != 0 {
			t.Errorf("stored: %v", got)
		}
	})
}

// sizes are those around the parts of a file.
var sizes = []int{0, 1, 1000, partSize - 1, partSize, partSize + 1, 2 * partSize, 2*partSize + 12345}

// TestSizes: each size is read back whole, in pieces and from the middle.
func TestSizes(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		for _, size := range sizes {
			content := make([]byte, size)
			rand.NewChaCha8([32]byte{byte(size)}).Read(content)
			// A reader that says nothing of its size, in odd pieces.
			if err := d.Put(t.Context(), "a/b", iotest.OneByteReader(bytes.NewReader(content[:min(size, 10)])), ""); err != nil {
				t.Fatal(err)
			}
			if err := d.Put(t.Context(), "a/b", iotest.HalfReader(bytes.NewReader(content)), ""); err != nil {
				t.Fatal(err)
			}
			o, err := d.Open(t.Context(), "a/b")
			if err != nil || o.Size != int64(size) {
				t.Fatalf("%d bytes: %+v, %v", size, o, err)
			}
			for _, from := range []int{0, size / 2, size - 1, size, size + 7, 0} {
				if from < 0 {
					continue
				}
				if at, err := o.Seek(int64(from), io.SeekStart); err != nil || at != int64(from) {
					t.Fatalf("%d bytes: seek to %d: %d, %v", size, from, at, err)
				}
				got, err := io.ReadAll(o)
				if err != nil || !bytes.Equal(got, content[min(from, size):]) {
					t.Errorf("%d bytes from %d: got %d, %v", size, from, len(got), err)
				}
			}
			if at, err := o.Seek(-int64(min(size, 3)), io.SeekEnd); err != nil || at != int64(size-min(size, 3)) {
				t.Errorf("seek from the end: %d, %v", at, err)
			}
			if at, err := o.Seek(0, io.SeekCurrent); err != nil || at != int64(size-min(size, 3)) {
				t.Errorf("seek from here: %d, %v", at, err)
			}
			if _, err := o.Seek(-1, io.SeekStart); err == nil {
				t.Error("seek before the start")
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestFailedPutLeavesTheOldFile, however much of the new one was sent.
func TestFailedPutLeavesTheOldFile(t *testing.T) {
	each(t, func(t *testing.T, d Store) {
		put(t, d, "ab/old.png", "old")
		for _, sent := range []int{0, 1 << 20, partSize, 2*partSize + 1} {
			head := func() io.Reader { return bytes.NewReader(make([]byte, sent)) }
			for _, key := range []string{"ab/old.png", "ab/new.png", "cd/new.png"} {
				r := io.MultiReader(head(), iotest.ErrReader(io.ErrUnexpectedEOF))
				if err := d.Put(t.Context(), key, r, ""); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s after %d bytes: %v", key, sent, err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				r = io.MultiReader(head(), readerFunc(func([]byte) (int, error) { cancel(); return 0, nil }), head())
				if err := d.Put(ctx, key, r, ""); !errors.Is(err, context.Canceled) {
					t.Errorf("%s, given up after %d bytes: %v", key, sent, err)
				}
				func() {
					defer func() { _ = recover() }()
					_ = d.Put(t.Context(), key, io.MultiReader(head(), readerFunc(func([]byte) (int, error) { panic("reader") })), "")
					t.Errorf("%s: no panic", key)
				}()
			}
		}
		if got := list(t, d, ""); !slices.Equal(got, []string{"ab/old.png"}) {
			t.Errorf("there are %v", got)
		}
		if got := get(t, d, "ab/old.png"); got != "old" {
			t.Errorf("the old file is %q", got)
		}
		if s, ok := d.(*S3); ok {
			unfinishedUploads(t, s, 0)
		}
	})
}
