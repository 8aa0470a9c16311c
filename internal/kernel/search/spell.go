package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// nearest returns the words that differ least from one, that documents of the
// scope have at least so many times, the most used first: one typing error in
// words of four letters, two in those of eight.
func (w *work) nearest(word string, atLeast uint32) []uint32 {
	length := utf8.RuneCountInString(word)
	if length < 4 {
		return nil
	}
	most := 1
	if length >= 8 {
		most = 2
	}
	if strings.ContainsAny(word, "0123456789") {
		return nil // a number that differs is another number
	}
	type near struct {
		word     uint32
		distance int
	}
	var list []near
	target := []rune(word)
	consider := func(n uint32) {
		other := w.s.words[n]
		if d := len(other) - len(word); d > 2*most || d < -2*most || w.s.uses[n] < atLeast || other == word {
			return
		}
		if d := distance(target, []rune(other), most); d <= most {
			list = append(list, near{n, d})
		}
	}
	// Few err in the first letter, and looking at all words takes long.
	_, size := utf8.DecodeRuneInString(word)
	w.s.withPrefix(word[:size], consider)
	if len(list) == 0 {
		for n := 1; n < len(w.s.words); n++ {
			consider(uint32(n))
		}
	}
	slices.SortFunc(list, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(w.s.uses[b.word], w.s.uses[a.word]), cmp.Compare(a.word, b.word))
	})
	var out []uint32
	for _, x := range list {
		if len(out) == maxCorrections || x.distance > list[0].distance {
			break
		}
		if w.findable(w.s.termOf[x.word]) {
			out = append(out, x.word)
		}
	}
	return out
}

// distance is how many letters are to be added, left out, changed or swapped
// with the next to make one word of another; more than most when it is more.
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][maxWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
