package markdown

import (
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// authored is what is left of a page that somebody wrote in HTML: what Markdown
// makes, with the elements that group things. No scripts, styles, frames or
// forms.
var authored = func() *bluemonday.Policy {
	p := markup()
	p.AllowElements("div", "span", "section", "article", "header", "footer", "figure", "figcaption", "small", "sup", "sub", "u", "b", "i", "s",
		"abbr", "dl", "dt", "dd", "caption", "tfoot")
	return p
}()

// CleanHTML returns what is harmless of HTML that somebody wrote; see HTML.
func CleanHTML(src string) string { return clean(authored, strings.ToValidUTF8(src, "\ufffd")) }

// TextOfHTML is what a reader sees of HTML that somebody wrote; see Text.
func TextOfHTML(src string) string { return readable(CleanHTML(src)) }

// readable returns what a reader sees of HTML.
func readable(src string) string {
	var out strings.Builder
	inCode := false
	// In memory a tokenizer's only error is the end.
	for z := html.NewTokenizer(strings.NewReader(src)); ; {
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
			case "a", "em", "strong", "del", "code", "img", "input", "b", "i", "s", "u", "span", "small", "sup", "sub", "abbr":
			case "td", "th":
				out.WriteByte(' ')
			default:
				out.WriteByte('\n')
			}
		}
	}
}
