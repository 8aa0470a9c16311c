package search

import (
	"strings"
	"unicode"

	"ouvert/internal/kernel/fold"
)

// Analyser is the number of the rules by which texts are cut into the words
// that documents hold. Raise it when words.go changes what it returns:
// documents are then written anew. Stems and stop words are no part of it,
// they are worked out when documents are read.
const Analyser = 1

const (
	// maxWord bounds a word, in bytes: longer ones are no words that anybody
	// types, and are cut.
	maxWord = 64
	// maxWords bounds the words of one field of a document.
	maxWords = 4000
)

// words cuts a text into words, in their order: lower case, without accents,
// without what French elides ("l'eau" is "eau"). Scripts that write no blanks
// (Chinese, Japanese, Thai …) are cut into overlapping pairs of characters, so
// that any part of a text can be found.
func words(text string) []string {
	text = letters.Replace(fold.Text(text))
	var out []string
	add := func(w string) {
		if len(w) > maxWord {
			w = strings.ToValidUTF8(w[:maxWord], "")
		}
		if w != "" && len(out) < maxWords {
			out = append(out, w)
		}
	}
	runes := []rune(text)
	for i := 0; i < len(runes) && len(out) < maxWords; {
		r := runes[i]
		switch {
		case isDense(r):
			j := i + 1
			for j < len(runes) && isDense(runes[j]) {
				j++
			}
			if j == i+1 {
				add(string(r))
			}
			for k := i; k+1 < j; k++ {
				add(string(runes[k : k+2]))
			}
			i = j
		case isLetter(r):
			j := i + 1
			for j < len(runes) && isLetter(runes[j]) && !isDense(runes[j]) {
				j++
			}
			if j < len(runes)-1 && isApostrophe(runes[j]) && isLetter(runes[j+1]) && elided[string(runes[i:j])] {
				i = j + 1
				continue
			}
			for _, w := range splitDigits(string(runes[i:j])) {
				add(w)
			}
			i = j
		default:
			i++
		}
	}
	return out
}

// letters spells ligatures and letters that fold.Text leaves alone as people
// type them, and brings the forms of Arabic letters together.
var letters = strings.NewReplacer(
	"œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "đ", "d", "ł", "l", "ı", "i",
	"ة", "ه", "ى", "ي", "ـ", "",
)

// isLetter tells whether a character is part of a word. Marks stand within
// words of scripts that fold.Text does not take them from.
func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// dense are the scripts that are written without blanks between words.
var dense = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func isDense(r rune) bool { return r > 0x0e00 && unicode.In(r, dense...) }

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' }

// elided is what French shortens before a vowel.
var elided = set("l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu")

// splitDigits cuts "covid19" into "covid" and "19". Short names keep their
// number: "co2", "pm10", "h3n2".
func splitDigits(w string) []string {
	i := strings.IndexFunc(w, unicode.IsDigit)
	if i < 4 {
		return []string{w}
	}
	for _, r := range w[i:] {
		if !unicode.IsDigit(r) {
			return []string{w}
		}
	}
	return []string{w[:i], w[i:]}
}

func set(list ...string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, s := range list {
		out[s] = true
	}
	return out
}

// stopWords say little. A query of nothing else looks for them all the same.
var stopWords = set(strings.Fields(`
	a au aux avec ce ces cet cette chez comme comment dans de des du elle en entre est et etre eux il ils je la le les leur
	leurs lui ma mais me meme mes mon ne nos notre nous on ou par pas pour pres qu que quel quelle quelles quels qui quoi
	sa sans se ses si son sont sous sur ta te tes toi ton tous tout toute toutes tres tu un une vers vos votre vous y
	c d j l m n s t
	an and are as at be by for from has have how i if in into is it its my of on or our that the their there these this to
	was we what when where which who will with you your`)...)
