// Package markdown shows what people write – descriptions, comments – as
// HTML or as plain text. The API itself hands out the source.
//
// The dialect is CommonMark with GitHub's tables, strikethrough, task lists
// and bare links. As in udata (MD_* in its settings.py) a line break in the
// source is one in the result, and e-mail addresses are no links.
//
// HTML in the source is shown as it was written: `<script>` is a text of
// eight characters. Two exceptions do no harm and are what authors mean:
// `<br>` breaks the line, and comments are not shown.
//
// A description of data.gouv.fr takes about 0.05 ms, 100,000 characters of the
// worst that we know of a fifth of a second (limits.go). Callers limit the
// length; udata's limits are 100,000 characters for a description and 50,000
// for a comment.
package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

var (
	forHTML = dialect(escapeTag)
	forText = dialect(dropTag)
)

// HTML returns a fragment that may stand in any page: elements, attributes
// and addresses are those that the policy in sanitize.go names. Links with a
// host have rel="nofollow". It has no surrounding blanks and no element
// around it; udata's feeds put it into <div class="markdown">.
func HTML(src string) string {
	return sanitize(convert(forHTML, src))
}

func convert(md goldmark.Markdown, src string) string {
	var out bytes.Buffer
	// The errors are those of the writer, and a buffer has none.
	_ = md.Convert([]byte(strings.ToValidUTF8(src, "\ufffd")), &out)
	return strings.TrimSpace(out.String())
}

// dialect makes a converter that shows tags in the source as show does.
func dialect(show renderer.NodeRendererFunc) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(blocks()...),
			parser.WithInlineParsers(inlines()...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
		goldmark.WithExtensions(
			extension.NewLinkify(extension.WithLinkifyURLRegexp(address)),
			extension.TaskList,
			// An attribute outlives the sanitizer, a style would not.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		),
		goldmark.WithRendererOptions(
			html.WithHardWraps(),
			renderer.WithNodeRenderers(
				util.Prioritized(tags{show}, 100),
				util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
			),
		),
	)
}

// blocks are goldmark's, without HTML and not too deep.
func blocks() []util.PrioritizedValue {
	all := parser.DefaultBlockParsers()
	for i, p := range all {
		if p.Value == parser.NewBlockquoteParser() || p.Value == parser.NewListParser() {
			all[i].Value = shallow{p.Value.(parser.BlockParser)}
		}
	}
	// What is between <div> and </div> is markdown too; only the tags are not.
	return slices.DeleteFunc(all, func(p util.PrioritizedValue) bool {
		return p.Value == parser.NewHTMLBlockParser()
	})
}

// inlines are goldmark's and GitHub's strikethrough, but not too many.
func inlines() []util.PrioritizedValue {
	all := parser.DefaultInlineParsers()
	for i, p := range all {
		switch p.Value {
		case parser.NewLinkParser(), parser.NewCodeSpanParser():
			all[i].Value = thrifty{p.Value.(parser.InlineParser)}
		case parser.NewEmphasisParser():
			all[i].Value = sparse{p.Value.(parser.InlineParser)}
		}
	}
	return append(all, util.Prioritized(sparse{extension.NewStrikethroughParser()}, 500))
}

// address is a bare link. goldmark's own ends at the first letter that is not
// ASCII, and so leads elsewhere.
var address = regexp.MustCompile(`^(?:https?|ftp)://[-\p{L}\p{M}\p{N}@:%._+~#=]{1,256}\.\p{L}[-\p{L}\p{M}\p{N}]*(?::\d+)?` +
	`(?:[/#?][-\p{L}\p{M}\p{N}@:%_+.~#$!?&/=();,'"^{}|\[\]]*)?`)

// tags renders the tags in the source.
type tags struct{ show renderer.NodeRendererFunc }

// RegisterFuncs makes tags a renderer.NodeRenderer.
func (t tags) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, t.show)
}

func escapeTag(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if tag := written(n, source); entering && !isComment(tag) {
		if isBreak(tag) {
			_, _ = w.WriteString("<br>")
		} else {
			_, _ = w.Write(util.EscapeHTML(tag))
		}
	}
	return ast.WalkSkipChildren, nil
}

func dropTag(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering && isBreak(written(n, source)) {
		_, _ = w.WriteString("<br>")
	}
	return ast.WalkSkipChildren, nil
}

func written(n ast.Node, source []byte) []byte {
	return n.(*ast.RawHTML).Segments.Value(source)
}

func isComment(tag []byte) bool { return bytes.HasPrefix(tag, []byte("<!--")) }

func isBreak(tag []byte) bool {
	name := bytes.Trim(tag, "</> ")
	return tag[1] != '/' && bytes.EqualFold(name, []byte("br"))
}
