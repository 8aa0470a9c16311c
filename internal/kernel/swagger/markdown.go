package swagger

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// The documentation of routes is Markdown of which we write, and so render,
// only paragraphs and `code`. Everything else is shown as it stands, escaped.

var blankLine = regexp.MustCompile(`\n[ \t]*\n`)

func paragraphs(text string) template.HTML {
	var b strings.Builder
	for _, p := range blankLine.Split(text, -1) {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + string(inlineCode(p)) + "</p>")
		}
	}
	return template.HTML(b.String()) // inlineCode escapes
}

// inlineCode renders one run of text. A backquote without a fellow is a
// backquote.
func inlineCode(text string) template.HTML {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "`")
		code, after, closed := strings.Cut(rest, "`")
		if !ok || !closed {
			b.WriteString(html.EscapeString(text))
			return template.HTML(b.String()) // escaped above
		}
		b.WriteString(html.EscapeString(before) + "<code>" + html.EscapeString(code) + "</code>")
		text = after
	}
}
