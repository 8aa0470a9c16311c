package intake

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/wire"
	"ouvert/internal/migrate/report"
)

// buckets are the folders of pictures, the same here as in udata.
var buckets = []string{"images", "avatars"}

// lookFor notes the keys of a picture that lead to no file. Whole addresses –
// portals that loaded udata's fixtures hold them – are nobody's files.
func (r *Run) lookFor(rec *Record, p *wire.Picture, bucket string) {
	for _, key := range p.Keys() {
		if strings.Contains(key, "://") {
			continue
		}
		if r.files == nil {
			r.absent++
			continue
		}
		name := path.Join(bucket, key)
		info, err := fs.Stat(r.files, name)
		if err != nil || !info.Mode().IsRegular() {
			rec.Add("the picture %s is missing", name)
		}
	}
}

// Pictures copies the portal's pictures into the blob store, all of them:
// also those that nothing mentions any more may be linked from elsewhere.
// Those that are there already are left alone.
func (r *Run) Pictures(ctx context.Context) error {
	if r.files == nil || r.target.Blobs == nil {
		return nil
	}
	row := r.report.Row("pictures")
	row.Remark = "files"
	for _, bucket := range buckets {
		if _, err := fs.Stat(r.files, bucket); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		err := fs.WalkDir(r.files, bucket, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				r.skipFile(row, name, err.Error())
				return nil
			case entry.IsDir():
				return nil
			}
			row.Read++
			err = r.copyPicture(ctx, name, entry)
			var bad fileError
			switch {
			case err == nil:
				row.Written++
			case errors.As(err, &bad):
				row.Read-- // skipFile counts it
				r.skipFile(row, name, bad.Error())
			default:
				return err
			}
			r.progress.show(row)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return r.skips.Flush()
}

func (r *Run) skipFile(row *report.Row, name, reason string) {
	row.Read++
	row.Skipped++
	r.skips.Add(row.Name, name, report.Skipped, reason)
}

// fileError blames a file, rather than the store.
type fileError struct{ error }

func (r *Run) copyPicture(ctx context.Context, name string, entry fs.DirEntry) error {
	if !entry.Type().IsRegular() {
		return fileError{errors.New("it is not a regular file")}
	}
	f, err := r.files.Open(name)
	if err != nil {
		return fileError{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fileError{err}
	}
	if there, err := r.target.Blobs.Stat(ctx, name); err == nil && there.Size == info.Size() {
		return nil
	}
	source := &watched{r: f}
	err = r.target.Blobs.Put(ctx, name, source, contentType(name))
	if err != nil && (errors.Is(err, blob.ErrBadKey) || source.err != nil) {
		return fileError{err}
	}
	return err
}

// watched remembers whether reading failed.
type watched struct {
	r   fs.File
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// contentType is the type of a picture that browsers show; anything else is a
// file of bytes, so that nobody runs it.
func contentType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".webp":
		return "image/webp"
	case ".gif":
		return "image/gif"
	}
	return "application/octet-stream"
}
