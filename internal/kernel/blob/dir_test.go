package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// open returns a store in a fresh folder, and the folder.
func open(t *testing.T) (*Dir, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "blobs")
	d, err := OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, folder
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

// tree is all that is on the disk, unfinished files and folders included.
func tree(t *testing.T, folder string) []string {
	t.Helper()
	names := []string{}
	err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if name != folder {
			rel, _ := filepath.Rel(folder, name)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutOpenStatDelete(t *testing.T) {
	d, folder := open(t)
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
	for _, name := range tree(t, folder) {
		if strings.HasPrefix(name, ".") {
			t.Errorf("left behind: %s", name)
		}
	}
}

func TestSurvivesReopening(t *testing.T) {
	d, folder := open(t)
	put(t, d, "ab/c.png", "x")
	d.Close()
	d, err := OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got := get(t, d, "ab/c.png"); got != "x" {
		t.Error(got)
	}
}

func TestBadKeys(t *testing.T) {
	d, folder := open(t)
	outside := filepath.Join(filepath.Dir(folder), "a")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
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
	if got := tree(t, folder); len(got) != 0 {
		t.Errorf("on the disk: %v", got)
	}
	if b, err := os.ReadFile(outside); err != nil || string(b) != "secret" {
		t.Errorf("outside: %q, %v", b, err)
	}
}

// The second wall: a link in the folder leads out of it.
func TestLinksLeadNowhere(t *testing.T) {
	d, folder := open(t)
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(folder, "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if o, err := d.Open(t.Context(), "link/secret"); err == nil {
		o.Close()
		t.Error("Open leads out")
	}
	if err := d.Put(t.Context(), "link/new", strings.NewReader("x"), ""); err == nil {
		t.Error("Put leads out")
	}
	if err := d.Delete(t.Context(), "link/secret"); err == nil {
		t.Error("Delete leads out")
	}
	if got := list(t, d, ""); len(got) != 0 {
		t.Errorf("List leads out: %v", got)
	}
	if got := tree(t, outside); len(got) != 1 {
		t.Errorf("outside: %v", got)
	}
	if got := tree(t, folder); len(got) != 1 {
		t.Errorf("inside: %v", got)
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	d, folder := open(t)
	put(t, d, "ab/old.png", "old")
	before := tree(t, folder)
	half := func() io.Reader {
		return io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	for _, key := range []string{"ab/old.png", "ab/new.png", "cd/new.png"} {
		if err := d.Put(t.Context(), key, half(), ""); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", key, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), readerFunc(func([]byte) (int, error) { cancel(); return 0, nil }), half())
		if err := d.Put(ctx, key, r, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", key, err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.Put(t.Context(), key, readerFunc(func([]byte) (int, error) { panic("reader") }), "")
			t.Errorf("%s: no panic", key)
		}()
	}
	// In the way: a folder, and a file that should be one.
	if err := d.Put(t.Context(), "ab", strings.NewReader("x"), ""); err == nil {
		t.Error("put over a folder")
	}
	if err := d.Put(t.Context(), "ab/old.png/x", strings.NewReader("x"), ""); err == nil {
		t.Error("put below a file")
	}
	if after := tree(t, folder); !slices.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
	if got := get(t, d, "ab/old.png"); got != "old" {
		t.Errorf("the old file is %q", got)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// While a file is written, nobody sees it.
func TestUnfinishedIsInvisible(t *testing.T) {
	d, folder := open(t)
	looked := false
	r := io.MultiReader(strings.NewReader("half"), readerFunc(func([]byte) (int, error) {
		looked = true
		if got := list(t, d, ""); len(got) != 0 {
			t.Errorf("listed: %v", got)
		}
		for _, name := range tree(t, folder) {
			if _, err := d.Open(t.Context(), name); !errors.Is(err, ErrNotFound) {
				t.Errorf("opened %s: %v", name, err)
			}
		}
		return 0, io.EOF
	}))
	if err := d.Put(t.Context(), "ab/c.png", r, ""); err != nil || !looked {
		t.Fatal(err, looked)
	}
}

// What a power cut has left goes, when it can't be another process's.
func TestOpenDirSweeps(t *testing.T) {
	d, folder := open(t)
	put(t, d, "ab/c.png", "x")
	old, fresh := filepath.Join(folder, unfinished+"old"), filepath.Join(folder, unfinished+"fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * abandoned)
	for _, name := range []string{old, filepath.Join(folder, "ab", "c.png")} {
		if err := os.Chtimes(name, past, past); err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := tree(t, folder); !slices.Equal(got, []string{unfinished + "fresh", "ab", "ab/c.png"}) {
		t.Errorf("got %v", got)
	}
}

func TestNotFound(t *testing.T) {
	d, _ := open(t)
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
}

func TestList(t *testing.T) {
	d, _ := open(t)
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
}

func TestContextEnds(t *testing.T) {
	d, _ := open(t)
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
}

// Readers see one writer's file or the other's, never a mixture or nothing.
func TestConcurrentPuts(t *testing.T) {
	d, _ := open(t)
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
}

func TestOpenDirFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := OpenDir(file); err == nil {
		d.Close()
		t.Error("a file is no folder")
	}
}
