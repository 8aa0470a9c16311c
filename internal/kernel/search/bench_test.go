package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// clients ask at the same time.
const clients = 8

// crowd are made-up reuses of the words of the sample, with what the facets of
// reuses count.
func crowd(b *testing.B, n int) []*Document {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	var text []string
	for _, d := range sample(b) {
		text = append(text, strings.Fields(d.Title+" "+d.Description)...)
	}
	some := func(n int) string {
		from := r.IntN(len(text) - n)
		return strings.Join(text[from:from+n], " ")
	}
	out := []*Document{}
	for i := range 200 {
		out = append(out, of(ref.Organization, fmt.Sprintf("org%d", i), some(3)))
	}
	for i := range n {
		org := fmt.Sprintf("org%d", r.IntN(200))
		out = append(out, reuse(fmt.Sprintf("%08d", i), some(5), func(d *Document) {
			d.Description, d.Links = some(60), []string{org}
			d.Counts = map[string]int64{"followers": int64(r.ExpFloat64() * 20)}
			d.Created = now.Add(-time.Duration(r.IntN(1e9)) * time.Second / 10)
			d.Updated = now.AddDate(0, 0, -r.IntN(2000))
			d.Key("organization", org)
			d.Key("type", fmt.Sprint("type", r.IntN(8)))
			d.Key("topic", fmt.Sprint("topic", r.IntN(12)))
			for range 4 {
				d.Key("tag", fmt.Sprint("tag", int(r.ExpFloat64()*50)))
			}
		}))
	}
	return out
}

// measure asks from eight clients and reports how long answers took.
func measure(b *testing.B, ask func(i int) error) {
	b.Helper()
	took := make([]time.Duration, b.N)
	var next int
	var mu sync.Mutex
	var wg sync.WaitGroup
	b.ResetTimer()
	for range clients {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= b.N {
					return
				}
				start := time.Now()
				if err := ask(i); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkSearch measures searches with all facets of reuses, and suggestions,
// among 5 000 and 100 000 reuses on SQLite.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{5000, 100_000} {
		d, err := db.Open(b.Context(), b.TempDir(), "")
		if err != nil {
			b.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(b.Context()); err != nil {
			b.Fatal(err)
		}
		ix := New(d)
		for part := range slices.Chunk(crowd(b, n), 1000) {
			put(b, d, part...)
		}
		start := time.Now()
		ask(b, ix, Query{Within: []string{Public}})
		loading := time.Since(start)
		facets := []Facet{{"producer_type", "producer_type"}, {"organization_id_with_name", "organization"}, {"topic", "topic"}, {"type", "type"}, {"tag", "tag"}, {"badge", "badge"}, {"last_update", LastUpdate}}
		queries := []string{"", "qualité air", "covid vaccination", "carte des ventes immobilières", "logement", "vacination covid", "entreprise", "données"}
		b.Run(fmt.Sprintf("facets/%d", n), func(b *testing.B) {
			measure(b, func(i int) error {
				q := Query{Class: ref.Reuse, Text: queries[i%len(queries)], Within: []string{Public}, Facets: facets, Limit: 20, Now: now}
				if i%3 == 0 {
					q.Where("type", "type1")
				}
				_, err := ix.Search(b.Context(), q)
				return err
			})
			b.ReportMetric(float64(loading.Milliseconds()), "ms-loading")
		})
		b.Run(fmt.Sprintf("suggest/%d", n), func(b *testing.B) {
			typed := []string{"c", "ca", "cart", "vacc", "immo", "transp", "éner"}
			measure(b, func(i int) error {
				_, err := ix.Suggest(b.Context(), ref.Reuse, typed[i%len(typed)], 10, []string{Public})
				return err
			})
		})
	}
}
