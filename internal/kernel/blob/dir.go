package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Dir is a Store in a folder: a key is the path of its file. Content types
// follow from the extension, so that a copy of the folder is a copy of the
// store and nothing else need be kept.
type Dir struct {
	// root refuses every path that leads out of the folder, by ".." or by a
	// symbolic link; checkKey is the first wall and this the second.
	root *os.Root
}

var _ Store = (*Dir)(nil)

// unfinished is how the names of files start that are being written. They lie
// in the folder itself: on the same file system as what they will be, so that
// renaming is atomic, and together, so that OpenDir finds those that a power
// cut has left.
const unfinished = ".put-"

// abandoned is the age after which an unfinished file is nobody's any more.
// Another process may be writing to the same folder.
const abandoned = 24 * time.Hour

// OpenDir opens a folder, and makes it when there is none. It removes what
// unfinished writes of an earlier day have left.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("blob: open folder: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("blob: open folder: %w", err)
	}
	d := &Dir{root}
	if err := d.Sweep(context.Background(), time.Now().Add(-abandoned)); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Sweep removes unfinished files that are older than an instant.
func (d *Dir) Sweep(ctx context.Context, before time.Time) error {
	names, err := fs.Glob(d.root.FS(), unfinished+"*")
	if err != nil {
		return fmt.Errorf("blob: sweep: %w", err)
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := d.root.Lstat(name)
		if err == nil && info.ModTime().Before(before) {
			err = d.root.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("blob: sweep: %w", err)
		}
	}
	return nil
}

// Close lets go of the folder. Open objects stay readable.
func (d *Dir) Close() error { return d.root.Close() }

// Put implements Store. The content type is not kept, see Dir.
//
// The file is written under another name, flushed to the disk (fsync), renamed,
// and then its folders are flushed. Without the first flush, a power cut could
// leave a file with the right name and no content, as file systems may write
// names before data; without the second, no file though we said it is there,
// and a database that points to it.
func (d *Dir) Put(ctx context.Context, key string, r io.Reader, _ string) (err error) {
	if err := checkKey(key); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("blob: put %q: %w", key, err)
		}
	}()

	temp := unfinished + rand.Text()
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed { // err doesn't tell: r may panic
			_ = f.Close() // an error when closed already
			_ = d.root.Remove(temp)
		}
	}()
	if _, err = io.Copy(f, &contextReader{ctx, r}); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	folder := path.Dir(key)
	if err = d.root.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if err = d.root.Rename(temp, key); err != nil {
		return err
	}
	renamed = true
	return d.flush(folder)
}

// flush makes the names in a folder durable, and its own name in its parents.
func (d *Dir) flush(folder string) error {
	if runtime.GOOS == "windows" { // can't, and needn't
		return nil
	}
	for {
		f, err := d.root.Open(folder)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		if folder == "." {
			return nil
		}
		folder = path.Dir(folder)
	}
}

// contextReader is a reader that fails when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Open implements Store.
func (d *Dir) Open(ctx context.Context, key string) (*Object, error) {
	// Looked at before it is opened, as opening a pipe would wait for ever.
	if _, err := d.Stat(ctx, key); err != nil {
		return nil, err
	}
	f, err := d.root.Open(key)
	if err != nil {
		return nil, fail("open", key, err)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fail("open", key, err), f.Close())
	}
	return &Object{f, info(key, stat)}, nil
}

// Stat implements Store.
func (d *Dir) Stat(ctx context.Context, key string) (Info, error) {
	if err := ctx.Err(); err != nil {
		return Info{}, err
	}
	if err := checkKey(key); err != nil {
		return Info{}, fmt.Errorf("%w: %v", ErrNotFound, err)
	}
	stat, err := d.root.Stat(key)
	if err != nil {
		return Info{}, fail("stat", key, err)
	}
	if !stat.Mode().IsRegular() {
		return Info{}, fmt.Errorf("%w: %q is not a file", ErrNotFound, key)
	}
	return info(key, stat), nil
}

// Delete implements Store. The folder stays, and the removal is not flushed: a
// file that a power cut brings back does no harm.
func (d *Dir) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	// Stat, as Remove would take an empty folder too.
	if _, err := d.Stat(ctx, key); errors.Is(err, ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if err := d.root.Remove(key); err != nil && !absent(err) {
		return fail("delete", key, err)
	}
	return nil
}

// List implements Store. Files that come or go meanwhile may be in it or not.
func (d *Dir) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		start := "."
		if i := strings.LastIndexByte(prefix, '/'); i >= 0 {
			if start = prefix[:i]; checkKey(start) != nil {
				return // no key starts like this
			}
		}
		err := fs.WalkDir(d.root.FS(), start, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case absent(err):
				return nil
			case err != nil:
				return err
			case entry.IsDir() && (name == "." || strings.HasPrefix(name+"/", prefix) || strings.HasPrefix(prefix, name+"/")):
				return nil
			case entry.IsDir():
				return fs.SkipDir
			case !entry.Type().IsRegular() || !strings.HasPrefix(name, prefix) || checkKey(name) != nil:
				return nil
			}
			stat, err := entry.Info()
			if absent(err) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(info(name, stat), nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			yield(Info{}, fail("list", prefix, err))
		}
	}
}

// errStop ends a walk whose list nobody reads any further.
var errStop = errors.New("stop")

func info(key string, stat fs.FileInfo) Info {
	return Info{key, stat.Size(), stat.ModTime(), contentType(key)}
}

// absent tells whether err says that there is no such file. A path through a
// file that is no folder leads nowhere either, hence ENOTDIR.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// fail adds what was tried to an error of the file system.
func fail(verb, key string, err error) error {
	if absent(err) {
		return fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	return fmt.Errorf("blob: %s %q: %w", verb, key, err)
}
