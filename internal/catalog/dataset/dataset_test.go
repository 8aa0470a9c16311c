package dataset

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

var update = flag.Bool("update", false, "rewrite testdata/complete.json")

var links = wire.NewLinks("https://api.example.org", "https://www.example.org")

// newService returns the noun among stand-ins for those that it mentions,
// which render {"class", "id"} for every id that does not end with "ffff".
func newService(d *db.DB) (*Service, *ref.Registry) {
	refs := ref.NewRegistry()
	for _, class := range []string{ref.User, ref.Organization, contactPoint, licenseClass} {
		refs.Register(ref.Noun{
			Class: class,
			Card:  &schema.Model{Name: class, Fields: []schema.Field{{Name: "class", Type: schema.Text()}, {Name: "id", Type: schema.Text()}}},
			Render: func(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
				out := map[string]wire.Fragment{}
				for _, oid := range ids {
					if !strings.HasSuffix(oid, "ffff") {
						out[oid] = wire.Fragment{Text: []byte(`{"class":"` + class + `","id":"` + oid + `"}`)}
					}
				}
				// A statement, as the real one needs.
				_, err := db.Strings(ctx, q, "SELECT 'x'")
				return out, err
			},
		})
	}
	s := New(d, refs, links, func() time.Time { return asked }, nil, nil)
	s.SetIndex(search.New(d))
	refs.Register(s.Noun())
	return s, refs
}

func imported(t *testing.T, d *db.DB, s *Service, list ...*Dataset) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		for _, x := range list {
			if err := s.Import(t.Context(), tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ids(list []*Dataset) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.ID
	}
	return out
}

func indented(t *testing.T, text []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWireForm holds the whole form of imported datasets against what udata
// answers for the same.
func TestWireForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		samples := []*Dataset{harvested(), uploaded(), complete()}
		imported(t, d, s, samples...)
		got, err := refs.Render(t.Context(), d.Read(), ref.Dataset, ref.Full, ids(samples))
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"harvested", "uploaded", "complete"} {
			f := got[samples[i].ID]
			file := filepath.Join("testdata", name+".json")
			if *update && name == "complete" {
				if err := os.WriteFile(file, indented(t, f.Text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := indented(t, f.Text), indented(t, want); !bytes.Equal(g, w) {
				t.Errorf("%s:\n%s", name, firstDifference(string(w), string(g)))
			}
			if len(f.Holes) != 1 || f.Holes[0].Class != ref.Dataset || f.Holes[0].Owner != samples[i].Owner {
				t.Errorf("%s: holes %+v", name, f.Holes)
			}
			describes(t, name, f.Text, schema.Of(refs.Model(ref.Dataset, ref.Full)))
		}
	})
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want " + w[i] + "\ngot  " + g[i]
		}
	}
	return "one ends before the other"
}

// describes checks that a model names every member of an answer, and that
// members come in alphabetical order.
func describes(t *testing.T, at string, text []byte, typ schema.Type) {
	t.Helper()
	switch {
	case string(text) == "null":
	case typ.Kind == schema.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil {
			t.Errorf("%s is no list: %s", at, text)
		}
		for _, item := range items {
			describes(t, at+"[]", item, *typ.Items)
		}
	case typ.Kind == schema.Object:
		dec := json.NewDecoder(bytes.NewReader(text))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		var names []string
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			names = append(names, name.(string))
			f := typ.Model.Field(name.(string))
			if f == nil {
				t.Errorf("%s.%s is not described by %q", at, name, typ.Model.Name)
				continue
			}
			describes(t, at+"."+f.Name, value, f.Type)
		}
		if !slices.IsSorted(names) {
			t.Errorf("%s: members are not in alphabetical order: %v", at, names)
		}
	}
}

func TestCard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		imported(t, d, s, complete(), uploaded())
		got, err := refs.Render(t.Context(), d.Read(), ref.Dataset, ref.Card, []string{complete().ID, "5effffffffffffffffffffff", complete().ID})
		if err != nil {
			t.Fatal(err)
		}
		want := `{"acronym":"BDG","class":"Dataset","id":"5e00000000000000000000c9","page":"https://www.example.org/datasets/budget",` +
			`"title":"Budget \"\u003cde l'État\u003e\"","uri":"https://api.example.org/api/1/datasets/budget/"}`
		if len(got) != 1 || string(got[complete().ID].Text) != want {
			t.Errorf("got %s", got[complete().ID].Text)
		}
		describes(t, "card", got[complete().ID].Text, schema.Of(refs.Model(ref.Dataset, ref.Card)))
	})
}

func TestFindAndResolve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		imported(t, d, s, complete(), uploaded())
		want := ref.Object{
			Ref: ref.Ref{Class: ref.Dataset, ID: complete().ID}, Owned: complete().Owned(), Slug: "budget", Title: complete().Title,
			Page: "https://www.example.org/datasets/budget", Private: true, Deleted: true,
		}
		found, err := refs.Find(t.Context(), d.Read(), ref.Dataset, []string{complete().ID, uploaded().ID, "5effffffffffffffffffffff"})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || found[complete().ID] != want || found[uploaded().ID].Private || found[uploaded().ID].Deleted {
			t.Errorf("found %+v", found)
		}
		for _, key := range []string{complete().ID, "budget"} {
			if got, err := refs.Resolve(t.Context(), d.Read(), ref.Dataset, key); err != nil || got != want {
				t.Errorf("%s: %+v, %v", key, got, err)
			}
		}
	})
}

func TestFreeSlug(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		imported(t, d, s, complete())
		for self, want := range map[string]string{complete().ID: "budget", uploaded().ID: "budget-1"} {
			if got, err := s.FreeSlug(t.Context(), d.Read(), "Budget", self); err != nil || got != want {
				t.Errorf("%s gets %q, %v", self, got, err)
			}
		}
		if got, err := s.FreeSlug(t.Context(), d.Read(), "***", uploaded().ID); err != nil || got != "dataset-"+uploaded().ID {
			t.Errorf("a title of no letters: %q, %v", got, err)
		}
	})
}

// TestImportAgain: a second run of an import leaves nothing of the first.
func TestImportAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		imported(t, d, s, complete(), uploaded())
		second := complete()
		second.Title, second.Slug, second.Private, second.Deleted, second.License = "Autre", "autre", false, time.Time{}, ""
		second.Doc.Tags = []string{"autre", "autre"}
		second.Resources = []Resource{second.Resources[1], second.Resources[1]} // udata has let the same id happen
		second.Counts["views"] = 100
		imported(t, d, s, second)
		got, err := byIDs(t.Context(), d.Read(), []string{second.ID, uploaded().ID})
		if err != nil {
			t.Fatal(err)
		}
		if err := loadResources(t.Context(), d.Read(), got); err != nil {
			t.Fatal(err)
		}
		second.LastUpdate = second.Resources[0].ModifiedInternal // was worked out
		second.Revision = 2
		same(t, got[second.ID], second)
		tags, err := db.Strings(t.Context(), d.Read(), "SELECT tag FROM dataset_tag WHERE dataset = $1", second.ID)
		if err != nil || !slices.Equal(tags, []string{"autre"}) {
			t.Errorf("tags %v, %v", tags, err)
		}
		if n := len(got[uploaded().ID].Resources); n != 1 {
			t.Errorf("the other dataset has %d resources", n)
		}
	})
}

// same compares datasets, texts of JSON by what they say.
func same(t *testing.T, got, want *Dataset) {
	t.Helper()
	g, w := *got, *want
	compact(&g)
	compact(&w)
	if !reflect.DeepEqual(g, w) {
		a, _ := json.MarshalIndent(w, "", " ")
		b, _ := json.MarshalIndent(g, "", " ")
		t.Errorf("want and got differ: %s\nin %+v\nand %+v", firstDifference(string(a), string(b)), w, g)
	}
}

func compact(d *Dataset) {
	d.Resources = slices.Clone(d.Resources)
	list := []*json.RawMessage{&d.Doc.Extras, &d.Doc.Kept}
	if d.Doc.Spatial != nil {
		c := *d.Doc.Spatial
		d.Doc.Spatial = &c
		list = append(list, &c.Geom)
	}
	for i := range d.Resources {
		r := &d.Resources[i]
		list = append(list, &r.Extras, &r.Metrics, &r.Kept)
	}
	for _, raw := range list {
		if len(*raw) > 0 {
			var b bytes.Buffer
			if json.Compact(&b, *raw) == nil {
				*raw = b.Bytes()
			}
		}
	}
	var m map[string]any
	_ = json.Unmarshal([]byte(d.Metrics), &m)
	b, _ := json.Marshal(m)
	d.Metrics = string(b)
}

// TestInsertMany: what was written by the thousand reads as what was imported
// one by one.
func TestInsertMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		list := many(700)
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return InsertMany(t.Context(), tx, list) }); err != nil {
			t.Fatal(err)
		}
		got, err := byIDs(t.Context(), d.Read(), ids(list))
		if err != nil {
			t.Fatal(err)
		}
		if err := loadResources(t.Context(), d.Read(), got); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(list) {
			t.Fatalf("%d datasets of %d", len(got), len(list))
		}
		for _, want := range list {
			w := *want
			w.Revision, w.LastUpdate = 1, at("2026-01-02T00:00:00Z")
			same(t, got[w.ID], &w)
		}
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return InsertMany(t.Context(), tx, nil) }); err != nil {
			t.Error(err)
		}
	})
}

// TestBadJSON: what is no JSON never reaches the database, where each reader
// would stumble over it.
func TestBadJSON(t *testing.T) {
	s, _ := newService(nil)
	d := dbtest.SQLite(t)
	bad := uploaded()
	bad.Resources[0].Extras = json.RawMessage(`{"a":`)
	worse := uploaded()
	worse.Doc.Extras = json.RawMessage(`x`)
	for _, x := range []*Dataset{bad, worse} {
		err := d.Write(t.Context(), func(tx *sql.Tx) error { return s.Import(t.Context(), tx, x) })
		if err == nil || !strings.Contains(err.Error(), x.ID) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSetMetrics(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		imported(t, d, s, uploaded())
		err := d.Write(t.Context(), func(tx *sql.Tx) error {
			return refs.SetMetrics(t.Context(), tx, ref.Ref{Class: ref.Dataset, ID: uploaded().ID}, map[string]any{
				"reuses": int64(4), "reuses_by_months": json.RawMessage(`{"2026-11":4}`),
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := refs.Render(t.Context(), d.Read(), ref.Dataset, ref.Full, []string{uploaded().ID})
		if err != nil {
			t.Fatal(err)
		}
		want := `"metrics":{"dataservices":0,"discussions":0,"discussions_open":0,"followers":0,"followers_by_months":0,` +
			`"resources_downloads":7,"reuses":4,"reuses_by_months":{"2026-11":4},"views":913}`
		if text := string(got[uploaded().ID].Text); !strings.Contains(text, want) {
			t.Errorf("got %s", text)
		}
	})
}

// counting counts statements.
type counting struct {
	db.Querier
	n int
}

func (c *counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.Querier.QueryContext(ctx, query, args...)
}

func (c *counting) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	c.n++
	return c.Querier.QueryRowContext(ctx, query, args...)
}

// TestStatements: a list costs as many statements as one dataset.
func TestStatements(t *testing.T) {
	d := dbtest.SQLite(t)
	_, refs := newService(d)
	list := many(500)
	if err := d.Write(t.Context(), func(tx *sql.Tx) error { return InsertMany(t.Context(), tx, list) }); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 20, 500} {
		q := &counting{Querier: d.Read()}
		got, err := refs.Render(t.Context(), q, ref.Dataset, ref.Full, ids(list[:n]))
		if err != nil || len(got) != n {
			t.Fatal(len(got), err)
		}
		// Datasets, resources, community resources, people, organizations, contact points.
		if q.n != 6 {
			t.Errorf("%d datasets took %d statements", n, q.n)
		}
	}
	q := &counting{Querier: d.Read()}
	if got, err := refs.Render(t.Context(), q, ref.Dataset, ref.Full, nil); err != nil || len(got) != 0 || q.n != 0 {
		t.Errorf("no datasets: %v, %v, %d statements", got, err, q.n)
	}
}

// many makes up datasets with ten resources each.
func many(n int) []*Dataset {
	const digits = "0123456789abcdef"
	hex := func(i int) string {
		b := []byte("000000")
		for at := len(b) - 1; i > 0; at-- {
			b[at] = digits[i&15]
			i >>= 4
		}
		return string(b)
	}
	list := make([]*Dataset, n)
	for i := range list {
		d := &Dataset{
			ID: "5e0000000000000000" + hex(i), Slug: "dataset-" + hex(i), Title: "Dataset " + hex(i),
			Owner: "5e0000000000000000000002", Organization: "5e0000000000000000000065",
			CreatedInternal: at("2026-01-01T00:00:00Z"), ModifiedInternal: at("2026-01-02T00:00:00Z"),
			Counts: map[string]int64{"reuses": int64(i), "followers": 0, "views": 0}, Metrics: "{}",
			Doc: Doc{
				Description: strings.Repeat("Une description d'une certaine étendue. ", 10), Tags: []string{"un", "deux", "trois"},
				ContactPoints: []string{"5e000000000000000000aaaa"},
			},
		}
		for j := range 10 {
			d.Resources = append(d.Resources, Resource{
				ID: "00000000-0000-4000-8" + hex(j)[3:] + "-000000" + hex(i), URL: "https://files.example.org/" + hex(i) + "/" + hex(j) + ".csv",
				Title: "Resource " + hex(j), Filetype: FiletypeRemote, Type: TypeMain, Format: "csv", Mime: "text/csv",
				Filesize: new(int64(1000 + j)), CreatedInternal: at("2026-01-01T00:00:00Z"), ModifiedInternal: at("2026-01-02T00:00:00Z"),
			})
		}
		list[i] = d
	}
	return list
}

// BenchmarkInsertMany writes 15 000 datasets with 150 000 resources, what the
// seed command makes for a benchmark.
func BenchmarkInsertMany(b *testing.B) {
	list := many(15000)
	for b.Loop() {
		b.StopTimer()
		d := dbtest.SQLite(b)
		b.StartTimer()
		if err := d.Write(b.Context(), func(tx *sql.Tx) error { return InsertMany(b.Context(), tx, list) }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender renders the datasets of a page of twenty reuses.
func BenchmarkRender(b *testing.B) {
	d := dbtest.SQLite(b)
	_, refs := newService(d)
	list := many(1000)
	if err := d.Write(b.Context(), func(tx *sql.Tx) error { return InsertMany(b.Context(), tx, list) }); err != nil {
		b.Fatal(err)
	}
	page := ids(list[:60])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := refs.Render(b.Context(), d.Read(), ref.Dataset, ref.Full, page); err != nil {
			b.Fatal(err)
		}
	}
}
