package markdown

import (
	"strings"

	"golang.org/x/net/html"
)

// Text returns what a reader sees, without markup, for previews and search:
// a line for each paragraph, item, row or line break, with single spaces and
// no empty lines. Tags are left out, as are pictures with their descriptions.
//
// It is text, not HTML: it may hold "<" and "&", and must be escaped to stand
// in a page.
func Text(src string) string {
	var out strings.Builder
	inCode := false
	// In memory a tokenizer's only error is the end.
	for z := html.NewTokenizer(strings.NewReader(convert(forText, src))); ; {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(out.String())
		case html.TextToken:
			text := string(z.Text())
			if !inCode {
				// It is layout of the HTML; what breaks a line is a tag.
				text = strings.ReplaceAll(text, "\n", " ")
			}
			out.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "pre":
				inCode = !inCode
				out.WriteByte('\n')
			case "a", "em", "strong", "del", "code", "img", "input":
			case "td", "th":
				out.WriteByte(' ')
			default:
				out.WriteByte('\n')
			}
		}
	}
}

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
