package markdown_test

import (
	"testing"

	"ouvert/internal/kernel/markdown"
)

// TestCleanHTML: what somebody wrote in HTML keeps its structure and loses
// what could act.
func TestCleanHTML(t *testing.T) {
	for src, want := range map[string]string{
		"<h2>À propos</h2><p class=\"x\" style=\"y\">Du <b>texte</b></p>":           "<h2>À propos</h2><p>Du <b>texte</b></p>",
		"<script>alert(1)</script><style>p{}</style>x":                              "x",
		`<a href="javascript:alert(1)">a</a><img src=x onerror=alert(1)>`:           "a",
		`<a href="https://a.example/" onclick="x">a</a>`:                            `<a href="https://a.example/" rel="nofollow">a</a>`,
		`<iframe src="https://a.example"></iframe><form><input type="text"></form>`: "",
		"<div><section>x</section></div>":                                           "<div><section>x</section></div>",
		"a\xffb":                                                                    "a\ufffdb",
	} {
		if got := markdown.CleanHTML(src); got != want {
			t.Errorf("%q: want %q, got %q", src, want, got)
		}
	}
	if got := markdown.TextOfHTML("<p>One</p><p>two <b>three</b></p><script>x</script>"); got != "One\ntwo three" {
		t.Errorf("it reads %q", got)
	}
}
