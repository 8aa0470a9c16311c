package search

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed synonyms.txt
var synonymsFile string

// meaning is one way to say something: stems that all must be there.
type meaning []string

// synonyms maps a way to say something, its stems joined by blanks, to the
// others. The list is small and about open data in general.
var synonyms = sync.OnceValue(func() map[string][]meaning {
	out := map[string][]meaning{}
	for line := range strings.Lines(synonymsFile) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		var ways []meaning
		for text := range strings.SplitSeq(line, ",") {
			ways = append(ways, meaningOf(words(text)))
		}
		for i, way := range ways {
			key := strings.Join(way, " ")
			for j, other := range ways {
				if i != j && strings.Join(other, " ") != key {
					out[key] = append(out[key], other)
				}
			}
		}
	}
	return out
})

// maxMeaning is how many words a meaning has at most.
const maxMeaning = 4

// meaningOf returns the stems of words, without those that say little.
func meaningOf(list []string) meaning {
	var out meaning
	for _, w := range list {
		if !stopWords[w] {
			out = append(out, stem(w))
		}
	}
	return out
}
