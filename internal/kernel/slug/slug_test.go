package slug

import (
	"bufio"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Titles with the slugs that a real udata gave them in the recordings, named
// by scenario and step.
var recorded = []struct{ step, title, slug string }{
	{"01-seed/2", "Service d'information", "service-dinformation"},
	{"01-seed/16", "Qualité de l'air", "qualite-de-lair"},
	{"05-list-filters/3", "Budget ouvert: open data running", "budget-ouvert-open-data-running"},
	{"05-list-filters/5", "Réutilisation supprimée", "reutilisation-supprimee"},
	{"07-create-valid/6", "By admin", "by-admin"},
	{"16-create-misc/74", "<script>alert(1)</script>", "script-alert-1-script"},
	{"16-create-misc/75", "nul\x00char", "nul-char"},
	{"16-create-misc/77", "  trimmed?  ", "trimmed"},
	{"18-get/33", "À supprimer", "a-supprimer"},
	{"31-atom/1", "Avec données <b>", "avec-donnees-b"},
	{"50-organizations/17", strings.Repeat("n", 351), strings.Repeat("n", 255)},
	{"50-organizations/20", "http://spam.example.com", "http-spam-example-com"},
	{"50-organizations/100", "ReadOnly", "readonly"},
	{"67-site/2", "Guillemets \" et ; point-virgule", "guillemets-et-point-virgule"},
}

func TestMakeRecorded(t *testing.T) {
	for _, c := range recorded {
		if got := Make(c.title); got != c.slug {
			t.Errorf("%s: Make(%q) = %q, want %q", c.step, c.title, got, c.slug)
		}
	}
}

// testdata/corpus.tsv holds titles and slugs of data.gouv.fr: reuses,
// datasets, organizations, posts. Slugs that a number tells apart from another
// object, or that outlived a change of title, are left out.
func TestMakeCorpus(t *testing.T) {
	f, err := os.Open("testdata/corpus.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		title, want, _ := strings.Cut(lines.Text(), "\t")
		if got := Make(title); got != want {
			t.Errorf("Make(%q) = %q, want %q", title, got, want)
		}
	}
	if n < 100 {
		t.Errorf("only %d titles read", n)
	}
}

func TestMake(t *testing.T) {
	long := strings.Repeat("a", 250)
	for _, c := range []struct{ title, slug string }{
		{"", ""},
		{" \t\n", ""},
		{"?!…", ""},
		{"😀😀😀", ""},
		{"---", ""},
		{"'", ""},
		{"l'eau", "leau"},
		{"l’eau", "leau"},
		{"'quoted'", "quoted"},
		{"under_score", "under-score"},
		{"a--b", "a-b"},
		{"œuvre Œuvre", "oeuvre-oeuvre"},
		{"日本語", "ri-ben-yu"},
		{"Привет", "privet"},
		{"100 €", "100-eur"},
		{"m²", "m2"},
		{"a\xffb", "ab"},
		{"STRASSE straße", "strasse-strasse"},
		// Whole words only, and later ones that fit are still taken.
		{long + " bbbb", long + "-bbbb"},
		{long + " bbbbb", long},
		{long + " bbbbb ccc d", long + "-ccc"},
		{long + " bbbbb c d", long + "-c-d"},
		{"b " + strings.Repeat("a", 300) + " c", "b-c"},
		{strings.Repeat("a", 300) + " b", strings.Repeat("a", 255)},
		{strings.Repeat("a", 255) + " b", strings.Repeat("a", 255)},
		{strings.Repeat("a", 254) + " b", strings.Repeat("a", 254)},
		{strings.Repeat("a", 253) + " b", strings.Repeat("a", 253) + "-b"},
		// The limit is one of the slug, not of the title.
		{strings.Repeat("œ", 200), strings.Repeat("oe", 127) + "o"},
	} {
		if got := Make(c.title); got != c.slug {
			t.Errorf("Make(%q) = %q, want %q", c.title, got, c.slug)
		}
	}
}

// The first part is recording 12, less its capitals.
func TestTag(t *testing.T) {
	for _, c := range []struct{ in, tag string }{
		{"Foo", "foo"},
		{"été", "ete"},
		{"Été à la plage", "ete-a-la-plage"},
		{"  spaced  tag ", "spaced-tag"},
		{"with,comma", "with-comma"},
		{"a;b c", "a-b-c"},
		{" ", ""},
		{"düp", "dup"},
		{"c++", "c"},
		{"日本語", "ri-ben-yu"},
		{"œuvre", "oeuvre"},
		{"under_score", "under-score"},
		{"a.b.c", "a-b-c"},
		{"😀😀😀", ""},
		{"l'eau", "leau"},
		{strings.Repeat("x", 96) + "é", strings.Repeat("x", 96) + "e"},

		{"€", "eur"},
		{strings.Repeat("x", 300), strings.Repeat("x", 300)},
	} {
		if got := Tag(c.in); got != c.tag {
			t.Errorf("Tag(%q) = %q, want %q", c.in, got, c.tag)
		}
	}
}

func TestNumbered(t *testing.T) {
	for _, c := range []struct {
		base string
		n    int
		want string
	}{
		{"a", 1, "a-1"},
		{"ministere-de-la-mer", 12, "ministere-de-la-mer-12"},
		{strings.Repeat("a", 253), 9, strings.Repeat("a", 253) + "-9"},
		{strings.Repeat("a", 255), 9, strings.Repeat("a", 253) + "-9"},
		{strings.Repeat("a", 255), 10, strings.Repeat("a", 252) + "-10"},
		{strings.Repeat("a", 252) + "-bb", 1, strings.Repeat("a", 252) + "-1"},
	} {
		if got := Numbered(c.base, c.n); got != c.want || len(got) > MaxLength {
			t.Errorf("Numbered(%q, %d) = %q, want %q", c.base, c.n, got, c.want)
		}
	}
}

var shape = regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*)?$`)

func FuzzMake(f *testing.F) {
	for _, c := range recorded {
		f.Add(c.title)
	}
	f.Add(strings.Repeat("a", 254) + " b c")
	f.Fuzz(func(t *testing.T, title string) {
		s := Make(title)
		if !shape.MatchString(s) || len(s) > MaxLength {
			t.Errorf("Make(%q) = %q", title, s)
		}
		if again := Make(s); again != s {
			t.Errorf("Make(%q) = %q, Make of that %q", title, s, again)
		}
		if s == "" {
			return
		}
		if n := Numbered(s, 12); len(n) > MaxLength || Make(n) != n {
			t.Errorf("Numbered(%q, 12) = %q", s, n)
		}
	})
}

func FuzzTag(f *testing.F) {
	for _, s := range []string{"Été à la plage", "€", "日本語", "l'eau", "c++", "\xff", "İstanbul"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag := Tag(s)
		if !shape.MatchString(tag) {
			t.Errorf("Tag(%q) = %q", s, tag)
		}
		if again := Tag(tag); again != tag {
			t.Errorf("Tag(%q) = %q, Tag of that %q", s, tag, again)
		}
	})
}
