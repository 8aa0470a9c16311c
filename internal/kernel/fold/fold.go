// Package fold makes texts comparable for a reader's eye: without case and
// without accents.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Text folds a text: lower case, and letters without their marks ("Été" is
// "ete", "œuvre" is "œuvre"). Characters of other scripts stay what they are.
func Text(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	// A transformer has state, so each call needs its own.
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(t, s)
	if err != nil {
		return strings.ToLower(s)
	}
	return strings.ToLower(out)
}

// maxSought bounds what Sought returns, in bytes: SQLite refuses patterns of
// more than 50 000, and escaping may double them.
const maxSought = 10_000

// Sought folds a text that is looked for, and cuts it after 10 000 bytes,
// between two characters. PostgreSQL refuses NUL: it becomes a blank.
func Sought(s string) string {
	s = Text(strings.ReplaceAll(s, "\x00", " "))
	return strings.ToValidUTF8(s[:min(len(s), maxSought)], "")
}

// MaxWords bounds the words of a search; more add cost and no meaning.
const MaxWords = 32

// Words are those of a search, folded as Sought does and without the
// punctuation around them. blank tells that there is nothing but blanks, which
// find nothing in udata.
func Words(query string) (words []string, blank bool) {
	list := strings.Fields(Sought(query))
	for _, word := range list[:min(len(list), MaxWords)] {
		if word = strings.Trim(word, `"'.,;:!?()[]{}`); word != "" {
			words = append(words, word)
		}
	}
	return words, len(list) == 0
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
