package fold_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ouvert/internal/kernel/fold"
)

func TestText(t *testing.T) {
	for s, want := range map[string]string{
		"":                "",
		"Plain ASCII 1!":  "plain ascii 1!",
		"Été":             "ete",
		"E\u0301te\u0301": "ete", // the same, in parts
		"ÀÉÎÕÜÇñ":         "aeioucn",
		"œuvre":           "œuvre",
		"Straße":          "straße",
		"ﬁn":              "fin",
		"①②":              "12",
		"ＡＢ":              "ab",
		"ΑΘΉΝΑ":           "αθηνα",
		"Москва":          "москва",
		"日本語":             "日本語",
		"🚌":               "🚌",
		"a\x00b":          "a\x00b",
	} {
		if got := fold.Text(s); got != want {
			t.Errorf("%q is folded to %q, want %q", s, got, want)
		}
	}
}

// FuzzText: nothing panics, what comes out is text, and folding it again
// changes nothing.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "Été", "a\xffb", "\u0301", "İ", "ﷺ", strings.Repeat("\u0301", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.Text(s)
		if !utf8.ValidString(once) {
			t.Errorf("%q is folded to %q, which is no text", s, once)
		}
		if twice := fold.Text(once); utf8.ValidString(s) && twice != once {
			t.Errorf("%q is folded to %q, and that to %q", s, once, twice)
		}
	})
}

func TestSoughtIsBounded(t *testing.T) {
	for s, want := range map[string]string{
		"Été\x00!":                        "ete !",
		strings.Repeat("a", 20_000):       strings.Repeat("a", 10_000),
		"a" + strings.Repeat("œ", 10_000): "a" + strings.Repeat("œ", 4999),
	} {
		if got := fold.Sought(s); got != want {
			t.Errorf("%.20q: %d bytes, want %d", s, len(got), len(want))
		}
	}
}
