// Package slug makes the readable part of an address out of a title, and the
// normal form of a tag, as udata makes them: its addresses must stay valid
// when a portal moves here.
//
// The rules are those of udata's mongo/slug_fields.py and tags.py, which lean
// on the Python packages awesome-slugify and Unidecode. What comes out is
// ASCII: `^[a-z0-9]+(-[a-z0-9]+)*$`, or empty.
package slug

import (
	"strconv"
	"strings"

	"github.com/mozillazg/go-unidecode"
)

// MaxLength is the most characters that a slug may have.
const MaxLength = 255

// Make returns the slug of a title: "L'eau à Épinal" gives "leau-a-epinal".
// It is at most MaxLength long; Make of a slug is the slug itself.
//
// A title without any letter or digit gives "", where udata stores an empty
// slug; callers choose a fallback.
func Make(title string) string { return join(words(title), MaxLength) }

// Tag returns the normal form of a tag, of any length: "Été à la plage" gives
// "ete-a-la-plage", a text without any letter or digit "".
//
// udata lowers a tag before it transliterates but not after, so that "€"
// becomes "EUR" there and "日本語" "Ri-Ben-Yu". Here they are "eur" and
// "ri-ben-yu": two spellings of a word are one tag.
func Tag(s string) string { return strings.Join(words(s), "-") }

// Numbered returns base-n, the name of the n-th thing that would be called
// base. The base is cut so that the whole is at most MaxLength long.
//
// Where udata's cut leaves "a--1" this gives "a-1", so that a numbered slug
// is a slug too.
func Numbered(base string, n int) string {
	suffix := "-" + strconv.Itoa(n)
	if room := MaxLength - len(suffix); len(base) > room {
		base = strings.TrimRight(base[:room], "-")
	}
	return base + suffix
}

// words splits a text into lower-case ASCII words. Apostrophes separate
// nothing: "l'eau" is one word, as is "l’eau".
func words(s string) []string {
	s = strings.ToLower(unidecode.Unidecode(s))
	s = strings.ReplaceAll(s, "'", "")
	return strings.FieldsFunc(s, func(r rune) bool {
		return (r < 'a' || 'z' < r) && (r < '0' || '9' < r)
	})
}

// join is awesome-slugify's join_words. A word that does not fit is left out
// and later ones that do fit still follow; only a first word is ever cut.
func join(words []string, limit int) string {
	if len(words) == 0 {
		return ""
	}
	first := words[0]
	if len(first) >= limit {
		return first[:limit]
	}
	var b strings.Builder
	b.WriteString(first)
	for _, w := range words[1:] {
		if b.Len()+1+len(w) <= limit {
			b.WriteByte('-')
			b.WriteString(w)
		}
	}
	return b.String()
}
