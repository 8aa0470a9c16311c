package markdown

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// attacks are sources that try to have something run, or to lead to what is
// not a page.
var attacks = []string{
	`<script>alert(1)</script>`, `<ScRiPt src=//evil.example></sCrIpT>`, "<script\n>alert(1)</script\n>",
	`<<script>script>alert(1)<</script>/script>`, `<scr<script>ipt>alert(1)</script>`, `</p><script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`, `<iframe src="javascript:alert(1)">`,
	`<a href="javascript:alert(1)">x</a>`, `<body onload=alert(1)>`, `<b onmouseover="alert(1)">x</b>`,
	`<style>@import 'http://evil.example/x.css';</style>`, `<base href="//evil.example/">`, `<meta http-equiv="refresh" content="0;url=//evil.example">`,
	`<form action="//evil.example"><input type=password>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<br onload=alert(1)>`, `<br/onload=alert(1)/>`, `<!--><script>alert(1)</script>-->`, `<!-- --!><script>alert(1)</script>`,
	`<![CDATA[<script>alert(1)</script>]]>`, `<?php <script>alert(1)</script> ?>`, `<!DOCTYPE x [<!ENTITY a "<script>">]>&a;`,
	"`</code><script>alert(1)</script>`", "```\n</code></pre><script>alert(1)</script>\n```", "```\"><script>alert(1)</script>\nx\n```",

	`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, "[x](java\tscript:alert(1))", `[x](<java script:alert(1)>)`,
	`[x](javascript&colon;alert(1))`, `[x](&#106;avascript:alert(1))`, `[x](&#x6A;&#x61;vascript&#58;alert(1))`,
	`[x](\javascript:alert(1))`, "[x](\x01javascript:alert(1))", "[x](<\njavascript:alert(1)>)", `[x](javascript\:alert(1))`,
	`[x](javascript://example.com/%0aalert(1))`, `[x](%6aavascript:alert(1))`, `[x](view-source:javascript:alert(1))`,
	`[x](data:text/html;base64,PHNjcmlwdD4=)`, `[x](DATA:text/html,<script>alert(1)</script>)`, `[x](vbscript:msgbox(1))`,
	`[x](file:///etc/passwd)`, `[x](blob:https://a.example/1)`, `[x][1]` + "\n\n[1]: javascript:alert(1)",
	`<javascript:alert(1)>`, `<data:text/html,x>`, `[x](feed:javascript:alert(1))`, `[x](ms-its:a.chm)`,

	`![x](javascript:alert(1))`, `![x](data:image/svg+xml;base64,PHN2Zz4=)`, `![x](data:image/png;base64,AAAA)`,
	`![" onerror="alert(1)](http://a.example/)`, `![x](http://a.example/"onerror="alert(1))`, `![x](http:javascript:alert(1))`,
	`![x](/a" onerror="alert(1))`, `![x](http://a.example/ "\" onerror=\"alert(1)")`, `![<img src=x onerror=alert(1)>](http://a.example/)`,

	`[x](http://a.example/" onclick="alert(1))`, `[x](<http://a.example/" onclick="alert(1)>)`, `[x](http://a.example 'a" onclick="alert(1)')`,
	`[x](http://a.example "a&quot; onclick=&quot;alert(1)")`, `[<script>alert(1)</script>](http://a.example)`,
	`[![x](javascript:alert(1))](javascript:alert(1))`, `[[x](javascript:alert(1))](javascript:alert(2))`,
	`[x](javascript:alert(1)"> <script>alert(1)</script>)`, `[*x* <b onclick=alert(1)>](http://a.example)`,
	`http://a.example/"onmouseover="alert(1)`, `http://a.example/<script>alert(1)</script>`, `www.a.example"><script>`,
	"| a |\n|-|\n| <script>alert(1)</script> | [x](javascript:alert(1)) |", `# <script>alert(1)</script>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `\<script>alert(1)\</script>`, `&#60;script&#62;`, "\u003cscript\u003e", "＜script＞alert(1)＜/script＞",
	"<scr\x00ipt>alert(1)</scr\x00ipt>", "\xff<script\xff>alert(1)</script>", `{{constructor.constructor('alert(1)')()}}`, `${alert(1)}`,
}

func TestAttacks(t *testing.T) {
	for _, src := range attacks {
		checkHTML(t, src)
	}
}

// The policy must hold without the converter's help.
func TestSanitize(t *testing.T) {
	for _, src := range attacks {
		checkFragment(t, src, sanitize(src))
	}
	for fragment, want := range map[string]string{
		`<a href="http://a.example" onclick="x" style="y" class="z" target="_top">a</a>`: `<a href="http://a.example" rel="nofollow">a</a>`,
		`<a href="javascript:x">a</a>`:                                                            `a`,
		`<img src="ftp://a.example/b">`:                                                           ``,
		`<script>a</script><style>b</style>c`:                                                     `c`,
		`<td style="text-align:left" align="expression(1)">a</td>`:                                `<td>a</td>`,
		`<input type="text" name="a"><input type="checkbox" value="b" formaction="javascript:x">`: `<input type="checkbox">`,
	} {
		if got := sanitize(fragment); got != want && strings.ReplaceAll(got, "<input>", "") != want {
			t.Errorf("sanitize(%s) = %s, want %s", fragment, got, want)
		}
	}
}

// allowed are the attributes of the elements that may come out.
var allowed = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "blockquote": nil,
	"ul": nil, "ol": {"start"}, "li": nil, "em": nil, "strong": nil, "del": nil, "code": nil, "pre": nil,
	"table": nil, "thead": nil, "tbody": nil, "tr": nil, "th": {"align"}, "td": {"align"},
	"a": {"href", "title", "rel"}, "img": {"src", "alt", "title"}, "input": {"type", "checked", "disabled"},
}

// checkHTML converts src and reads the result as a browser does.
func checkHTML(t *testing.T, src string) {
	t.Helper()
	got := HTML(src)
	if open := checkFragment(t, src, got); len(open) > 0 {
		t.Errorf("HTML(%q) leaves %v open, or closes them twice: %s", src, open, got)
	}
	if strings.Contains(Text(src), "\x00") || strings.Contains(got, "\x00") {
		t.Errorf("HTML(%q) has a NUL", src)
	}
}

// checkFragment returns the elements that it opens and does not close, and
// those that it closes and did not open.
func checkFragment(t *testing.T, src, got string) (open []string) {
	t.Helper()
	if strings.Contains(strings.ToLower(got), "<script") {
		t.Errorf("%q became %s", src, got)
	}
	if utf8.ValidString(src) && !utf8.ValidString(got) {
		t.Errorf("%q became %q", src, got)
	}
	for z := html.NewTokenizer(strings.NewReader(got)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return open
		case html.CommentToken, html.DoctypeToken:
			t.Errorf("%q became %s, with a %s", src, got, z.Token())
		case html.SelfClosingTagToken:
			checkTag(t, src, z.Token())
		case html.StartTagToken:
			tag := z.Token()
			checkTag(t, src, tag)
			if !slices.Contains([]string{"br", "hr", "img", "input"}, tag.Data) {
				open = append(open, tag.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if last := len(open) - 1; last >= 0 && open[last] == name {
				open = open[:last]
			} else {
				open = append(open, "/"+name)
			}
		}
	}
}

func checkTag(t *testing.T, src string, tag html.Token) {
	t.Helper()
	attrs, ok := allowed[tag.Data]
	if !ok {
		t.Errorf("%q became %s", src, tag)
	}
	host, rel := "", ""
	for _, a := range tag.Attr {
		if !slices.Contains(attrs, a.Key) {
			t.Errorf("%q became %s", src, tag)
		}
		switch a.Key {
		case "href", "src":
			u, err := url.Parse(a.Val)
			if err != nil {
				t.Errorf("%q became %s: %v", src, tag, err)
				continue
			}
			host = u.Host
			schemes := []string{"", "http", "https", "ftp", "ftps"}
			if a.Key == "src" {
				schemes = schemes[1:3]
			}
			// "http://a@" has no host, and leads nowhere.
			absolute := strings.HasPrefix(a.Val, u.Scheme+"://")
			if !slices.Contains(schemes, u.Scheme) || u.Scheme != "" && !absolute || u.Opaque != "" {
				t.Errorf("%q became %s", src, tag)
			}
		case "rel":
			rel = a.Val
		}
	}
	if tag.Data == "a" && host != "" && rel != "nofollow" {
		t.Errorf("%q became %s, without nofollow", src, tag)
	}
}

// FuzzHTML looks for sources that give anything but harmless and complete
// elements.
func FuzzHTML(f *testing.F) {
	for _, src := range attacks {
		f.Add(src)
	}
	f.Add("| a | b |\n|:-|-:|\n| 1<br>2 | ~~3~~ |\n\n- [x] c\n\n> 1. d\n\n<!-- e -->")
	f.Fuzz(func(t *testing.T, src string) {
		checkHTML(t, src)
		checkFragment(t, src, sanitize(src))
	})
}

// FuzzExcerpt looks for excerpts that are too long, or not one line.
func FuzzExcerpt(f *testing.F) {
	for _, src := range attacks {
		f.Add(src, 10)
	}
	f.Fuzz(func(t *testing.T, src string, n int) {
		got := Excerpt(src, n)
		if runes := []rune(got); len(runes) > max(n, 0)+1 || strings.ContainsAny(got, "\n\t") {
			t.Errorf("Excerpt(%q, %d) = %q", src, n, got)
		}
		if text := oneLine(Text(src)); !strings.HasPrefix(text, strings.TrimSuffix(got, "…")) {
			t.Errorf("Excerpt(%q, %d) = %q, not the beginning of %q", src, n, got, text)
		}
	})
}
