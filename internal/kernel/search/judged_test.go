package search

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
)

// What the judged queries must reach: never lower these.
const (
	leastSuccess = 0.95
	leastNDCG    = 0.95
)

// now is when the tests look.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// sample reads the documents of testdata: objects of data.gouv.fr.
func sample(t testing.TB) []*Document {
	t.Helper()
	f, err := os.Open("testdata/sample.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []*Document
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var x struct {
			Class, ID, Title, Acronym, Description, Organization, Created string
			Tags, Links, Badges                                           []string
			Followers, Views                                              int64
			Archived                                                      bool
		}
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		created, _ := time.Parse(time.DateOnly, x.Created)
		d := &Document{
			Class: x.Class, ID: x.ID, Title: x.Title, Acronym: x.Acronym, Tags: x.Tags, Description: x.Description,
			Links: append(x.Links, x.Organization), Public: true, Archived: x.Archived, Created: created, Updated: created,
			Counts: map[string]int64{"followers": x.Followers, "views": x.Views},
		}
		d.Key("organization", x.Organization)
		d.Key("tag", x.Tags...)
		d.Key("badge", x.Badges...)
		d.State(Public, true)
		out = append(out, d)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// filled is an index of documents.
func filled(t testing.TB, d *db.DB, list ...*Document) *Index {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *sql.Tx) error { return Write(t.Context(), tx, list...) }); err != nil {
		t.Fatal(err)
	}
	return New(d)
}

// TestJudged measures what people find: how often one of the first three
// results is a right one, and how good the order of the first ten is.
func TestJudged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		list := sample(t)
		ix := filled(t, d, list...)
		text, err := os.ReadFile("testdata/queries.tsv")
		if err != nil {
			t.Fatal(err)
		}
		n, success, gain := 0, 0, 0.0
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			query, judged, _ := strings.Cut(strings.TrimSpace(line), "\t")
			class := ref.Reuse
			if c, q, ok := strings.Cut(query, ": "); ok {
				class, query = c, q
			}
			grades := grades(t, list, class, judged)
			r, err := ix.Search(t.Context(), Query{Class: class, Text: query, Within: []string{Public}, Limit: 10, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			n++
			found := slices.ContainsFunc(r.IDs[:min(3, len(r.IDs))], func(id string) bool { return grades[id] > 0 })
			if found {
				success++
			} else {
				t.Logf("%q finds %q", query, titles(list, r.IDs))
			}
			g := ndcg(r.IDs, grades)
			if found && g < 0.7 {
				t.Logf("%q is in a poor order (%.2f): %q", query, g, titles(list, r.IDs))
			}
			gain += g
		}
		t.Logf("%d queries: success@3 %.3f, NDCG@10 %.3f", n, float64(success)/float64(n), gain/float64(n))
		if n < 60 || float64(success)/float64(n) < leastSuccess || gain/float64(n) < leastNDCG {
			t.Errorf("of at least 60 queries, success@3 must be %.2f and NDCG@10 %.2f", leastSuccess, leastNDCG)
		}
	})
}

func grades(t *testing.T, list []*Document, class, judged string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for beginning := range strings.SplitSeq(judged, "|") {
		grade, before := 3.0, len(out)
		if b, g, ok := strings.Cut(beginning, "="); ok {
			beginning = b
			grade, _ = strconv.ParseFloat(g, 64)
		}
		for _, d := range list {
			if d.Class == class && strings.HasPrefix(d.Title, beginning) && out[d.ID] == 0 {
				out[d.ID] = grade
			}
		}
		if len(out) == before {
			t.Errorf("no %s begins with %q", class, beginning)
		}
	}
	return out
}

// ndcg is the normalized discounted cumulative gain of the first ten.
func ndcg(ids []string, grades map[string]float64) float64 {
	gain := func(grade float64, i int) float64 { return (math.Exp2(grade) - 1) / math.Log2(float64(i)+2) }
	got, best := 0.0, 0.0
	for i, id := range ids {
		got += gain(grades[id], i)
	}
	var ideal []float64
	for _, g := range grades {
		ideal = append(ideal, g)
	}
	slices.Sort(ideal)
	slices.Reverse(ideal)
	for i, g := range ideal[:min(10, len(ideal))] {
		best += gain(g, i)
	}
	return got / best
}

func titles(list []*Document, ids []string) []string {
	var out []string
	for _, id := range ids {
		for _, d := range list {
			if d.ID == id {
				out = append(out, d.Title)
			}
		}
	}
	return out
}
