package markdown

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{
			"recording 31-atom, step 5", "**gras** & <script>x</script>\n\n[lien](http://a.example.com)",
			"<p><strong>gras</strong> &amp; &lt;script&gt;x&lt;/script&gt;</p>\n" +
				`<p><a href="http://a.example.com" rel="nofollow">lien</a></p>`,
		},
		{"recording 31-atom, step 5, plain", "A description", "<p>A description</p>"},
		{"empty", "", ""},
		{"blank", " \n\t\n", ""},
		{"line breaks", "a\nb  \nc\\\nd", "<p>a<br>\nb<br>\nc<br>\nd</p>"},
		{"quotation marks", `l'eau "x"`, `<p>l'eau "x"</p>`},
		{"entities", "&amp; &lt;b&gt; &nbsp;&#39;&eacute;", "<p>&amp; &lt;b&gt; \u00a0'é</p>"},
		{"numbers that are text", "`&#39;` \\&#34;", "<p><code>&amp;#39;</code> &amp;#34;</p>"},
		{
			"blocks", "# T\n\nx\n***\n> q\n\n- a\n- b\n\n3. c\n",
			"<h1>T</h1>\n<p>x</p>\n<hr>\n<blockquote>\n<p>q</p>\n</blockquote>\n" +
				"<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>",
		},
		{"code", "```js\na < b && 'c'\n```", "<pre><code>a &lt; b &amp;&amp; 'c'\n</code></pre>"},
		{"inline", "*a* __b__ ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"},
		{
			"table", "| a | b | c |\n|:-|-:|-|\n| 1<br>2 | ~~3~~ | |",
			"<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n<th>c</th>\n</tr>\n</thead>\n" +
				"<tbody>\n<tr>\n<td align=\"left\">1<br>2</td>\n<td align=\"right\"><del>3</del></td>\n<td></td>\n</tr>\n</tbody>\n</table>",
		},
		{
			"tasks", "- [x] a\n- [ ] b",
			"<ul>\n<li><input checked=\"\" disabled=\"\" type=\"checkbox\"> a</li>\n" +
				"<li><input disabled=\"\" type=\"checkbox\"> b</li>\n</ul>",
		},
		{
			"picture", `![alt](http://a.example/c.png "it's")`,
			`<p><img src="http://a.example/c.png" alt="alt" title="it&#39;s"></p>`,
		},
		{"title", `[x](ftp://a.example/c 'it"s')`, `<p><a href="ftp://a.example/c" title="it&#34;s" rel="nofollow">x</a></p>`},
		{"site", "[a](/x) [b](#y) [c](z/é) [d](?q)", `<p><a href="/x">a</a> <a href="#y">b</a> <a href="z/%C3%A9">c</a> <a href="?q">d</a></p>`},
		{"site in disguise", "[a](//b.example) [a](///b.example) [a](http:b.example)", `<p><a href="//b.example" rel="nofollow">a</a> a a</p>`},
		{
			"bare", "www.a.example, https://a.example/?a=b&c=d'.",
			`<p><a href="http://www.a.example" rel="nofollow">www.a.example</a>, ` +
				`<a href="https://a.example/?a=b&amp;c=d&#39;" rel="nofollow">https://a.example/?a=b&amp;c=d'</a>.</p>`,
		},
		{
			"bare, not ASCII", "(http://été.example/é?q=é)",
			`<p>(<a href="http://%C3%A9t%C3%A9.example/%C3%A9?q=%C3%A9" rel="nofollow">http://été.example/é?q=é</a>)</p>`,
		},
		{"angle", "<https://a.example/a_b_c>", `<p><a href="https://a.example/a_b_c" rel="nofollow">https://a.example/a_b_c</a></p>`},
		{"mail", "a@b.example <a@b.example> [c](mailto:a@b.example)", "<p>a@b.example a@b.example c</p>"},
		{"HTML", "<div>\n**a** <b\ntitle='c'>\n\n</div>", "<p>&lt;div&gt;<br>\n<strong>a</strong> &lt;b\ntitle='c'&gt;</p>\n<p>&lt;/div&gt;</p>"},
		{"HTML link", `<a href="http://a.example">lien</a>`, `<p>&lt;a href="http://a.example"&gt;lien&lt;/a&gt;</p>`},
		{"HTML break", "a<br>b<br/>c<BR />d</br>", "<p>a<br>b<br>c<br>d&lt;/br&gt;</p>"},
		{"HTML comment", "a<!-- b -->c\n\n<!--- --- -->", "<p>ac</p>\n<p></p>"},
		{"NUL", "x\x00y", "<p>x\ufffdy</p>"},
	} {
		if got := HTML(c.src); got != c.want {
			t.Errorf("%s: HTML(%q)\n got %s\nwant %s", c.name, c.src, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", ""},
		{"**gras** & <script>x</script>\n\n[lien](http://a.example.com)", "gras & x\nlien"},
		{"a\nb  \nc", "a\nb\nc"},
		{"&lt;b&gt; \\*x\\* `<d>` &eacute;", "<b> *x* <d> é"},
		{"# T\n\n- a\n  - b\n- [x] c\n\n> d\n\n***\n", "T\na\nb\nc\nd"},
		{"| a | b |\n|-|-|\n| 1 | ~~2~~ |", "a b\n1 2"},
		{"```\nif a < b:\n    c\n```", "if a < b:\nc"},
		{"un*mot*entier et [deux](x)mots", "unmotentier et deuxmots"},
		{"![Legend](http://a.example/image.jpg) Here.", "Here."},
		{"<p>a</p>\n<ul><li>b</li></ul>", "a\nb"},
		{"a<br>b", "a\nb"},
		{"a<!-- b -->c", "ac"},
		{"a <b>c</b> d", "a c d"},
		{"if a < b and c > d", "if a < b and c > d"},
		{"<https://a.example/a_b> www.a.example a@b.example", "https://a.example/a_b www.a.example a@b.example"},
		{"<textarea>a\n\n<plaintext>b", "a\nb"},
	} {
		if got := Text(c.src); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.src, got, c.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		src  string
		n    int
		want string
	}{
		{"", 10, ""},
		{"court", 10, "court"},
		{"juste assez", 11, "juste assez"},
		{"juste assez", 10, "juste…"},
		{"juste assez", 5, "juste…"},
		{"juste assez", 4, "just…"},
		{"anticonstitutionnellement", 4, "anti…"},
		{"# Titre\n\nun **deux**\n- trois", 14, "Titre un deux…"},
		{"été été été", 7, "été été…"},
		{"[a](http://a.example/long/long/long) b", 3, "a b"},
		{"a b", 0, ""},
		{"a b", -1, ""},
		{"", -1, ""},
	} {
		if got := Excerpt(c.src, c.n); got != c.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.src, c.n, got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		src, tag string
		want     int
	}{
		{strings.Repeat("> ", 40) + "a", "<blockquote>", 40},
		{strings.Repeat("> ", 80) + "a", "<blockquote>", maxDepth},
		{strings.Repeat("- ", 80) + "a", "<ul>", maxDepth},
		{strings.Repeat("> - ", 80) + "a", "<ul>", maxDepth / 2},
		{strings.Repeat("*a* ", 400), "<em>", 400},
		{strings.Repeat("*a* ", 4000), "<em>", maxDelimiters / 2},
		{strings.Repeat(strings.Repeat("*a* ", 400)+"\n\n", 3), "<em>", 1200},
		{strings.Repeat("[a](b) `c` ", 5000), "<a ", 5000},
		{strings.Repeat("[a](b) `c` ", 5000), "<code>", 5000},
	} {
		got := HTML(c.src)
		if n := strings.Count(got, c.tag); n != c.want {
			t.Errorf("HTML(%.20q...) has %d %s, want %d", c.src, n, c.tag, c.want)
		}
		if n, want := strings.Count(got, "a"), strings.Count(c.src, "a"); n < want {
			t.Errorf("HTML(%.20q...) lost text", c.src)
		}
	}
}

// Each of these kept the converter busy for seconds, or an earlier one that
// we know of. The bound is wide: machines are slow and busy, and the race
// detector makes some of these fifty times slower.
func TestTime(t *testing.T) {
	for _, unit := range []string{
		"> ", "1. ", "> - ", "- - ", "*_", "a*~", " _~", "**a *b ", "[a](", "[a](<", "[a](()", "[](", "![a](", `[a](b "x` + "\n",
		"[a][", "[a]: b\n", "[", "![[", "]", "\\``", "`a``", "<", "<a b='", "<!-- a", "http://a.b/(", "a@b.", "&#", "|a", "a | b\n-|-\n",
	} {
		src := strings.Repeat(unit, 50_000/len(unit))
		start := time.Now()
		HTML(src)
		Excerpt(src, 200)
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("%q: %v", unit, took)
		}
	}
}

func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				src := fmt.Sprintf("**%d** [a](http://%d.example) `%d`", i, j, i)
				want := fmt.Sprintf(`<p><strong>%d</strong> <a href="http://%d.example" rel="nofollow">a</a> <code>%d</code></p>`, i, j, i)
				if got := HTML(src); got != want {
					t.Errorf("HTML(%q) = %s", src, got)
				}
				if got, want := Text(src), fmt.Sprintf("%d a %d", i, i); got != want {
					t.Errorf("Text(%q) = %s", src, got)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkHTML(b *testing.B) {
	src := strings.Repeat("Un *paragraphe* de description, avec [un lien](https://www.example.org/).\n\n- un\n- deux\n\n", 8)
	b.ReportAllocs()
	for b.Loop() {
		HTML(src)
	}
}
