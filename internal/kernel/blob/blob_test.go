package blob

import (
	"regexp"
	"strings"
	"testing"
)

func TestNewKey(t *testing.T) {
	// As in udata's own answers: e7/d6681804214b0ea608be2bc13f762b.png
	form := regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{10}4[0-9a-f]{3}[89ab][0-9a-f]{15}\.png$`)
	seen := map[string]bool{}
	for range 1000 {
		k := NewKey("png")
		if !form.MatchString(k) || seen[k] || checkKey(k) != nil {
			t.Fatalf("got %q", k)
		}
		seen[k] = true
	}
	if k := NewKey(".jpg"); !strings.HasSuffix(k, ".jpg") || strings.Contains(k, "..") {
		t.Errorf("with a dot: %q", k)
	}
	if k := NewKey(""); strings.Contains(k, ".") || len(k) != 33 {
		t.Errorf("without extension: %q", k)
	}
}

func TestVariant(t *testing.T) {
	for _, tt := range [][3]string{
		{"ab/cdef.png", "500", "ab/cdef-500.png"},
		{"ab/cdef.png", "original", "ab/cdef-original.png"},
		{"ab/cdef", "25", "ab/cdef-25"},
		{"a.b/cdef", "25", "a.b/cdef-25"},
		{"a.b/c.d.webp", "25", "a.b/c.d-25.webp"},
	} {
		if got := Variant(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s in %s: %q", tt[0], tt[1], got)
		}
	}
}

var goodKeys = []string{
	"a", "ab/cdef.png", "ab/cdef-500.png", "a b/c+d", "é à/日本語.png", "a..b/c..", "x/-", "CON",
	strings.Repeat("a/", 253) + "b", // and room for an extension
}

var badKeys = []string{
	"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", "./a", ".hidden", "a/.put-x", ".put-x",
	`a\b`, `..\a`, "a\x00b", "a\nb", "a\x7f", "a\u0085", "\xff", "a/\xc3",
	strings.Repeat("a", 256), strings.Repeat("a/", 256) + "b",
}

func TestCheckKey(t *testing.T) {
	for _, k := range goodKeys {
		if err := checkKey(k); err != nil {
			t.Errorf("%q: %v", k, err)
		}
	}
	for _, k := range badKeys {
		if err := checkKey(k); err == nil {
			t.Errorf("%q is let through", k)
		}
	}
}

func TestContentType(t *testing.T) {
	for key, want := range map[string]string{
		"ab/c.png": "image/png", "ab/c.JPG": "image/jpeg", "c.csv": "text/csv; charset=utf-8", "c": "application/octet-stream",
		"c.html": "application/octet-stream", "c.svg": "application/octet-stream", "png/c": "application/octet-stream",
	} {
		if got := contentType(key); got != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}
