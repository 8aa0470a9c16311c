package swaggertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// voidElements have no end tag.
var voidElements = []string{"meta", "link", "br", "wbr", "hr", "img", "input"}

// CheckPage returns what is wrong with a documentation page: elements that
// are not closed in order, ids given twice, links to nowhere, addresses of
// other hosts, scripts, styles outside of the one style element, headings
// that skip a level, tables without headers.
func CheckPage(text []byte) error {
	c := &pageChecker{ids: map[string]bool{}, count: map[string]int{}}
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				c.fault("%w", z.Err())
			}
			return c.end()
		case html.StartTagToken, html.SelfClosingTagToken:
			c.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			if n := len(c.open); n == 0 || c.open[n-1] != string(name) {
				c.fault("</%s> closes %v", name, c.open)
				return c.end()
			}
			c.open = c.open[:len(c.open)-1]
		}
	}
}

type pageChecker struct {
	errs    []error
	open    []string
	ids     map[string]bool
	links   []string
	heading int
	count   map[string]int
}

func (c *pageChecker) fault(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func (c *pageChecker) start(t html.Token) {
	c.count[t.Data]++
	if !slices.Contains(voidElements, t.Data) {
		c.open = append(c.open, t.Data)
	}
	var scope bool
	for _, a := range t.Attr {
		switch a.Key {
		case "id":
			if a.Val == "" || strings.ContainsAny(a.Val, " \t") || c.ids[a.Val] {
				c.fault("the id %q is given twice, or is none", a.Val)
			}
			c.ids[a.Val] = true
		case "href", "src", "action":
			c.links = append(c.links, a.Val)
		case "aria-labelledby", "aria-describedby":
			c.links = append(c.links, "#"+a.Val)
		case "style":
			c.fault("<%s> has a style attribute, which the policy forbids", t.Data)
		case "scope":
			scope = true
		}
		if strings.HasPrefix(a.Key, "on") {
			c.fault("<%s> has %s, which the policy forbids", t.Data, a.Key)
		}
	}
	switch t.Data {
	case "script", "iframe", "object", "embed":
		c.fault("there is a <%s>", t.Data)
	case "th":
		if !scope {
			c.fault("a <th> has no scope")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		level := int(t.Data[1] - '0')
		if level > c.heading+1 {
			c.fault("an <h%d> follows an <h%d>", level, c.heading)
		}
		c.heading = level
	}
}

func (c *pageChecker) end() error {
	if len(c.open) > 0 {
		c.fault("%v are not closed", c.open)
	}
	for _, link := range c.links {
		switch {
		case strings.HasPrefix(link, "#"):
			if !c.ids[link[1:]] {
				c.fault("the link %s leads nowhere", link)
			}
		case strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//"):
		default:
			c.fault("the link %q leaves this server", link)
		}
	}
	for _, name := range []string{"html", "title", "h1", "header", "nav", "main", "footer", "style"} {
		if c.count[name] != 1 {
			c.fault("there are %d <%s>, not one", c.count[name], name)
		}
	}
	if c.count["caption"] != c.count["table"] {
		c.fault("%d tables have %d captions", c.count["table"], c.count["caption"])
	}
	return errors.Join(c.errs...)
}
