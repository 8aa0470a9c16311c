package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The converter takes time in proportion to the square of the source for some
// texts that nobody writes in earnest: 100,000 characters of "> > >", "*_*_"
// or "[a]([a](" keep it busy for seconds. With the limits here that is a fifth
// of a second; what is beyond them is shown as it was written.
const (
	// maxDepth is how many quotes and lists may stand in one another.
	maxDepth = 50
	// maxDelimiters is how many marks of emphasis and strikethrough one
	// paragraph may have.
	maxDelimiters = 1000
	// maxLookahead is how many bytes of a source may be read in vain, in search
	// of the end of a link or of code, all together. A bracket or a backtick
	// that begins nothing costs what follows it in its paragraph.
	maxLookahead = 20 << 20
)

// shallow is a parser of quotes or lists that stops at maxDepth.
type shallow struct{ parser.BlockParser }

// Open begins a block; nil when there is none, or when it would be too deep.
func (s shallow) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		if k := n.Kind(); k == ast.KindBlockquote || k == ast.KindList {
			depth++
		}
	}
	if depth >= maxDepth {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, r, pc)
}

// sparse is a parser of emphasis or strikethrough that stops at
// maxDelimiters.
type sparse struct{ parser.InlineParser }

type delimiters struct {
	block ast.Node
	n     int
}

var delimitersSeen = parser.NewContextKey()

// Parse returns a mark, or nil.
func (s sparse) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	seen, _ := pc.Get(delimitersSeen).(*delimiters)
	if seen == nil || seen.block != parent {
		seen = &delimiters{block: parent}
		pc.Set(delimitersSeen, seen)
	}
	seen.n++
	if seen.n > maxDelimiters {
		return nil
	}
	return s.InlineParser.Parse(parent, block, pc)
}

// thrifty is the parser of links or of code, which stops at maxLookahead.
type thrifty struct{ parser.InlineParser }

var lookedAhead = parser.NewContextKey()

// Parse returns a link that ends here or code that begins here, else nil or
// text.
func (t thrifty) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, at := block.PeekLine()
	if line[0] != '`' && !bytes.HasPrefix(line, []byte("](")) && !bytes.HasPrefix(line, []byte("][")) {
		return t.InlineParser.Parse(parent, block, pc)
	}
	spent, _ := pc.Get(lookedAhead).(int)
	if spent > maxLookahead {
		return nil
	}
	n := t.InlineParser.Parse(parent, block, pc)
	if n == nil || n.Kind() == ast.KindText {
		pc.Set(lookedAhead, spent+rest(parent, at))
	}
	return n
}

// rest is how many bytes follow in a block of text.
func rest(block ast.Node, at text.Segment) int {
	if block.Type() != ast.TypeBlock || block.Lines().Len() == 0 {
		return at.Len()
	}
	lines := block.Lines()
	return lines.At(lines.Len()-1).Stop - at.Start
}

// CloseBlock makes thrifty a parser.CloseBlocker, as the parser of links is.
func (t thrifty) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if c, ok := t.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}
