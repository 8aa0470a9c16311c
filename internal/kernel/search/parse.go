package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ouvert/internal/kernel/fold"
)

// maxQueryWords bounds the words of a query; more add cost and no meaning.
const maxQueryWords = 32

// wanted is a query, read. Any text is one.
type wanted struct {
	words []string
	// phrases and without are what stands in quotes, and what must not be
	// there: words that follow each other.
	phrases, without [][]string
	// typing tells whether the last word may go on.
	typing bool
}

// parse reads a query: words, "phrases in quotes", -words and -"phrases" that
// must not be there.
func parse(text string) wanted {
	text = fold.Sought(text)
	var q wanted
	left := maxQueryWords
	take := func(s string) []string {
		list := words(s)
		list = list[:min(len(list), left)]
		left -= len(list)
		return list
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	q.typing = isLetter(last)
	for text != "" {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		rest, not := strings.CutPrefix(text, "-")
		inside, after, quoted := quotation(rest)
		if !quoted {
			end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || isQuote(r) })
			if end < 0 {
				end = len(rest)
			}
			inside, after = rest[:end], rest[end:]
		}
		text = after
		list := take(inside)
		switch {
		case len(list) == 0:
		case not:
			q.without = append(q.without, list)
		case quoted && len(list) > 1:
			q.phrases = append(q.phrases, list)
			fallthrough
		default:
			for _, w := range list {
				if !slices.Contains(q.words, w) {
					q.words = append(q.words, w)
				}
			}
		}
		if not || quoted {
			q.typing = q.typing && strings.TrimSpace(text) != ""
		}
	}
	if useful := slices.DeleteFunc(slices.Clone(q.words), func(w string) bool { return stopWords[w] }); len(useful) > 0 {
		if q.typing && stopWords[q.words[len(q.words)-1]] {
			q.typing = false
		}
		q.words = useful
	}
	return q
}

func isQuote(r rune) bool { return strings.ContainsRune(`"“”«»„`, r) }

// quotation reads what stands in quotes at the beginning of a text. A quote
// that nothing closes is no quotation.
func quotation(text string) (inside, after string, ok bool) {
	first, size := utf8.DecodeRuneInString(text)
	if !isQuote(first) {
		return "", "", false
	}
	inside, rest := text[size:], ""
	end := strings.IndexFunc(inside, isQuote)
	if end < 0 {
		return "", strings.TrimLeftFunc(text, isQuote), true
	}
	_, closing := utf8.DecodeRuneInString(inside[end:])
	inside, rest = inside[:end], inside[end+closing:]
	return inside, rest, true
}

func (q wanted) empty() bool { return len(q.words) == 0 && len(q.without) == 0 }
