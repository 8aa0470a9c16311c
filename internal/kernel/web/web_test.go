package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/i18n"
)

func TestFormats(t *testing.T) {
	day := time.Date(2026, 8, 1, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Date(i18n.En, day), "1 August 2026"},
		{Date(i18n.Fr, day), "1er août 2026"},
		{Date(i18n.En, time.Time{}), ""},
		{Number(i18n.En, 1234567), "1,234,567"},
		{Number(i18n.Fr, -1234), "-1\u202f234"},
		{Number(i18n.En, 999), "999"},
		{Size(i18n.En, 999), "999\u00a0B"},
		{Size(i18n.Fr, 1500), "1,5\u00a0ko"},
		{Size(i18n.En, 25_400_000), "25\u00a0MB"},
		{Plural(i18n.Fr, 0, "%s reuse", "%s reuses"), "0 réutilisation"},
		{Plural(i18n.En, 0, "%s reuse", "%s reuses"), "0 reuses"},
	} {
		if c.got != c.want {
			t.Errorf("%q, not %q", c.got, c.want)
		}
	}
}

func TestLocal(t *testing.T) {
	for path, want := range map[string]string{
		"/reuses?q=a#b": "/reuses?q=a#b", "": "/", "reuses": "/", "//evil.example": "/", "https://evil.example/": "/", "/\\evil.example": "/",
		"/a\r\nSet-Cookie: x": "/", "/%zz": "/", "javascript:alert(1)": "/",
	} {
		if got := Local(path); got != want {
			t.Errorf("%q leads to %q", path, got)
		}
	}
}

func TestPager(t *testing.T) {
	v := &View{Request: httptest.NewRequest("GET", "/reuses?q=a&page=5&lang=fr", nil)}
	p := v.Pager(5, 10, 100)
	var got []int
	for _, l := range p.Links {
		got = append(got, l.Number)
	}
	if len(got) != 7 || got[0] != 1 || got[1] != 0 || got[2] != 4 || got[6] != 10 {
		t.Errorf("the pages are %v", got)
	}
	if p.Next != "/reuses?page=6&q=a" || p.Links[0].Link != "/reuses?q=a" {
		t.Errorf("the links are %q, %q", p.Next, p.Links[0].Link)
	}
	if v.With("q", "") != "/reuses" || v.Pager(1, 10, 10) != nil {
		t.Error("a parameter stays, or one page has a pager")
	}
}

func TestWhatPeopleWriteStandsBelowThePage(t *testing.T) {
	got := ugc(`<h1>a</h1><h2>b</h2><h3>c</h3><a href="https://x.example" rel="nofollow">d</a>`)
	if got != `<h3>a</h3><h3>b</h3><h4>c</h4><a href="https://x.example" rel="nofollow ugc">d</a>` {
		t.Error(got)
	}
}

func TestTheme(t *testing.T) {
	if _, err := OpenTheme(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there is a theme")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"theme.css": ":root{--accent:#800}", "logo.svg": "<svg/>", "footer.md": "**Town** <script>", "pages/legal.md": "# Legal notice\n\nWho we are.",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	theme, err := OpenTheme(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(theme.Style, "/static/theme.") || !strings.HasSuffix(theme.Logo, ".svg") || strings.Contains(string(theme.Footer), "<script") {
		t.Errorf("the theme is %+v", theme)
	}
	if len(theme.Pages) != 1 || theme.Pages[0].Name != "legal" || theme.Pages[0].Title != "Legal notice" {
		t.Errorf("its pages are %+v", theme.Pages)
	}
	s := New(Options{Theme: theme})
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest("GET", theme.Style, nil))
	if rec.Code != 200 || rec.Body.String() != ":root{--accent:#800}" || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the style is answered %d %s", rec.Code, rec.Body)
	}
}

// TestBudget holds what every page loads to 40 KB compressed; it is far less.
func TestBudget(t *testing.T) {
	if n := len(style) + len(script); n > 40<<10 {
		t.Errorf("%d bytes of style and script", n)
	}
}
