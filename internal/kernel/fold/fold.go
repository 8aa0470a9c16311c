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

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
