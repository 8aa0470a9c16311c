package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// slot is one word of a query and all that is taken for it.
type slot struct {
	word   string
	term   uint32
	known  bool // the word itself is in a text that the caller may find
	weight float64
	ways   []way
}

// way is one thing that is taken for a word: terms that all must be there.
type way struct {
	terms []uint32
	value float32
	as    string
	found string
}

// few is how many results are so few that a typing error is looked for.
const few = 3

const (
	// maxPrefixes and maxInfixes bound the words that a piece of one stands for.
	maxPrefixes = 300
	// minPart is how much of a word stands for words that it is a piece of.
	minPart    = 3
	maxInfixes = 100
	// maxParts is maxInfixes for titles, which have few of all words.
	maxParts = 2000
	// maxCorrections bounds the words that a misspelt one stands for.
	maxCorrections = 3
)

const titleFields = 1<<inTitle | 1<<inAcronym

// text finds the documents that match the text of a query.
func (w *work) text(q Query, r *Result) {
	w.limit(q.Within)
	want := parse(q.Text)
	if want.empty() {
		return
	}
	if len(want.words) == 0 { // only what must not be there
		w.everything()
		w.exclude(want)
		return
	}
	w.ranked = true
	w.length = len(words(q.Text))
	mask := uint8(0xff)
	if q.Completing {
		mask = titleFields
	}
	w.prepare(want, q.Completing)
	w.match(mask)
	w.gather(want, len(w.slots))
	if q.Completing && len(w.found) == 0 { // nothing begins so; perhaps something has it inside
		for i := range w.slots {
			w.parts(&w.slots[i], maxParts)
		}
		w.match(mask)
		w.gather(want, len(w.slots))
	}
	if len(w.found) < few && !q.Completing || len(w.found) == 0 {
		w.correct(want, r, mask)
	}
	if len(w.found) == 0 && len(w.slots) > 1 && !q.Completing {
		w.relax(want)
	}
	w.finish(q)
}

// prepare makes the slots of the words.
func (w *work) prepare(want wanted, completing bool) {
	s := w.s
	stems := make([]string, len(want.words))
	for i, word := range want.words {
		stems[i] = stem(word)
		sl := slot{word: word}
		if t, ok := s.termID[stems[i]]; ok && w.findable(t) {
			sl.term, sl.known = t, true
			sl.ways = append(sl.ways, way{[]uint32{t}, 1, "word", s.terms[t]})
		}
		w.slots = append(w.slots, sl)
	}
	w.synonyms(stems)
	w.joined(want.words)
	for i := range w.slots {
		sl := &w.slots[i]
		if completing || want.typing && i == len(w.slots)-1 {
			w.prefixes(sl)
		}
		if len(sl.ways) == 0 && !completing && len(sl.word) >= minPart {
			w.parts(sl, maxInfixes)
		}
	}
}

// findable tells whether the caller may find a document that has a term, so
// that nobody is told a word that stands in hidden ones alone.
func (w *work) findable(term uint32) bool {
	for _, p := range w.s.postings[term] {
		if w.scope.has(p.doc) {
			return true
		}
	}
	return false
}

// lookUp adds a way that has several terms, if they are all known.
func (w *work) lookUp(stems []string, value float32, as string, slots []slot) {
	terms := make([]uint32, len(stems))
	for i, st := range stems {
		t, ok := w.s.termID[st]
		if !ok {
			return
		}
		terms[i] = t
	}
	for i := range slots {
		slots[i].ways = append(slots[i].ways, way{terms, value, as, strings.Join(stems, " ")})
	}
}

// synonyms adds the other ways to say what one word or several in a row mean.
func (w *work) synonyms(stems []string) {
	known := synonyms()
	for from := range stems {
		for to := from + 1; to <= min(len(stems), from+maxMeaning); to++ {
			for _, other := range known[strings.Join(stems[from:to], " ")] {
				w.lookUp(other, asSynonym, "synonym", w.slots[from:to])
			}
		}
	}
}

// joined adds what is written in one word there and in two here, and the other
// way round ("rendez-vous").
func (w *work) joined(list []string) {
	for i := range list {
		if i+1 < len(list) {
			w.lookUp([]string{stem(list[i] + list[i+1])}, 0.9, "word", w.slots[i:i+2])
		}
		if w.slots[i].known {
			continue
		}
		for at := range list[i] {
			if before, after := list[i][:at], list[i][at:]; len(before) >= 3 && len(after) >= 3 && utf8.ValidString(after) {
				if a, ok := w.s.wordID[before]; ok && w.s.uses[a] > 1 {
					w.lookUp([]string{stem(before), stem(after)}, 0.9, "word", w.slots[i:i+1])
				}
			}
		}
	}
}

// prefixes adds the words that begin as the slot's.
func (w *work) prefixes(sl *slot) {
	var list []uint32
	w.s.withPrefix(sl.word, func(word uint32) {
		if !sl.known || w.s.termOf[word] != sl.term {
			list = append(list, word)
		}
	})
	w.add(sl, list, maxPrefixes, asPrefix, "prefix")
}

// parts adds the words that the slot's is a piece of.
func (w *work) parts(sl *slot, most int) {
	var list []uint32
	for n, word := range w.s.words {
		if strings.Contains(word, sl.word) {
			list = append(list, uint32(n))
		}
	}
	w.add(sl, list, most, asInfix, "part")
}

// add adds the most used of the words to a slot, each the more the more of it
// was typed.
func (w *work) add(sl *slot, list []uint32, most int, value float64, as string) {
	if len(list) > most {
		slices.SortFunc(list, func(a, b uint32) int { return cmp.Or(cmp.Compare(w.s.uses[b], w.s.uses[a]), cmp.Compare(a, b)) })
		list = list[:most]
	}
	for _, n := range list {
		word := w.s.words[n]
		if !w.findable(w.s.termOf[n]) {
			continue
		}
		sl.ways = append(sl.ways, way{[]uint32{w.s.termOf[n]}, float32(value * float64(len(sl.word)) / float64(len(word))), as, word})
	}
}

// match fills score, hits and in for the slots.
func (w *work) match(mask uint8) {
	w.forget()
	w.total = 0
	for i := range w.slots {
		sl := &w.slots[i]
		in := 0
		for _, x := range sl.ways {
			if len(x.terms) == 1 && (x.as == "word" || !sl.known) {
				in = max(in, len(w.s.postings[x.terms[0]]))
			}
		}
		sl.weight = rarity(in, w.s.live)
		w.total += sl.weight
		for _, x := range sl.ways {
			w.matchWay(x, mask)
		}
		for _, doc := range w.slotTouched {
			if w.hits[doc] == 0 {
				w.touched = append(w.touched, doc)
				w.in[doc] = 0xff
			}
			w.hits[doc]++
			w.score[doc] += float32(sl.weight) * w.best[doc]
			w.in[doc] &= w.bestIn[doc]
			w.best[doc], w.bestIn[doc] = 0, 0
		}
		w.slotTouched = w.slotTouched[:0]
	}
}

func (w *work) matchWay(x way, mask uint8) {
	first := x.terms[0]
	if len(x.terms) > 1 {
		for _, t := range x.terms {
			if len(w.s.postings[t]) < len(w.s.postings[first]) {
				first = t
			}
		}
	}
	for _, p := range w.s.postings[first] {
		if p.in&mask == 0 || !w.scope.has(p.doc) {
			continue
		}
		if len(x.terms) > 1 {
			var ok bool
			if p, ok = w.together(x.terms, p, mask); !ok {
				continue
			}
		}
		v := x.value * float32(share(float64(p.weight)/16))
		if w.best[p.doc] == 0 {
			w.slotTouched = append(w.slotTouched, p.doc)
		}
		if v > w.best[p.doc] {
			w.best[p.doc], w.bestIn[p.doc] = v, p.in
		}
	}
}

// together finds the other terms in the document of a posting: what the least
// of them weighs, and the fields that have them all.
func (w *work) together(terms []uint32, p posting, mask uint8) (posting, bool) {
	for _, t := range terms {
		other, ok := w.posting(t, p.doc)
		if !ok || other.in&mask == 0 {
			return p, false
		}
		p.weight, p.in = min(p.weight, other.weight), p.in&other.in
	}
	return p, true
}

func (w *work) posting(term, doc uint32) (posting, bool) {
	list := w.s.postings[term]
	i := sort.Search(len(list), func(i int) bool { return list[i].doc >= doc })
	if i == len(list) || list[i].doc != doc {
		return posting{}, false
	}
	return list[i], true
}

// gather takes the documents that have so many of the words, and what the
// query asks beside.
func (w *work) gather(want wanted, hits int) {
	w.found = w.found[:0]
	for _, doc := range w.touched {
		if int(w.hits[doc]) >= hits {
			w.found = append(w.found, doc)
		}
	}
	for _, phrase := range want.phrases {
		terms, ok := w.terms(phrase)
		w.found = slices.DeleteFunc(w.found, func(doc uint32) bool { return !ok || !w.s.has(doc, terms, false) })
	}
	w.exclude(want)
}

// exclude takes away what must not be there.
func (w *work) exclude(want wanted) {
	for _, not := range want.without {
		terms, ok := w.terms(not)
		if !ok {
			continue
		}
		w.found = slices.DeleteFunc(w.found, func(doc uint32) bool {
			_, there := w.posting(terms[0], doc)
			return there && (len(terms) == 1 || w.s.has(doc, terms, false))
		})
	}
}

func (w *work) terms(list []string) ([]uint32, bool) {
	out := make([]uint32, len(list))
	for i, word := range list {
		t, ok := w.s.termID[stem(word)]
		if !ok {
			return nil, false
		}
		out[i] = t
	}
	return out, true
}

// correct looks for typing errors: words that nobody wrote, and words that are
// rare beside one that is nearly the same. What the corrected query finds is
// added.
func (w *work) correct(want wanted, r *Result, mask uint8) {
	before := len(w.found)
	meant := slices.Clone(want.words)
	corrected := false
	for i := range w.slots {
		sl := &w.slots[i]
		if len(sl.ways) > 0 && !sl.known && sl.ways[0].as != "part" {
			continue // a beginning, or another way to say it
		}
		atLeast := uint32(1)
		if sl.known {
			atLeast = 4 * uint32(len(w.s.postings[sl.term]))
		}
		for j, n := range w.nearest(sl.word, atLeast) {
			if j == 0 {
				meant[i], corrected = w.s.words[n], true
			}
			sl.ways = append(sl.ways, way{[]uint32{w.s.termOf[n]}, asCorrection, "correction", w.s.words[n]})
		}
	}
	if !corrected {
		return
	}
	w.match(mask)
	w.gather(want, len(w.slots))
	if len(w.found) > before {
		r.Meant = strings.Join(meant, " ")
	}
}

// relax settles for documents that have most of the words.
func (w *work) relax(want wanted) {
	for hits := len(w.slots) - 1; hits > 0 && 2*hits >= len(w.slots); hits-- {
		w.gather(want, hits)
		if len(w.found) > 0 {
			return
		}
	}
}

// finish makes the scores of the results whole.
func (w *work) finish(q Query) {
	now := q.Now.UnixMicro()
	for i := range w.slots {
		if w.slots[i].known {
			w.order = append(w.order, w.slots[i].term)
		}
	}
	for _, doc := range w.found {
		text := float64(w.score[doc]) / w.total * w.inOrder(doc)
		w.score[doc] = float32(text * (float64(w.s.boost[doc]) + freshness(w.s.nums[updated][doc], now)))
	}
}

// inOrder is what a document gets for the words standing in its title as they
// stand in the query.
func (w *work) inOrder(doc uint32) float64 {
	if w.in[doc]&titleFields == 0 || len(w.order) < len(w.slots) {
		return 1
	}
	switch {
	case w.in[doc]&(1<<inTitle) == 0:
		return inOrder // the acronym
	case w.s.titleLength(doc) == w.length && w.s.has(doc, w.order, true) || w.length > len(w.order) && w.s.titleLength(doc) == w.length:
		return exactly
	case len(w.order) > 1 && w.s.has(doc, w.order, true):
		return inOrder
	}
	return 1
}

// reason says why a result stands where it does.
func (w *work) reason(q Query, doc uint32) Reason {
	s := w.s
	x := Reason{
		ID: s.ids[doc], Popularity: float64(s.boost[doc]), Freshness: freshness(s.nums[updated][doc], q.Now.UnixMicro()), Order: 1,
		Followers: s.nums[followers][doc], Views: s.nums[views][doc], Reuses: s.nums[reuses][doc], Datasets: s.nums[datasets][doc],
		Featured: s.flags[doc]&isFeatured != 0, Archived: s.flags[doc]&isArchived != 0,
	}
	if !w.ranked {
		return x
	}
	x.Score, x.Order = float64(w.score[doc]), w.inOrder(doc)
	for i := range w.slots {
		sl := &w.slots[i]
		best := WordReason{Word: sl.word, Weight: sl.weight / w.total}
		for _, y := range sl.ways {
			p, ok := w.posting(y.terms[0], doc)
			if ok {
				p, ok = w.together(y.terms, p, 0xff)
			}
			if v := float64(y.value) * share(float64(p.weight)/16); ok && v > best.Share {
				best.Share, best.Found, best.As, best.In = v, y.found, y.as, nil
				for f, name := range fieldNames {
					if p.in&(1<<f) != 0 {
						best.In = append(best.In, name)
					}
				}
			}
		}
		if best.Share > 0 {
			x.Words = append(x.Words, best)
			x.Text += best.Weight * best.Share
		}
	}
	return x
}
