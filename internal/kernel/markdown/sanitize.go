package markdown

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// What comes out of the converter is harmless by construction. The policy is
// there for the day when it is not: it knows HTML, not markdown.
//
// It is udata's allow-list (MD_ALLOWED_TAGS, MD_ALLOWED_ATTRIBUTES and
// MD_ALLOWED_PROTOCOLS) less the elements that markdown does not make, with
// task lists and the alignment of cells.
var policy = markup()

func markup() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li",
		"em", "strong", "del", "code", "pre", "table", "thead", "tbody", "tr", "th", "td",
	)
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("th", "td")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^$`)).OnElements("input")
	p.AllowAttrs("href").Matching(target).OnElements("a")
	p.AllowAttrs("src").Matching(picture).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("title").OnElements("a", "img")

	p.AllowURLSchemes("http", "https", "ftp", "ftps")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	return p
}

// target is an address with a host, or one in this site. "http:a.example" and
// "///a.example" look like the latter and lead to the former.
var target = regexp.MustCompile(`^(?:(?i:https?:|ftps?:)?//[^/?#]|/(?:[^/]|$)|[^:/?#]+(?:[/?#]|$)|[?#]|$)`)

var picture = regexp.MustCompile(`^(?i:https?)://[^/?#]`)

// sanitize returns what the policy allows of a fragment.
func sanitize(fragment string) string { return clean(policy, fragment) }

// clean returns what a policy allows of a fragment.
//
// The sanitizer writes every quotation mark and apostrophe as a number, which
// text does not need. They are turned back, for the readers of French feeds
// and because udata's have them.
func clean(p *bluemonday.Policy, fragment string) string {
	var out strings.Builder
	// Its < and > are always those of a tag.
	for i, piece := range strings.SplitAfter(p.Sanitize(fragment), "<") {
		tag := ""
		if i > 0 {
			end := strings.IndexByte(piece, '>') + 1
			tag, piece = piece[:end], piece[end:]
		}
		out.WriteString(tag)
		_, _ = quotes.WriteString(&out, piece)
	}
	return strings.TrimSpace(out.String())
}

var quotes = strings.NewReplacer("&#39;", "'", "&#34;", `"`)
