package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/db"
)

// Format is the version of the archive's form.
const Format = 1

// The names of entries.
const (
	headName     = "ouvert-backup.json"
	manifestName = "manifest.json"
	filesPrefix  = "files/"
	rowsPrefix   = "rows/"
	secretName   = "secret/api-token-secret"
)

const (
	// chunk is how many bytes of rows are held in memory for an entry.
	chunk = 4 << 20
	// maxLine bounds what is read at a time of an entry that is held in memory:
	// a chunk and one long row after it.
	maxEntry = 256 << 20
)

// Head tells what an archive is.
type Head struct {
	Format int `json:"format"`
	// Version is the program's that wrote it.
	Version string    `json:"version"`
	Date    time.Time `json:"date"`
	// Engine is sqlite or postgresql, for who reads it.
	Engine string `json:"engine"`
	// Schema is the version of the schema.
	Schema int64 `json:"schema"`
	// Tables are the tables, in the order of the archive.
	Tables []HeadTable `json:"tables"`
}

// HeadTable is a table of an archive.
type HeadTable struct {
	Name    string      `json:"name"`
	Columns []db.Column `json:"columns"`
}

// Manifest tells what an archive holds.
type Manifest struct {
	Entries []Entry           `json:"entries"`
	Tables  map[string]db.Sum `json:"tables"`
	// Files are how many files of the portal there are, and Bytes how large
	// they are together.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Entry is an entry of an archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Source is what is copied.
type Source struct {
	DB    *db.DB
	Files blob.Store
	// Secret keys API tokens; "" when the operator has it elsewhere.
	Secret string
	// Version is the program's.
	Version string
	Now     time.Time
}

// Write writes an archive of a portal, while it serves.
func Write(ctx context.Context, s Source, w io.Writer, say func(format string, args ...any)) (Manifest, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(2))
	if err != nil {
		return Manifest{}, err
	}
	a := &writer{tar: tar.NewWriter(z), now: s.Now, seen: map[string]bool{}, say: say, m: Manifest{Entries: []Entry{}, Tables: map[string]db.Sum{}}}
	if err := a.all(ctx, s); err != nil {
		_ = z.Close() // it is of no use any more
		return a.m, err
	}
	return a.m, errors.Join(a.tar.Close(), z.Close())
}

type writer struct {
	tar  *tar.Writer
	now  time.Time
	seen map[string]bool // keys of files
	say  func(format string, args ...any)
	m    Manifest
}

func (a *writer) all(ctx context.Context, s Source) error {
	version, tables, err := schema(ctx, s.DB)
	if err != nil {
		return err
	}
	head := Head{Format: Format, Version: s.Version, Date: s.Now.UTC(), Engine: s.DB.Dialect.String(), Schema: version}
	for _, t := range tables {
		head.Tables = append(head.Tables, HeadTable{t.Name, t.Columns})
	}
	if err := a.json(headName, head); err != nil {
		return err
	}
	if err := a.files(ctx, s.Files); err != nil {
		return err
	}
	err = s.DB.Snapshot(ctx, func(q db.Querier) error {
		for _, t := range tables {
			sum, err := a.table(ctx, s.DB, q, t)
			if err != nil {
				return err
			}
			a.m.Tables[t.Name] = sum
			if sum.Rows > 0 {
				a.say("%s: %d rows", t.Name, sum.Rows)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := a.files(ctx, s.Files); err != nil {
		return err
	}
	a.say("%d files, %d bytes", a.m.Files, a.m.Bytes)
	if s.Secret != "" {
		if err := a.bytes(secretName, []byte(s.Secret)); err != nil {
			return err
		}
	}
	return a.json(manifestName, a.m)
}

// schema returns the tables of the database as it is, whatever the program's
// version.
func schema(ctx context.Context, d *db.DB) (int64, []db.Table, error) {
	version, err := d.Version(ctx)
	if err != nil {
		return 0, nil, err
	}
	latest, err := db.Latest()
	if err != nil {
		return 0, nil, err
	}
	if version > latest {
		return 0, nil, fmt.Errorf("the database has schema %d, this program knows %d: use the newer program", version, latest)
	}
	if version == 0 {
		return 0, nil, errors.New("there is no portal in the database")
	}
	tables, err := db.Tables(ctx, version)
	return version, tables, err
}

// files writes the files that were not written yet.
func (a *writer) files(ctx context.Context, store blob.Store) error {
	for info, err := range store.List(ctx, "") {
		if err != nil {
			return err
		}
		if a.seen[info.Key] {
			continue
		}
		o, err := store.Open(ctx, info.Key)
		if errors.Is(err, blob.ErrNotFound) {
			continue // removed meanwhile: nothing names it
		}
		if err != nil {
			return err
		}
		err = a.entry(filesPrefix+info.Key, o.Size, o.ModTime, o)
		if err := errors.Join(err, o.Close()); err != nil {
			return fmt.Errorf("the file %s: %w", info.Key, err)
		}
		a.seen[info.Key] = true
		a.m.Files++
		a.m.Bytes += o.Size
	}
	return nil
}

func (a *writer) table(ctx context.Context, d *db.DB, q db.Querier, t db.Table) (db.Sum, error) {
	var buf bytes.Buffer
	n := 0
	flush := func() error {
		n++
		err := a.bytes(fmt.Sprintf("%s%s/%06d.ndjson", rowsPrefix, t.Name, n), buf.Bytes())
		buf.Reset()
		return err
	}
	sum, err := d.Dump(ctx, q, t, func(line []byte) error {
		buf.Write(line)
		if buf.Len() < chunk {
			return nil
		}
		return flush()
	})
	if err != nil || buf.Len() == 0 {
		return sum, err
	}
	return sum, flush()
}

func (a *writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return a.bytes(name, append(b, '\n'))
}

func (a *writer) bytes(name string, b []byte) error {
	return a.entry(name, int64(len(b)), a.now, bytes.NewReader(b))
}

func (a *writer) entry(name string, size int64, at time.Time, r io.Reader) error {
	err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at.Truncate(time.Second), Format: tar.FormatPAX})
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, h), r)
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%s has %d bytes and not %d", name, n, size)
	}
	a.m.Entries = append(a.m.Entries, Entry{name, size, hex.EncodeToString(h.Sum(nil))})
	return nil
}

// ErrDamaged: an archive is not as it was written.
var ErrDamaged = errors.New("the archive is damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}

// Check reads a whole archive, and returns what it is when each byte is as it
// was written; else ErrDamaged, or that the program is too old for it.
func Check(ctx context.Context, r io.Reader) (head Head, m Manifest, err error) {
	var read []Entry
	whole := false
	err = each(ctx, r, func(e Entry, body io.Reader) error {
		if whole {
			return damaged("something follows the manifest")
		}
		h := sha256.New()
		var text bytes.Buffer
		into := io.Writer(h)
		keep := e.Name == headName || e.Name == manifestName
		if keep {
			if e.Size > maxEntry*4 {
				return damaged("%s is too long", e.Name)
			}
			into = io.MultiWriter(h, &text)
		}
		if _, err := io.Copy(into, body); err != nil {
			return damaged("%s: %w", e.Name, err)
		}
		e.SHA256 = hex.EncodeToString(h.Sum(nil))
		switch {
		case len(read) == 0 && e.Name != headName:
			return errors.New("this is no backup of a portal")
		case e.Name == headName:
			if err := json.Unmarshal(text.Bytes(), &head); err != nil {
				return damaged("%s: %w", e.Name, err)
			}
			if head.Format != Format {
				return fmt.Errorf("the archive has the form %d, this program reads %d: use another version", head.Format, Format)
			}
		case e.Name == manifestName:
			whole = true
			if err := json.Unmarshal(text.Bytes(), &m); err != nil {
				return damaged("%s: %w", e.Name, err)
			}
			return nil
		}
		read = append(read, e)
		return nil
	})
	switch {
	case err != nil:
		return head, m, err
	case !whole:
		return head, m, damaged("it ends before its manifest")
	case !slices.Equal(read, m.Entries):
		for i := range read {
			if i >= len(m.Entries) || read[i] != m.Entries[i] {
				return head, m, damaged("%s is not what the manifest says", read[i].Name)
			}
		}
		return head, m, damaged("it has fewer entries than the manifest says")
	}
	return head, m, nil
}

// each calls f with each entry of an archive.
func each(ctx context.Context, r io.Reader, f func(e Entry, body io.Reader) error) error {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(2))
	if err != nil {
		return damaged("%w", err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			// To the end of the compressed stream, which has a checksum too.
			if _, err := io.Copy(io.Discard, z); err != nil {
				return damaged("%w", err)
			}
			return nil
		}
		if err != nil {
			if n == 0 && errors.Is(err, zstd.ErrMagicMismatch) {
				return errors.New("this is no backup of a portal")
			}
			return damaged("%w", err)
		}
		if h.Typeflag != tar.TypeReg || strings.Contains(h.Name, "\\") {
			return damaged("%q is no file", h.Name)
		}
		if err := f(Entry{Name: h.Name, Size: h.Size}, t); err != nil {
			return err
		}
	}
}
