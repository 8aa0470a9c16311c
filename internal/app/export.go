package app

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// ExportOptions say what to export.
type ExportOptions struct {
	// Private adds what is private or deleted.
	Private bool
	// Progress is told what is done, a line at a time; nil for nobody.
	Progress io.Writer
}

// Manifest tells what an export holds; manifest.json.
type Manifest struct {
	Version string    `json:"version"`
	Title   string    `json:"title"`
	Date    time.Time `json:"date"`
	// Generation is the number of the newest event that is in it.
	Generation int64          `json:"generation"`
	Private    bool           `json:"private"`
	Files      []ManifestFile `json:"files"`
}

// ManifestFile is a file of an export. Rows are the objects of an .ndjson, and
// are not counted in tables.
type ManifestFile struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows,omitempty"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// exported are the nouns of an export, each a file of JSON lines.
var exported = []struct{ file, class, table string }{
	{"users", ref.User, "person"},
	{"organizations", ref.Organization, "organization"},
	{"datasets", ref.Dataset, "dataset"},
	{"dataservices", ref.Dataservice, "dataservice"},
	{"reuses", ref.Reuse, "reuse"},
	{"topics", ref.Topic, "topic"},
	{"discussions", ref.Discussion, "discussion"},
}

// tables are those of /api/1/site/.
var tables = []string{"organizations", "datasets", "resources", "dataservices", "reuses", "tags"}

// exportBatch is how many objects are written at a time.
const exportBatch = 200

// Export writes the catalogue into the folder dir, which must not be there: one
// file of JSON lines a noun, in the form of the API, as it was at one instant;
// the tables of the site, as they are when it comes to them; and manifest.json.
// The folder appears when all of it is written, so that a broken export never
// looks whole.
func (a *App) Export(ctx context.Context, dir string, o ExportOptions) (m Manifest, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s is there already: an export makes its own folder", dir)
		}
		return m, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return m, err
	}
	// Beside it, so that renaming is atomic. Its owner's alone until it is
	// whole: it may hold what is private.
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".export-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(temp)
	m = Manifest{Version: a.Config.Version, Title: a.Config.Title, Date: a.clock().UTC(), Private: o.Private}
	err = a.DB.Snapshot(ctx, func(q db.Querier) error {
		if m.Generation, err = event.Generation(ctx, q); err != nil {
			return err
		}
		for _, n := range exported {
			f, err := writeFile(temp, n.file+".ndjson", func(w io.Writer) (int, error) { return a.exportNoun(ctx, q, w, n.class, n.table, o) })
			if err != nil {
				return fmt.Errorf("%s: %w", n.file, err)
			}
			m.Files = append(m.Files, f)
			o.say(f)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	handler := a.Handler(slog.New(slog.DiscardHandler))
	for _, table := range tables {
		f, err := writeFile(temp, table+".csv", func(w io.Writer) (int, error) { return 0, readTable(ctx, handler, table, w) })
		if err != nil {
			return m, fmt.Errorf("%s.csv: %w", table, err)
		}
		m.Files = append(m.Files, f)
		o.say(f)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if _, err := writeFile(temp, "manifest.json", func(w io.Writer) (int, error) { return w.Write(append(text, '\n')) }); err != nil {
		return m, err
	}
	return m, os.Rename(temp, dir)
}

func (o ExportOptions) say(f ManifestFile) {
	if o.Progress != nil {
		fmt.Fprintf(o.Progress, "%s: %d bytes\n", f.Name, f.Bytes)
	}
}

// exportNoun writes the objects of a class, a line each, in the order of their
// ids, and returns how many they are.
func (a *App) exportNoun(ctx context.Context, q db.Querier, w io.Writer, class, table string, o ExportOptions) (n int, err error) {
	after := ""
	for {
		ids, err := db.Strings(ctx, q, "SELECT id FROM "+table+" WHERE id > $1 ORDER BY id LIMIT $2", after, exportBatch)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		after = ids[len(ids)-1]
		if !o.Private {
			found, err := a.Refs.Find(ctx, q, class, ids)
			if err != nil {
				return n, err
			}
			ids = slices.DeleteFunc(ids, func(oid string) bool { return found[oid].Private || found[oid].Deleted })
		}
		whole, err := a.Refs.Render(ctx, q, class, ref.Full, ids)
		if err != nil {
			return n, err
		}
		for _, oid := range ids {
			if _, err := fmt.Fprintf(w, "%s\n", whole[oid].Text); err != nil {
				return n, err
			}
			n++
		}
	}
}

// writeFile writes a file of an export and flushes it.
func writeFile(dir, name string, write func(w io.Writer) (int, error)) (ManifestFile, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ManifestFile{}, err
	}
	defer f.Close()
	sum := &summed{hash: sha256.New()}
	buffered := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
	rows, err := write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return ManifestFile{Name: name, Rows: rows, Bytes: sum.n, SHA256: hex.EncodeToString(sum.hash.Sum(nil))}, err
}

// summed counts and sums what is written.
type summed struct {
	hash hash.Hash
	n    int64
}

func (s *summed) Write(b []byte) (int, error) {
	s.n += int64(len(b))
	return s.hash.Write(b)
}

// readTable writes a table of the site as anybody gets it.
func readTable(ctx context.Context, handler http.Handler, name string, w io.Writer) (err error) {
	// Any parameter asks for the table.
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/1/site/"+name+".csv?page=1", nil)
	if err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil { // http.ErrAbortHandler: it was cut short
			err = fmt.Errorf("the table was cut short: %v", p)
		}
	}()
	out := &tableWriter{w: w, header: http.Header{}}
	handler.ServeHTTP(out, r)
	if out.status != 0 && out.status != http.StatusOK {
		return fmt.Errorf("the table answers %d", out.status)
	}
	return out.err
}

// tableWriter passes the body of an answer on.
type tableWriter struct {
	w      io.Writer
	header http.Header
	status int
	err    error
}

func (t *tableWriter) Header() http.Header    { return t.header }
func (t *tableWriter) WriteHeader(status int) { t.status = status }

func (t *tableWriter) Write(b []byte) (n int, err error) {
	n, err = t.w.Write(b)
	t.err = errors.Join(t.err, err)
	return n, err
}
