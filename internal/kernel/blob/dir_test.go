package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// TestPutLeavesNothingElse: no unfinished file stays.
func TestPutLeavesNothingElse(t *testing.T) {
	d, folder := open(t)
	for range 2 {
		put(t, d, "ab/c.png", "x")
	}
	if got := tree(t, folder); !slices.Equal(got, []string{"ab", "ab/c.png"}) {
		t.Errorf("on the disk: %v", got)
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
