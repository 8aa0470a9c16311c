package search

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// The fields of a document, in the order of their weight for an explanation.
const (
	inTitle = iota
	inAcronym
	inTags
	inPublisher
	inLinked
	inBody
	fields
)

var fieldNames = [fields]string{"title", "acronym", "tags", "organization", "linked", "description"}

// weights say how much a word counts where it stands.
var weights = [fields]float64{inTitle: 8, inAcronym: 8, inTags: 5, inPublisher: 3, inLinked: 2, inBody: 1}

// posting says that a term stands in a document.
type posting struct {
	doc uint32
	// weight is how much it does, in sixteenths.
	weight uint16
	// in is a set of fields.
	in uint8
}

// shard is the memory of one class. Documents are numbered; a document that
// changes gets a new number and the old one is dead until the shard is built
// anew.
type shard struct {
	// Words are as texts have them, terms are their stems. Word 0 is none.
	wordID map[string]uint32
	words  []string
	termOf []uint32
	// uses is how many documents have a word, dead ones included.
	uses     []uint32
	termID   map[string]uint32
	terms    []string
	postings [][]posting
	// sorted are the words in alphabetical order, but for those of tail, which
	// came later.
	sorted, tail []uint32

	// Documents, by number.
	ids    []string
	labels []string
	hashes []uint64
	dead   []bool
	flags  []uint8
	nums   [numbers][]int64
	boost  []float32
	// streams are the words of a document, field after field, as uvarints,
	// with a 0 after each field.
	streams [][]byte
	// facetKeys[facetStart[n]:facetStart[n+1]] are the keys of a document that
	// facets count.
	facetStart []uint32
	facetKeys  []uint32

	number map[string]uint32
	live   int

	// Keys are "name:value".
	keyID   map[string]uint32
	keys    []string
	keyDocs [][]uint32
	// facet is the number of the facet of a key, 0 for keys of none.
	facet []uint8

	// linkedBy are the numbers of the documents that are linked with an id.
	linkedBy map[string][]uint32
}

const (
	isFeatured = 1 << iota
	isArchived
)

func newShard() *shard {
	return &shard{
		wordID: map[string]uint32{}, words: []string{""}, termOf: []uint32{0}, uses: []uint32{0},
		termID: map[string]uint32{}, number: map[string]uint32{}, facetStart: []uint32{0},
		keyID: map[string]uint32{}, linkedBy: map[string][]uint32{},
	}
}

// facets that are counted, by the names of keys. The number of one is its
// place here, from 1.
var facetNames = []string{
	"", "producer_type", "organization", "topic", "type", "tag", "badge", "format_family", "access_type", "license", "format",
	"schema", "geozone", "granularity", "topics",
}

func facetOf(key string) uint8 {
	name, _, _ := strings.Cut(key, ":")
	return uint8(max(0, slices.Index(facetNames, name)))
}

func (s *shard) word(w string) uint32 {
	if n, ok := s.wordID[w]; ok {
		return n
	}
	w = strings.Clone(w) // it is a piece of a long text
	n := uint32(len(s.words))
	s.wordID[w] = n
	s.words = append(s.words, w)
	s.uses = append(s.uses, 0)
	s.tail = append(s.tail, n)
	root := stem(w)
	t, ok := s.termID[root]
	if !ok {
		t = uint32(len(s.terms))
		s.termID[root] = t
		s.terms = append(s.terms, root)
		s.postings = append(s.postings, nil)
	}
	s.termOf = append(s.termOf, t)
	return n
}

func (s *shard) key(k string) uint32 {
	if n, ok := s.keyID[k]; ok {
		return n
	}
	k = strings.Clone(k)
	n := uint32(len(s.keys))
	s.keyID[k] = n
	s.keys = append(s.keys, k)
	s.keyDocs = append(s.keyDocs, nil)
	s.facet = append(s.facet, facetOf(k))
	return n
}

// entry is a document with what it borrows from those that it is linked with.
type entry struct {
	*record
	publisher, linked string
	// inherited are keys that follow from the organization.
	inherited []string
}

var seed = maphash.MakeSeed()

func (e *entry) hash() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, s := range []string{e.label, e.title, e.acronym, e.tags, e.body, e.keys, e.links, e.publisher, e.linked} {
		_, _ = h.WriteString(s)
		_ = h.WriteByte(0)
	}
	for _, s := range e.inherited {
		_, _ = h.WriteString(s)
		_ = h.WriteByte(1)
	}
	return h.Sum64()
}

// put adds a document, or takes it in place of the one that has its id.
func (s *shard) put(e *entry, scratch *scratch) {
	if e.removed {
		s.drop(e.id)
		return
	}
	h := e.hash()
	if n, ok := s.number[e.id]; ok && s.hashes[n] == h {
		s.setNumbers(n, e)
		return
	}
	s.drop(e.id)
	n := uint32(len(s.ids))
	id := strings.Clone(e.id)
	s.number[id] = n
	s.live++
	s.ids = append(s.ids, id)
	s.labels = append(s.labels, strings.Clone(e.label))
	s.hashes = append(s.hashes, h)
	s.dead = append(s.dead, false)
	s.flags = append(s.flags, 0)
	s.boost = append(s.boost, 0)
	for i := range s.nums {
		s.nums[i] = append(s.nums[i], 0)
	}
	s.setNumbers(n, e)
	s.putWords(n, e, scratch)
	for _, k := range append(split(e.keys, "\n"), e.inherited...) {
		id := s.key(k)
		s.keyDocs[id] = append(s.keyDocs[id], n)
		if s.facet[id] > 0 {
			s.facetKeys = append(s.facetKeys, id)
		}
	}
	s.facetStart = append(s.facetStart, uint32(len(s.facetKeys)))
	for _, of := range split(e.links, "\n") {
		if _, ok := s.linkedBy[of]; !ok {
			of = strings.Clone(of)
		}
		s.linkedBy[of] = append(s.linkedBy[of], n)
	}
}

func (s *shard) drop(id string) {
	if n, ok := s.number[id]; ok {
		s.dead[n] = true
		s.streams[n] = nil
		delete(s.number, id)
		s.live--
	}
}

func (s *shard) setNumbers(n uint32, e *entry) {
	for i := range s.nums {
		s.nums[i][n] = e.numbers[i]
	}
	s.flags[n] = 0
	if e.featured {
		s.flags[n] |= isFeatured
	}
	if e.archived {
		s.flags[n] |= isArchived
	}
	s.boost[n] = float32(popularity(e.numbers, e.featured))
}

// scratch is memory that adding documents uses again and again.
type scratch struct {
	terms map[uint32]*heft
	order []uint32
	buf   []byte
}

// heft is how much a term is in a document.
type heft struct {
	counts [fields]uint16
	word   uint32
}

func newScratch() *scratch { return &scratch{terms: map[uint32]*heft{}} }

func (s *shard) putWords(n uint32, e *entry, x *scratch) {
	clear(x.terms)
	x.order, x.buf = x.order[:0], x.buf[:0]
	var lengths [fields]int
	for f, text := range [fields]string{e.title, e.acronym, e.tags, e.publisher, e.linked, e.body} {
		for text != "" {
			var w string
			w, text, _ = strings.Cut(text, " ")
			id := s.word(w)
			x.buf = binary.AppendUvarint(x.buf, uint64(id))
			lengths[f]++
			t := s.termOf[id]
			h := x.terms[t]
			if h == nil {
				h = &heft{}
				x.terms[t] = h
				x.order = append(x.order, t)
			}
			if h.counts[f] < math.MaxUint16 {
				h.counts[f]++
			}
			if id != h.word {
				s.uses[id]++ // nearly: a form that comes again after another counts twice
				h.word = id
			}
		}
		x.buf = append(x.buf, 0)
	}
	s.streams = append(s.streams, slices.Clone(x.buf))
	for _, t := range x.order {
		p := posting{doc: n}
		weight := 0.0
		for f, count := range x.terms[t].counts {
			if count == 0 {
				continue
			}
			p.in |= 1 << f
			weight += weights[f] * frequency(count) * brevity(f, lengths[f])
		}
		p.weight = uint16(min(weight*16, math.MaxUint16))
		s.postings[t] = append(s.postings[t], p)
	}
}

// frequency says how much more a word counts that comes several times: twice
// at most.
func frequency(count uint16) float64 { return min(2, 1+0.35*math.Log(float64(count))) }

// brevity says that a word is more of a short title than of a long one. The
// length of a description says nothing.
func brevity(field, length int) float64 {
	switch field {
	case inTitle, inTags, inPublisher:
		return 1 / (0.75 + 0.25*float64(length)/8)
	case inLinked:
		return 1 / (0.9 + 0.1*float64(length)/8)
	}
	return 1
}

// maxTail is how many words may stand out of order; they are looked through
// one by one.
const maxTail = 256

// settle sorts in words that came, once they are many.
func (s *shard) settle() {
	if len(s.tail) <= maxTail {
		return
	}
	compare := func(a, b uint32) int { return strings.Compare(s.words[a], s.words[b]) }
	slices.SortFunc(s.tail, compare)
	merged := make([]uint32, 0, len(s.sorted)+len(s.tail))
	for len(s.sorted) > 0 && len(s.tail) > 0 {
		from := &s.sorted
		if compare(s.tail[0], s.sorted[0]) < 0 {
			from = &s.tail
		}
		merged = append(merged, (*from)[0])
		*from = (*from)[1:]
	}
	s.sorted, s.tail = append(append(merged, s.sorted...), s.tail...), nil
}

// withPrefix calls f with the words that begin with a text.
func (s *shard) withPrefix(prefix string, f func(word uint32)) {
	from, _ := slices.BinarySearchFunc(s.sorted, prefix, func(n uint32, p string) int { return strings.Compare(s.words[n], p) })
	for _, n := range s.sorted[from:] {
		if !strings.HasPrefix(s.words[n], prefix) {
			break
		}
		f(n)
	}
	for _, n := range s.tail {
		if strings.HasPrefix(s.words[n], prefix) {
			f(n)
		}
	}
}

// stream calls f with each word of a document's fields, until it returns
// false.
func (s *shard) stream(n uint32, f func(field int, word uint32) bool) {
	field := 0
	for b := s.streams[n]; len(b) > 0; {
		w, size := binary.Uvarint(b)
		b = b[size:]
		if w == 0 {
			field++
			continue
		}
		if !f(field, uint32(w)) {
			return
		}
	}
}

// has tells whether terms stand one after the other in one field of a
// document, in any or only in the title.
func (s *shard) has(n uint32, phrase []uint32, onlyTitle bool) bool {
	var window [32]uint32
	held, last, found := 0, -1, false
	s.stream(n, func(field int, word uint32) bool {
		if onlyTitle && field > inTitle {
			return false
		}
		if field != last {
			held, last = 0, field
		}
		if held == len(phrase) {
			copy(window[:], window[1:held])
			held--
		}
		window[held] = s.termOf[word]
		held++
		found = held == len(phrase) && slices.Equal(window[:held], phrase)
		return !found
	})
	return found
}

// titleLength is how many words the title has.
func (s *shard) titleLength(n uint32) int {
	count := 0
	s.stream(n, func(field int, _ uint32) bool {
		if field > inTitle {
			return false
		}
		count++
		return true
	})
	return count
}
