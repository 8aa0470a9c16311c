package mongodump_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/weburl"
	"ouvert/internal/migrate/intake/intaketest"
	"ouvert/internal/migrate/mongodump"
)

func TestFolders(t *testing.T) {
	doc := document(t, person(1, nil))
	for name, c := range map[string]struct {
		files  []string
		dir    string
		people int
		err    string
	}{
		"the folder itself":            {[]string{"user.bson"}, "", 1, ""},
		"a database inside":            {[]string{"udata/user.bson", "admin/system.users.bson"}, "", 1, ""},
		"one among several":            {[]string{"udata/user.bson", "other/thing.bson"}, "", 1, ""},
		"compressed":                   {[]string{"udata/user.bson.gz"}, "", 1, ""},
		"both":                         {[]string{"user.bson", "user.bson.gz"}, "", 1, ""},
		"escaped names":                {[]string{"user.bson", "a%2Fb.bson"}, "", 1, ""},
		"several":                      {[]string{"one/user.bson", "two/user.bson"}, "", 0, "several databases: name the folder of udata's (one, two)"},
		"nothing":                      {nil, "", 0, "expected the folder that `mongodump --out` made (user.bson, reuse.bson …), found nothing"},
		"an archive":                   {[]string{"dump.archive"}, "", 0, "found dump.archive; an archive must be unpacked first"},
		"something else":               {[]string{"a", "b", "c", "d", "e", "f", "g"}, "", 0, "found a, b, c, d, e and 2 more"},
		"no folder":                    {nil, "not-there", 0, "not-there"},
		"an empty file is no mistake":  {[]string{"user.bson"}, "", 1, ""},
		"hidden files are no dump":     {[]string{".user.bson"}, "", 0, "no .bson file"},
		"a folder is no file":          {[]string{"user.bson/x"}, "", 0, "no .bson file"},
		"only a database that is ours": {[]string{"admin/user.bson"}, "", 0, "no .bson file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range c.files {
				writeFile(t, filepath.Join(dir, filepath.FromSlash(f)), doc)
			}
			p := intaketest.New(t, dbtest.SQLite(t))
			out := run(t, p, filepath.Join(dir, c.dir))
			if c.err != "" {
				if out.err == nil || !strings.Contains(out.err.Error(), c.err) {
					t.Fatalf("want the error %q, got %v", c.err, out.err)
				}
				if out.Report != nil {
					t.Error("there is a report of nothing")
				}
				return
			}
			if out.err != nil {
				t.Fatal(out.err)
			}
			number(t, p, c.people, "SELECT count(*) FROM person")
		})
	}
}

// TestTorn: what can be read of a damaged file is imported, and all other
// files; then the import fails.
func TestTorn(t *testing.T) {
	one, two := document(t, aDataset(1, nil)), document(t, aDataset(2, nil))
	// In this order, since the last bytes are spoilt and a map has none.
	broken := document(t, bson.D{{Key: "_id", Value: aDataset(3, nil)["_id"]}, {Key: "title", Value: "x"}, {Key: "a", Value: int32(1)}, {Key: "b", Value: int32(1)}, {Key: "c", Value: int32(1)}})
	copy(broken[len(broken)-20:], strings.Repeat("\xff", 15)) // its length is right
	for name, c := range map[string]struct {
		file    []byte
		written int
		skipped int
		err     string
	}{
		"cut off in a document":   {append(append([]byte{}, one...), two[:len(two)-3]...), 1, 0, "cut off inside of a document, at byte"},
		"cut off in a length":     {append(append([]byte{}, one...), 1, 2), 1, 0, "cut off inside of a document, at byte"},
		"rubbish behind":          {append(append([]byte{}, one...), []byte("rubbish")...), 1, 0, "stands no document"},
		"a negative length":       {append(append([]byte{}, one...), 0xff, 0xff, 0xff, 0xff), 1, 0, "it would be -1 bytes long"},
		"rubbish in a document":   {append(append(append([]byte{}, one...), broken...), two...), 2, 1, ""},
		"nothing but a zero byte": {[]byte{0}, 0, 0, "cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeDump(t, collections{"dataset": {c.file}, "reuse": {aReuse(1, nil)}, "visualization": {aDataset(1, nil), aDataset(2, nil)}})
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				p := intaketest.New(t, d)
				out := run(t, p, dir)
				if c.err == "" != (out.err == nil) || (c.err != "" && !strings.Contains(out.err.Error(), c.err)) {
					t.Errorf("want the error %q, got %v", c.err, out.err)
				}
				if out.Report == nil {
					t.Fatal("there is no report")
				}
				out.wantRow(t, "dataset", c.written, c.skipped, 0)
				out.wantRow(t, "reuse", 1, 0, 0)
				out.wantRow(t, "visualization", 0, 2, 0)
				if c.skipped > 0 {
					out.want(t, "dataset\t"+hex("a3", 3)+"\tskipped\tit cannot be read")
				}
				if c.err != "" && !strings.Contains(strings.Join(out.Remarks, "\n"), "dataset could not be read to its end") {
					t.Errorf("the report does not tell: %q", out.Remarks)
				}
				number(t, p, 1, "SELECT count(*) FROM event WHERE key = 'import:finished'")
			})
		})
	}
}

func TestTornCompressed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "user.bson.gz")
	var docs []byte
	for i := range 2000 {
		docs = append(docs, document(t, person(i, nil))...)
	}
	writeFile(t, path, docs)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	p := intaketest.New(t, dbtest.SQLite(t))
	out := run(t, p, dir)
	if out.err == nil {
		t.Fatal("half a file is taken for a whole one")
	}
	if n := p.Int(t, "SELECT count(*) FROM person"); n == 0 || n >= 2000 {
		t.Errorf("%d people were imported of half a file of 2000", n)
	}
}

// TestKilled: an import that is stopped in the middle and run again comes to
// what one run would have come to.
func TestKilled(t *testing.T) {
	dir := writeDump(t, large(500))
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for ctx.Err() == nil {
				var n int
				_ = d.Read().QueryRowContext(ctx, "SELECT count(*) FROM dataset").Scan(&n)
				if n > 0 {
					cancel()
				}
				time.Sleep(time.Millisecond)
			}
		}()
		r, err := mongodump.Import(ctx, dir, p.Target, mongodump.Options{})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("want that it was canceled, got %v", err)
		}
		if r == nil || r.Find("user").Written != 10 {
			t.Errorf("the report: %+v", r)
		}
		if n := p.Int(t, "SELECT count(*) FROM dataset"); n == 0 || n%500 != 0 || n >= 1500 {
			t.Errorf("%d datasets stand there, want some batches of 500", n)
		}
		number(t, p, 0, "SELECT count(*) FROM reuse")
		number(t, p, 1, "SELECT count(*) FROM event WHERE key = 'import:finished'") // so that caches hear of it

		mustRun(t, p, dir)
		for table, n := range map[string]int{"person": 10, "organization": 10, "dataset": 1500, "dataset_resource": 15000, "reuse": 500, "reuse_dataset": 1500, "reuse_tag": 1000} {
			if got := p.Counts(t)[table]; got != n {
				t.Errorf("%s: want %d rows, got %d", table, n, got)
			}
		}
	})
}

func TestPictures(t *testing.T) {
	picture := bson.M{"filename": "ab/c.png", "original": "ab/c-original.png", "thumbnails": bson.M{"500": "ab/c-500.png"}}
	dump := writeDump(t, collections{
		"role": {}, "user": {person(1, bson.M{"avatar": bson.M{"filename": "../../../etc/passwd"}}), person(2, bson.M{"avatar": bson.M{"filename": "https://x.example.org/a.png"}})},
		"organization": {}, "dataset": {}, "reuse": {aReuse(1, bson.M{"image": picture})},
	})
	secret := filepath.Join(t.TempDir(), "secret")
	writeFile(t, secret, []byte("secret"))
	for _, where := range []string{"fs", "../fs"} {
		root := filepath.Join(t.TempDir(), "dump")
		if err := os.CopyFS(filepath.Join(root, "udata"), os.DirFS(dump)); err != nil {
			t.Fatal(err)
		}
		files := filepath.Join(root, "udata", where)
		writeFile(t, filepath.Join(files, "images/ab/c.png"), []byte("one"))
		writeFile(t, filepath.Join(files, "images/ab/c-500.png"), []byte("two"))
		writeFile(t, filepath.Join(files, "images/ab/orphan.png"), []byte("three"))
		writeFile(t, filepath.Join(files, "avatars/.hidden"), []byte("four"))
		if err := os.Symlink(secret, filepath.Join(files, "images/link.png")); err != nil {
			t.Fatal(err)
		}
		p := intaketest.New(t, dbtest.SQLite(t))
		out := mustRun(t, p, root)
		out.wantRow(t, "pictures", 3, 2, 0)
		out.wantRow(t, "reuse", 1, 0, 1)
		out.want(t, "reuse\t"+hex("a4", 1)+"\tkept\tthe picture images/ab/c-original.png is missing")
		out.want(t, "user\t"+hex("a1", 1)+"\tkept\tthe picture ../../etc/passwd is missing")
		out.want(t, "pictures\timages/link.png\tskipped\tit is not a regular file")
		out.want(t, "pictures\tavatars/.hidden\tskipped\t")
		for key, want := range map[string]string{"images/ab/c.png": "one", "images/ab/c-500.png": "two", "images/ab/orphan.png": "three"} {
			o, err := p.Blobs.Open(t.Context(), key)
			if err != nil {
				t.Errorf("%s: %v", key, err)
				continue
			}
			if b, _ := io.ReadAll(o); string(b) != want || o.ContentType != "image/png" {
				t.Errorf("%s: got %q, %s", key, b, o.ContentType)
			}
			o.Close()
		}
		again := mustRun(t, p, root)
		again.wantRow(t, "pictures", 3, 2, 0)
	}
}

// TestNewer: a later import brings the changes of a newer dump, also where one
// document takes what a later one gives up.
func TestNewer(t *testing.T) {
	following := bson.D{{Key: "_cls", Value: "Reuse"}, {Key: "_ref", Value: oid(hex("a4", 1))}}
	dump := func(title string, until any, slugs ...string) collections {
		return collections{
			"role": {}, "user": {person(1, bson.M{"email": slugs[0] + "@example.org"}), person(2, bson.M{"email": slugs[1] + "@example.org"})},
			"organization": {}, "dataset": {},
			"reuse": {
				aReuse(1, bson.M{"title": title, "slug": slugs[0], "urlhash": weburl.Hash(slugs[0])}),
				aReuse(2, bson.M{"slug": slugs[1], "urlhash": weburl.Hash(slugs[1])}),
			},
			"follow": {bson.M{"_id": oid(hex("d1", 1)), "follower": oid(hex("a1", 1)), "following": following, "since": made, "until": until}},
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := intaketest.New(t, d)
		mustRun(t, p, writeDump(t, dump("Old", nil, "a", "b")))
		mustRun(t, p, writeDump(t, dump("New", made, "b", "c")))
		text(t, p, "New", "SELECT title FROM reuse WHERE id = $1", hex("a4", 1))
		text(t, p, "b", "SELECT slug FROM reuse WHERE id = $1", hex("a4", 1))
		text(t, p, "c", "SELECT slug FROM reuse WHERE id = $1", hex("a4", 2))
		text(t, p, "b@example.org", "SELECT email FROM person WHERE id = $1", hex("a1", 1))
		number(t, p, 1, "SELECT count(*) FROM follow WHERE until IS NOT NULL")
		number(t, p, 1, "SELECT count(*) FROM follow")
	})
}

func TestSites(t *testing.T) {
	site := func(id string) bson.M { return bson.M{"_id": id, "title": id} }
	for name, c := range map[string]struct {
		sites  []any
		id     string
		title  string
		remark bool
	}{
		"the only one": {[]any{site("data.gouv.fr")}, "", "data.gouv.fr", false},
		"the default":  {[]any{site("data.gouv.fr"), site("default")}, "", "default", false},
		"the one told": {[]any{site("data.gouv.fr"), site("default")}, "data.gouv.fr", "data.gouv.fr", false},
		"none":         {[]any{site("a"), site("b")}, "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := intaketest.New(t, dbtest.SQLite(t))
			dir := writeDump(t, collections{"role": {}, "user": {}, "organization": {}, "dataset": {}, "reuse": {}, "site": c.sites})
			r, err := mongodump.Import(t.Context(), dir, p.Target, mongodump.Options{SiteID: c.id})
			if err != nil {
				t.Fatal(err)
			}
			doc := p.Text(t, "SELECT doc FROM site")
			if c.title != "" && !strings.Contains(doc, `"title":"`+c.title+`"`) {
				t.Errorf("want %s, got %s", c.title, doc)
			}
			if len(r.Remarks) > 0 != c.remark {
				t.Errorf("remarks: %q", r.Remarks)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := intaketest.New(t, dbtest.SQLite(t))
	if _, err := mongodump.Import(t.Context(), writeDump(t, collections{"user": {person(1, nil)}}), p.Target, mongodump.Options{Progress: &b}); err != nil {
		t.Fatal(err)
	}
	if b.Len() != 0 {
		t.Errorf("a quick import needs no progress: %q", b.String())
	}
}
