package mongodump_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/migrate/intake/intaketest"
	"ouvert/internal/migrate/mongodump"
	"ouvert/internal/migrate/report"
)

// collections are the documents of a dump that a test makes.
type collections map[string][]any

// writeDump writes a dump and returns its folder.
func writeDump(t testing.TB, c collections) string {
	t.Helper()
	dir := t.TempDir()
	for name, docs := range c {
		var all []byte
		for _, doc := range docs {
			all = append(all, document(t, doc)...)
		}
		writeFile(t, filepath.Join(dir, name+".bson"), all)
	}
	return dir
}

// document encodes a document; one that is bytes already stays as it is.
func document(t testing.TB, doc any) []byte {
	t.Helper()
	if b, ok := doc.([]byte); ok {
		return b
	}
	b, err := bson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z := gzip.NewWriter(f)
		if _, err := z.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// oid reads an ObjectId.
func oid(hex string) bson.ObjectID {
	id, err := bson.ObjectIDFromHex(hex)
	if err != nil {
		panic(err)
	}
	return id
}

// outcome is what an import came to, with the lines of its skip file.
type outcome struct {
	*report.Report
	err   error
	lines []string
}

// run imports a dump.
func run(t testing.TB, p *intaketest.Portal, dir string) outcome {
	t.Helper()
	o := mongodump.Options{SkipFile: filepath.Join(t.TempDir(), "skips.tsv"), Now: intaketest.Now}
	r, err := mongodump.Import(t.Context(), dir, p.Target, o)
	out := outcome{Report: r, err: err}
	if text, err := os.ReadFile(o.SkipFile); err == nil {
		out.lines = strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	}
	return out
}

// mustRun imports a dump that has nothing that stops an import.
func mustRun(t testing.TB, p *intaketest.Portal, dir string) outcome {
	t.Helper()
	out := run(t, p, dir)
	if out.err != nil {
		t.Fatal(out.err)
	}
	return out
}

// want checks that the skip file has the line, or a line that starts with it.
func (o outcome) want(t *testing.T, line string) {
	t.Helper()
	for _, l := range o.lines {
		if strings.HasPrefix(l, line) {
			return
		}
	}
	t.Errorf("the skip file lacks %q:\n%s", line, strings.Join(o.lines, "\n"))
}

// wantRow checks the row of a collection.
func (o outcome) wantRow(t *testing.T, name string, written, skipped, damaged int) {
	t.Helper()
	r := o.Find(name)
	if r.Read != written+skipped || r.Written != written || r.Skipped != skipped || r.Damaged != damaged {
		t.Errorf("%s: want %d written, %d skipped, %d damaged; got %+v\n%s", name, written, skipped, damaged, r, strings.Join(o.lines, "\n"))
	}
}
