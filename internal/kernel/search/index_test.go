package search

import (
	"context"
	"database/sql"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
)

// reuse is a public reuse, found by everybody.
func reuse(id, title string, change ...func(d *Document)) *Document {
	d := &Document{Class: ref.Reuse, ID: id, Title: title, Public: true, Created: now, Updated: now, Counts: map[string]int64{}}
	d.State(Public, true)
	for _, f := range change {
		f(d)
	}
	return d
}

func of(class, id, title string) *Document {
	return reuse(id, title, func(d *Document) { d.Class = class })
}

func put(t testing.TB, d *db.DB, list ...*Document) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *sql.Tx) error { return Write(t.Context(), tx, list...) }); err != nil {
		t.Fatal(err)
	}
}

func ask(t testing.TB, ix *Index, q Query) *Result {
	t.Helper()
	if q.Class == "" {
		q.Class = ref.Reuse
	}
	q.Now = now
	r, err := ix.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	return r
}

func found(t testing.TB, ix *Index, text string) string {
	t.Helper()
	return strings.Join(ask(t, ix, Query{Text: text, Within: []string{Public}}).IDs, " ")
}

// TestWords: what a text is found by.
func TestWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ix := filled(t, d,
			reuse("air", "La qualité de l'air à Lyon", func(d *Document) { d.Description = "Un **tableau** de bord pour l’école" }),
			reuse("bus", "Horaires des bus", func(d *Document) { d.Tags = []string{"transport-en-commun"} }),
			reuse("vac", "Vaccinations contre la Covid-19"),
			reuse("map", "Mapping the cities of Europe"),
			reuse("rus", "Карта Москвы"), reuse("ara", "خريطة المدينة"), reuse("jpn", "東京都の地図データ"), reuse("grc", "Χάρτης της Αθήνας"),
			reuse("hid", "Secret zanzibar", func(d *Document) { d.Public, d.Keys = false, nil }),
		)
		for text, want := range map[string]string{
			"qualite air lyon": "air", "QUALITÉ": "air", "l'air": "air", "air de lyon": "air", "d'écoles": "air", "tableaux": "air",
			"horaire": "bus", "d'horaires": "bus", "transports": "bus", "hor": "bus", "transport en commun": "bus",
			"covid vacination": "vac", "vaccins covid": "vac", "covid19": "vac", "covid-19": "vac",
			"europe": "map", "maps": "map", "map city": "map",
			"москвы": "rus", "КАРТА": "rus", "خريطة": "ara", "المدينة": "ara", "地図": "jpn", "東京": "jpn", "αθηνας": "grc",
			`"tableau de bord"`: "air", `"bord de tableau"`: "", `"horaires bus"`: "",
			"lyon -qualite": "", "-vaccination -covid -air -bus -mapping -карта -хер": "grc jpn ara map",
			"zanzibar": "", "zanzibarr": "", "": "vac rus map jpn grc bus ara air", " ": "", "%": "", "de la": "air vac bus",
		} {
			got := found(t, ix, text)
			if text == "-vaccination -covid -air -bus -mapping -карта -хер" || text == "de la" {
				continue // any order; the others below
			}
			if text == "" {
				list := strings.Fields(got)
				slices.Sort(list)
				slices.Reverse(list)
				got = strings.Join(list, " ")
			}
			if got != want {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		if got := found(t, ix, "-vaccination -bus"); strings.Contains(got, "vac") || strings.Contains(got, "bus") || !strings.Contains(got, "air") {
			t.Errorf("what must not be there: %q", got)
		}
		r := ask(t, ix, Query{Text: "covid vacination", Within: []string{Public}})
		if r.Meant != "covid vaccinations" {
			t.Errorf("meant: %q", r.Meant)
		}
		if r := ask(t, ix, Query{Text: "zanzibarr", Within: []string{Public}}); r.Meant != "" {
			t.Errorf("a word of hidden texts is told: %q", r.Meant)
		}
	})
}

// TestChanges: what was written is found at once, and what follows from it.
func TestChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ix, other := New(d), New(d) // another node
		expect := func(when, text, want string) {
			t.Helper()
			for _, ix := range []*Index{ix, other, New(d)} {
				if got := found(t, ix, text); got != want {
					t.Errorf("%s: %q finds %q, want %q", when, text, got, want)
				}
			}
		}
		expect("before", "tram", "")
		uses := func(d *Document) { d.Links = []string{"org", "data"} }
		put(t, d, of(ref.Organization, "org", "Ville de Brest"), of(ref.Dataset, "data", "Arrêts"), reuse("a", "Tram", uses), reuse("b", "Bus"))
		expect("written", "tram", "a")
		expect("of its organization", "brest", "a")
		expect("of its dataset", "arret", "a")
		put(t, d, of(ref.Organization, "org", "Ville de Quimper"))
		expect("renamed", "brest", "")
		expect("renamed", "quimper", "a")
		put(t, d, reuse("hidden", "x", func(d *Document) {
			d.Class, d.ID, d.Title, d.Public, d.Keys = ref.Dataset, "data", "Arrêts", false, nil
		}))
		expect("the dataset is hidden", "arret", "")
		put(t, d, reuse("a", "Train", uses))
		expect("changed", "tram", "")
		expect("changed", "train", "a")
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return Remove(t.Context(), tx, ref.Reuse, "a") }); err != nil {
			t.Fatal(err)
		}
		expect("removed", "train", "")
		err := d.Write(t.Context(), func(tx *sql.Tx) error {
			if err := Write(t.Context(), tx, reuse("c", "Ferry")); err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil {
			t.Fatal("the transaction was kept")
		}
		expect("rolled back", "ferry", "")
	})
}

// TestFacets: each ignores its own filter, and begins with all.
func TestFacets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		with := func(keys ...string) func(d *Document) {
			return func(d *Document) { d.Keys = append(d.Keys, keys...) }
		}
		ix := filled(t, d,
			reuse("org", "Ville | de Brest", func(d *Document) { d.Class = ref.Organization }, with("badge:local-authority", "badge:certified")),
			reuse("a", "Bus", with("type:api", "tag:x", "organization:org"), func(d *Document) { d.Links = []string{"org"} }),
			reuse("b", "Bus", with("type:api", "tag:y", "owner:me"), func(d *Document) { d.Updated = now.AddDate(0, -2, 0) }),
			reuse("c", "Bus", with("type:paper", "tag:x"), func(d *Document) { d.Updated = now.AddDate(-5, 0, 0) }),
			reuse("t", "Topic", func(d *Document) { d.Class, d.Links = ref.Topic, []string{"a", "c"} }),
		)
		ix.Extra = true
		facets := []Facet{{"type", "type"}, {"tag", "tag"}, {"producer_type", "producer_type"}, {"organization_id_with_name", "organization"}, {"topics", "topics"}, {"last_update", LastUpdate}}
		q := Query{Text: "bus", Within: []string{Public}, Facets: facets}
		q.Where("type", "api")
		q.Where("tag", "x")
		r := ask(t, ix, q)
		if !slices.Equal(r.IDs, []string{"a"}) || r.Total != 1 {
			t.Errorf("found %v", r.IDs)
		}
		want := []FacetCounts{
			{"type", 2, []ValueCount{{"api", 1}, {"paper", 1}}},
			{"tag", 2, []ValueCount{{"x", 1}, {"y", 1}}},
			{"producer_type", 1, []ValueCount{{"local-authority", 1}}},
			{"organization_id_with_name", 1, []ValueCount{{"org|Ville | de Brest", 1}}},
			{"topics", 1, []ValueCount{{"t", 1}}},
			{"last_update", 1, []ValueCount{{"last_30_days", 1}, {"last_12_months", 1}, {"last_3_years", 1}}},
		}
		if !reflect.DeepEqual(r.Counts, want) {
			t.Errorf("counted %+v\nwant %+v", r.Counts, want)
		}
		q = Query{Text: "bus", Within: []string{Public}, Facets: facets[2:]}
		q.WhereExtra("producer_type", "user")
		if r := ask(t, ix, q); !slices.Equal(r.IDs, []string{"b"}) || r.Counts[0].All != 3 || len(r.Counts[0].Values) != 3 {
			t.Errorf("by producer: %v %+v", r.IDs, r.Counts)
		}
		ix.Extra = false
		if r := ask(t, ix, q); r.Total != 3 {
			t.Errorf("a filter of the search service is heeded: %v", r.IDs)
		}
		q = Query{Within: []string{Public}, Since: Since(Ranges[1], now), Facets: facets[5:], Sort: "updated"}
		if r := ask(t, ix, q); !slices.Equal(r.IDs, []string{"b", "a"}) || r.Counts[0].All != 3 {
			t.Errorf("by update: %v %+v", r.IDs, r.Counts)
		}
		q = Query{Within: []string{Public}}
		q.WhereTopic("t")
		if r := ask(t, ix, q); r.Total != 2 {
			t.Errorf("of a topic: %v", r.IDs)
		}
		put(t, d, reuse("t", "Topic", func(d *Document) { d.Class, d.Public, d.Links = ref.Topic, false, []string{"b"} }))
		if r := ask(t, ix, q); !slices.Equal(r.IDs, []string{"b"}) {
			t.Errorf("of a topic that changed: %v", r.IDs)
		}
		if r := ask(t, ix, Query{Within: []string{Public}, Facets: facets[4:5]}); len(r.Counts[0].Values) != 0 {
			t.Errorf("a hidden topic is told: %+v", r.Counts)
		}
		if r := ask(t, ix, Query{Within: []string{Public}, Among: []string{"c", "nobody"}}); !slices.Equal(r.IDs, []string{"c"}) {
			t.Errorf("among some: %v", r.IDs)
		}
		if r := ask(t, ix, Query{Within: []string{Public}, Among: []string{}}); r.Total != 0 {
			t.Errorf("among none: %v", r.IDs)
		}
	})
}

// TestRank: titles before tags before organizations before descriptions, then
// what people care for, archived ones last; and a sysadmin is told why.
func TestRank(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ix := filled(t, d,
			of(ref.Organization, "org", "Tram de Nantes"),
			reuse("5", "E", func(d *Document) { d.Description = "tram" }),
			reuse("4", "D", func(d *Document) { d.Links = []string{"org"} }),
			reuse("3", "C", func(d *Document) { d.Tags = []string{"tram"} }),
			reuse("2", "Tram"),
			reuse("1", "Tram", func(d *Document) { d.Counts = map[string]int64{"followers": 50}; d.Featured = true }),
			reuse("6", "Tram", func(d *Document) { d.Archived = true; d.Counts = map[string]int64{"followers": 1000} }),
		)
		if got := found(t, ix, "tram"); got != "1 2 3 4 5 6" {
			t.Errorf("ranked %s", got)
		}
		r := ask(t, ix, Query{Text: "tram", Within: []string{Public}, Explain: true, Limit: 2})
		if len(r.Reasons) != 2 || r.Total != 6 || r.Reasons[0].Followers != 50 || !r.Reasons[0].Featured || r.Reasons[0].Score <= r.Reasons[1].Score ||
			len(r.Reasons[0].Words) != 1 || r.Reasons[0].Words[0].In[0] != "title" {
			t.Errorf("explained %+v", r.Reasons)
		}
		if err := d.Write(t.Context(), func(tx *sql.Tx) error {
			return Count(t.Context(), tx, ref.Reuse, "2", map[string]any{"followers": int64(10_000), "unknown": int64(1)}, now)
		}); err != nil {
			t.Fatal(err)
		}
		if got := found(t, ix, "tram"); !strings.HasPrefix(got, "2 1 3") {
			t.Errorf("after it was followed: %s", got)
		}
		ids, err := ix.Suggest(t.Context(), ref.Reuse, "tra", 2, []string{Public})
		if err != nil || !slices.Equal(ids, []string{"2", "1"}) {
			t.Errorf("suggested %v, %v", ids, err)
		}
	})
}

// TestRebuild: documents that are missing, old or left over are found and
// written, while others are served.
func TestRebuild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ix := New(d)
		objects := map[string][]*Document{}
		for _, class := range Classes {
			ix.Register(Source{Class: class, Documents: func(_ context.Context, _ db.Querier, after string, limit int) ([]*Document, error) {
				var out []*Document
				for _, x := range objects[class] {
					if x.ID > after && len(out) < limit {
						out = append(out, x)
					}
				}
				return out, nil
			}})
		}
		for i := range 250 {
			objects[ref.Reuse] = append(objects[ref.Reuse], reuse("r"+string(rune('a'+i/26))+string(rune('a'+i%26)), "Tram"))
		}
		objects[ref.Dataset] = []*Document{of(ref.Dataset, "d", "Bus")}
		put(t, d, reuse("zz", "Tram"), reuse("raa", "Old"))
		verify := func(when string, want ...Difference) {
			t.Helper()
			got, err := ix.Verify(t.Context())
			if err != nil || len(got) != len(want) || len(want) < 10 && !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v", when, got, err)
			}
		}
		verify("before", make([]Difference, 252)...)
		if err := d.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE search_rebuild SET done = false")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if done, err := New(d).Complete(t.Context(), ref.Reuse); done || err != nil {
			t.Errorf("complete before it is built: %v", err)
		}
		told := 0
		progress := func(class string, written int, last bool) {
			if class == ref.Reuse && last {
				told = written
			}
		}
		if err := ix.Build(t.Context(), progress); err != nil || told != 250 {
			t.Fatalf("built %d: %v", told, err)
		}
		verify("built")
		if done, err := New(d).Complete(t.Context(), ref.Reuse); !done || err != nil {
			t.Errorf("not complete after it was built: %v", err)
		}
		if r := ask(t, ix, Query{Text: "tram", Within: []string{Public}}); r.Total != 250 {
			t.Errorf("found %d", r.Total)
		}
		put(t, d, reuse("raa", "Old"), reuse("zz", "Tram"), reuse("rab", "Tram", func(d *Document) { d.Counts["views"] = 7 }))
		differ := []Difference{{ref.Reuse, "raa", "label"}, {ref.Reuse, "rab", "views"}, {ref.Reuse, "zz", "left over"}}
		verify("changed", differ...)
		for _, x := range differ {
			if err := ix.Repair(t.Context(), x); err != nil {
				t.Fatal(err)
			}
		}
		verify("repaired")
		objects[ref.Reuse] = objects[ref.Reuse][:120]
		if err := ix.Rebuild(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		verify("rebuilt")
	})
}

// FuzzSearch: any text is a question that can be answered.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"bus", `"a b`, `-"x`, "“”", "l'", "'", "-", "\x00\xff", "東", "é́́", strings.Repeat("a-", 3000), strings.Repeat(`"`, 99), "a* OR NEAR(b)", "%_'; DROP TABLE"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	d, err := db.Open(f.Context(), f.TempDir(), "")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Close() })
	if err := d.Migrate(f.Context()); err != nil {
		f.Fatal(err)
	}
	ix := filled(f, d, sample(f)...)
	f.Fuzz(func(t *testing.T, text string, completing bool) {
		q := Query{Class: ref.Reuse, Text: text, Within: []string{Public}, Completing: completing, Explain: true, Now: now, Limit: 5, Facets: []Facet{{"tag", "tag"}}}
		r, err := ix.Search(context.Background(), q)
		if err != nil || len(r.IDs) > 5 || len(r.IDs) > r.Total || len(r.Reasons) != len(r.IDs) {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
		if again, err := ix.Search(context.Background(), q); err != nil || !slices.Equal(again.IDs, r.IDs) {
			t.Errorf("%q finds other things the second time: %v %v", text, r.IDs, again.IDs)
		}
	})
}
