package search

import (
	"context"
	"slices"
	"time"

	"ouvert/internal/kernel/auth"
)

// Query is what is looked for. The zero value of each field asks nothing.
type Query struct {
	Class string
	// Text is what somebody typed. "" is no question, and finds all; a text
	// without a word finds nothing.
	Text string
	// Within are keys of which a document must have one: who may find it.
	Within []string
	// Filters must all be met.
	Filters []Filter
	// Among are ids of objects that a result must be one of, for filters that
	// only the tables know; nil asks nothing.
	Among []string
	// Since is the earliest update; see Ranges.
	Since time.Time
	// Facets are what to count.
	Facets []Facet

	// Sort is one of the counters, "created", "updated" or "title"; "" is by relevance
	// where there is a text, else the newest first.
	Sort       string
	Descending bool
	// Limit is how many results to return, 0 for all.
	Limit, Offset int

	// Completing asks for titles that begin as the text does.
	Completing bool
	// Explain asks for the reasons of the results.
	Explain bool
	Now     time.Time
}

// Filter asks for documents with one of the keys, or for those without any.
type Filter struct {
	// Extra ones are heeded when Index.Extra is set.
	Extra bool
	// Facet is the facet that does not heed this filter, if any.
	Facet string
	Keys  []string
	Not   bool
}

// Facet is a list of values to count. Its name is that of the answer; Key is
// the name of the keys, or LastUpdate.
type Facet struct{ Name, Key string }

// LastUpdate is the key of the facet that counts by Ranges.
const LastUpdate = "last_update"

// Ranges are how recently something was updated, the longest last.
var Ranges = []string{"last_30_days", "last_12_months", "last_3_years"}

// Since is the earliest instant of one of Ranges; zero for others.
func Since(r string, now time.Time) time.Time {
	switch r {
	case Ranges[0]:
		return now.AddDate(0, 0, -30)
	case Ranges[1]:
		return now.AddDate(-1, 0, 0)
	case Ranges[2]:
		return now.AddDate(-3, 0, 0)
	}
	return time.Time{}
}

// maxBuckets is how many values of a facet are told, the most frequent ones.
const maxBuckets = 50

// Result is what was found.
type Result struct {
	Total int
	// IDs are the results of the page, in their order.
	IDs []string
	// Reasons are there when they were asked for, one a result.
	Reasons []Reason
	Counts  []FacetCounts
	// Meant is what was perhaps meant, when little was found: the query with
	// other words. What that finds is part of the result.
	Meant string
}

// FacetCounts are the counts of one facet. All is how many results there are
// without the facet's own filter.
type FacetCounts struct {
	Name   string
	All    int
	Values []ValueCount
}

// ValueCount is a value and how many results have it. The value of an
// organization is "id|name".
type ValueCount struct {
	Value string
	Count int
}

// Search answers a query from what is in the database now.
func (ix *Index) Search(ctx context.Context, q Query) (*Result, error) {
	if err := ix.refresh(ctx); err != nil {
		return nil, err
	}
	if !ix.Extra {
		q.Filters = slices.DeleteFunc(q.Filters, func(f Filter) bool { return f.Extra })
	}
	w := ix.pool.Get().(*work)
	defer ix.pool.Put(w)
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	s := ix.memory.shards[q.Class]
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	w.begin(s)
	defer w.end()
	r := &Result{}
	if q.Text != "" {
		w.text(q, r)
	} else {
		w.limit(q.Within)
		w.everything()
	}
	w.narrow(q)
	r.Total = len(w.found)
	w.count(q, r, ix.memory)
	w.choose(q, r)
	return r, nil
}

// Matches returns the ids of all documents that match a text, the best first:
// for lists whose filters the index does not know.
func (ix *Index) Matches(ctx context.Context, class, text string, within ...string) ([]string, error) {
	r, err := ix.Search(ctx, Query{Class: class, Text: text, Within: within})
	if err != nil {
		return nil, err
	}
	return r.IDs, nil
}

// Suggest returns the ids of objects whose titles go on as a text does. Without
// a text they are the most followed.
func (ix *Index) Suggest(ctx context.Context, class, text string, size int, within []string) ([]string, error) {
	q := Query{Class: class, Text: text, Within: within, Limit: size, Completing: true}
	if text == "" {
		q.Sort, q.Descending = "followers", true
	}
	r, err := ix.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	return r.IDs, nil
}

// Keys of states that all classes have.
const (
	// Public: everybody may see it. Seen: and it stands in the portal's lists.
	Public   = "state:public"
	Seen     = "state:seen"
	Featured = "state:featured"
	Archived = "state:archived"
)

// Within are the keys of what somebody finds in a list: what everybody finds
// there – Public or Seen –, their own, and what their organizations have. A
// sysadmin finds all: nil.
func Within(a *auth.Actor, everybody string) []string {
	if a.IsSysadmin() {
		return nil
	}
	keys := []string{everybody}
	if a.Anonymous() {
		return keys
	}
	keys = append(keys, "owner:"+a.ID)
	for org := range a.Memberships {
		keys = append(keys, "organization:"+org)
	}
	return keys
}

// Where asks for a value of a key, which a facet counts too; "" asks nothing.
func (q *Query) Where(key string, values ...string) {
	f := Filter{Facet: key}
	for _, v := range values {
		if v != "" {
			f.Keys = append(f.Keys, key+":"+v)
		}
	}
	if len(f.Keys) > 0 {
		q.Filters = append(q.Filters, f)
	}
}

// WhereTopic asks for what a topic holds; "" asks nothing.
func (q *Query) WhereTopic(id string) {
	if id != "" {
		q.Filters = append(q.Filters, Filter{Facet: "topics", Keys: []string{"in_topic:" + id}})
	}
}

// WhereExtra is Where for what only udata's search service filters by.
func (q *Query) WhereExtra(key string, values ...string) {
	n := len(q.Filters)
	q.Where(key, values...)
	for i := range q.Filters[n:] {
		q.Filters[n+i].Extra = true
	}
}

// WhereIs asks for a state or its contrary; nil asks nothing.
func (q *Query) WhereIs(state string, want *bool) {
	if want != nil {
		q.Filters = append(q.Filters, Filter{Keys: []string{state}, Not: !*want})
	}
}

// Key adds what the document can be filtered by.
func (d *Document) Key(name string, values ...string) {
	for _, v := range values {
		if v != "" {
			d.Keys = append(d.Keys, name+":"+v)
		}
	}
}

// State adds a state that the document is in.
func (d *Document) State(key string, is bool) {
	if is {
		d.Keys = append(d.Keys, key)
	}
}
