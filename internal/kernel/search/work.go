package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// bitset is a set of numbers of documents.
type bitset []uint64

func (b bitset) has(n uint32) bool { return b[n>>6]&(1<<(n&63)) != 0 }
func (b bitset) add(n uint32)      { b[n>>6] |= 1 << (n & 63) }

// work is the memory of one search, used again by the next. Between searches
// the slices that have a place for each document hold zeros.
type work struct {
	s *shard
	// scope are the documents that the caller may find.
	scope bitset
	// For each document: the text's score and then the whole one, how many
	// words of the query it has, and the fields that all of them stand in.
	score []float32
	hits  []uint8
	in    []uint8
	// best and bestIn are the same for one word of the query.
	best   []float32
	bestIn []uint8
	// touched are the documents that have a word, found the results.
	touched, slotTouched, found []uint32

	ranked bool
	slots  []slot
	total  float64 // of the slots' weights
	order  []uint32
	length int // of the query, in words

	near    map[string][]uint32
	filters []bitset
	counts  []uint32
	extra   []uint32
}

func (w *work) begin(s *shard) {
	w.s = s
	n := len(s.ids)
	if cap(w.score) < n {
		room := n + n/8
		w.score, w.best = make([]float32, room), make([]float32, room)
		w.hits, w.in, w.bestIn = make([]uint8, room), make([]uint8, room), make([]uint8, room)
	}
	w.score, w.best = w.score[:n], w.best[:n]
	w.hits, w.in, w.bestIn = w.hits[:n], w.in[:n], w.bestIn[:n]
	w.scope = sized(w.scope, n)
	w.ranked, w.slots, w.order, w.length, w.total = false, w.slots[:0], w.order[:0], 0, 0
	w.found = w.found[:0]
}

func (w *work) end() {
	w.forget()
	w.s, w.near = nil, nil
}

// forget makes the slices zero again.
func (w *work) forget() {
	for _, n := range w.touched {
		w.score[n], w.hits[n], w.in[n] = 0, 0, 0
	}
	w.touched = w.touched[:0]
}

func sized(b bitset, n int) bitset {
	size := (n + 63) / 64
	if cap(b) < size {
		return make(bitset, size, size+size/8)
	}
	b = b[:size]
	clear(b)
	return b
}

// limit sets the scope.
func (w *work) limit(within []string) {
	if len(within) == 0 {
		for n, dead := range w.s.dead {
			if !dead {
				w.scope.add(uint32(n))
			}
		}
		return
	}
	for _, k := range within {
		w.s.each(k, w.scope.add)
	}
}

// each calls f with the documents that have a key.
func (s *shard) each(key string, f func(n uint32)) {
	id, ok := s.keyID[key]
	if !ok {
		return
	}
	for _, n := range s.keyDocs[id] {
		if !s.dead[n] {
			f(n)
		}
	}
}

// everything finds all documents of the scope.
func (w *work) everything() {
	for i, word := range w.scope {
		for ; word != 0; word &= word - 1 {
			w.found = append(w.found, uint32(i*64+bits.TrailingZeros64(word)))
		}
	}
}

// narrow keeps the results that meet the filters, and notes for each facet
// those that only its own filters keep out.
func (w *work) narrow(q Query) {
	n := 0
	facetOf := make([]string, 0, len(q.Filters)+1)
	for i, f := range q.Filters {
		if i == len(w.filters) {
			w.filters = append(w.filters, nil)
		}
		b := sized(w.filters[i], len(w.s.ids))
		for _, k := range f.Keys {
			w.s.each(k, b.add)
		}
		if f.Not {
			for j := range b {
				b[j] = ^b[j]
			}
		}
		w.filters[i] = b
		facetOf = append(facetOf, f.Facet)
	}
	if q.Among != nil {
		among := sized(nil, len(w.s.ids))
		for _, id := range q.Among {
			if doc, ok := w.s.number[id]; ok {
				among.add(doc)
			}
		}
		w.found = slices.DeleteFunc(w.found, func(doc uint32) bool { return !among.has(doc) })
	}
	since := q.Since.UnixMicro()
	if !q.Since.IsZero() {
		facetOf = append(facetOf, LastUpdate)
	}
	if len(facetOf) == 0 {
		return
	}
	w.near = map[string][]uint32{}
	for _, doc := range w.found {
		missed, facet := 0, ""
		for i := range facetOf {
			if i < len(q.Filters) && w.filters[i].has(doc) || i == len(q.Filters) && w.s.nums[updated][doc] >= since {
				continue
			}
			if missed == 0 || facetOf[i] != facet {
				missed++
				facet = facetOf[i]
			}
		}
		switch {
		case missed == 0:
			w.found[n] = doc
			n++
		case missed == 1 && facet != "" && len(q.Facets) > 0:
			w.near[facet] = append(w.near[facet], doc)
		}
	}
	w.found = w.found[:n]
}

// count counts the facets.
func (w *work) count(q Query, r *Result, m *memory) {
	if len(q.Facets) == 0 {
		return
	}
	s := w.s
	w.counts, w.extra = zeros(w.counts, len(s.keys)), zeros(w.extra, len(s.keys))
	for _, doc := range w.found {
		for _, k := range s.facetKeys[s.facetStart[doc]:s.facetStart[doc+1]] {
			w.counts[k]++
		}
	}
	wanted := make([]*FacetCounts, len(facetNames))
	r.Counts = make([]FacetCounts, len(q.Facets))
	for i, f := range q.Facets {
		c := &r.Counts[i]
		c.Name, c.All = f.Name, len(w.found)+len(w.near[f.Key])
		if f.Key == LastUpdate {
			w.countRanges(q, c)
			continue
		}
		number := slices.Index(facetNames, f.Key)
		wanted[number] = c
		for _, doc := range w.near[f.Key] {
			for _, k := range s.facetKeys[s.facetStart[doc]:s.facetStart[doc+1]] {
				if s.facet[k] == uint8(number) {
					w.extra[k]++
				}
			}
		}
	}
	for k, facet := range s.facet {
		if n := w.counts[k] + w.extra[k]; n > 0 && wanted[facet] != nil {
			_, value, _ := strings.Cut(s.keys[k], ":")
			wanted[facet].Values = append(wanted[facet].Values, ValueCount{value, int(n)})
		}
	}
	for i := range r.Counts {
		c := &r.Counts[i]
		if q.Facets[i].Key == LastUpdate {
			continue
		}
		slices.SortFunc(c.Values, func(a, b ValueCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		c.Values = c.Values[:min(len(c.Values), maxBuckets)]
		if q.Facets[i].Key == "organization" {
			name := func(v ValueCount) bool { return m.lends[v.Value].label == "" } // it was deleted
			c.Values = slices.DeleteFunc(c.Values, name)
			for j, v := range c.Values {
				c.Values[j].Value += "|" + m.lends[v.Value].label
			}
		}
	}
}

func (w *work) countRanges(q Query, c *FacetCounts) {
	limits := make([]int64, len(Ranges))
	for i, name := range Ranges {
		limits[i] = Since(name, q.Now).UnixMicro()
		c.Values = append(c.Values, ValueCount{Value: name})
	}
	at := w.s.nums[updated]
	for _, docs := range [][]uint32{w.found, w.near[LastUpdate]} {
		for _, doc := range docs {
			for i := len(limits) - 1; i >= 0 && at[doc] >= limits[i]; i-- {
				c.Values[i].Count++
			}
		}
	}
}

func zeros(list []uint32, n int) []uint32 {
	if cap(list) < n {
		return make([]uint32, n, n+n/8)
	}
	list = list[:n]
	clear(list)
	return list
}

// choose puts the page's results in order.
func (w *work) choose(q Query, r *Result) {
	compare := w.comparison(q)
	end := len(w.found)
	if q.Limit > 0 {
		end = min(end, q.Offset+q.Limit)
	}
	if end < len(w.found)/4 {
		w.found = top(w.found, end, compare)
	} else {
		slices.SortFunc(w.found, compare)
	}
	docs := w.found[min(q.Offset, end):end]
	r.IDs = make([]string, len(docs))
	for i, doc := range docs {
		r.IDs[i] = w.s.ids[doc]
		if q.Explain {
			r.Reasons = append(r.Reasons, w.reason(q, doc))
		}
	}
}

func (w *work) comparison(q Query) func(a, b uint32) int {
	s := w.s
	age := func(a, b uint32) int {
		return cmp.Or(cmp.Compare(s.nums[created][a], s.nums[created][b]), cmp.Compare(s.ids[a], s.ids[b]))
	}
	if column, ok := sortable[q.Sort]; ok {
		n := s.nums[column]
		if q.Descending {
			return func(a, b uint32) int { return cmp.Or(cmp.Compare(n[b], n[a]), age(b, a)) }
		}
		return func(a, b uint32) int { return cmp.Or(cmp.Compare(n[a], n[b]), age(a, b)) }
	}
	if q.Sort == "title" {
		by := func(a, b uint32) int {
			return cmp.Or(strings.Compare(s.labels[a], s.labels[b]), strings.Compare(s.ids[a], s.ids[b]))
		}
		if q.Descending {
			return func(a, b uint32) int { return by(b, a) }
		}
		return by
	}
	if w.ranked {
		return func(a, b uint32) int {
			return cmp.Or(cmp.Compare(s.flags[a]&isArchived, s.flags[b]&isArchived), cmp.Compare(w.score[b], w.score[a]), age(b, a))
		}
	}
	return func(a, b uint32) int { return age(b, a) }
}

// top returns the first n of a list in order, without ordering the rest.
func top(list []uint32, n int, compare func(a, b uint32) int) []uint32 {
	if n == 0 {
		return nil
	}
	heap := list[:n] // the last in order on top
	sink := func(i int) {
		for {
			child := 2*i + 1
			if child >= n {
				return
			}
			if child+1 < n && compare(heap[child+1], heap[child]) > 0 {
				child++
			}
			if compare(heap[i], heap[child]) >= 0 {
				return
			}
			heap[i], heap[child] = heap[child], heap[i]
			i = child
		}
	}
	for i := n/2 - 1; i >= 0; i-- {
		sink(i)
	}
	for i := n; i < len(list); i++ {
		if compare(list[i], heap[0]) < 0 {
			heap[0], list[i] = list[i], heap[0]
			sink(0)
		}
	}
	slices.SortFunc(heap, compare)
	return heap
}
