package markdown

import "strings"

// Text returns what a reader sees, without markup, for previews and search:
// a line for each paragraph, item, row or line break, with single spaces and
// no empty lines. Tags are left out, as are pictures with their descriptions.
//
// It is text, not HTML: it may hold "<" and "&", and must be escaped to stand
// in a page.
func Text(src string) string { return readable(convert(forText, src)) }

// tidy leaves single spaces and no empty lines.
func tidy(s string) string {
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = oneLine(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Excerpt returns the beginning of Text on one line: all of it if it has at
// most n characters, else the words that fit into n characters, and "…". A
// first word longer than n is cut.
func Excerpt(src string, n int) string {
	text := []rune(oneLine(Text(src)))
	if len(text) <= n {
		return string(text)
	}
	if n <= 0 {
		return ""
	}
	for end := n; end > 0; end-- {
		if text[end] == ' ' {
			return string(text[:end]) + "…"
		}
	}
	return string(text[:n]) + "…"
}
