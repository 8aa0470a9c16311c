package wire_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"ouvert/internal/kernel/wire"
)

// decoded is the text that a JSON string stands for.
func decoded(t *testing.T, text []byte) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return s
}

// agrees holds AppendString against encoding/json: the same text, escaped
// where that escapes.
func agrees(t *testing.T, s string) {
	t.Helper()
	oracle, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got := wire.AppendString([]byte("before"), s)
	got, ok := bytes.CutPrefix(got, []byte("before"))
	if !ok {
		t.Fatalf("%q: what stood before is lost", s)
	}
	if a, b := decoded(t, got), decoded(t, oracle); a != b {
		t.Errorf("%q is written as %s, which reads %q, want %q", s, got, a, b)
	}
	if bytes.ContainsAny(got, "<>&\u2028\u2029\x00\n") {
		t.Errorf("%q is written as %s: not fit for a script", s, got)
	}
}

func TestStrings(t *testing.T) {
	for s, want := range map[string]string{
		"":                      `""`,
		"plain":                 `"plain"`,
		`"\`:                    `"\"\\"`,
		"a\nb\rc\td":            `"a\nb\rc\td"`,
		"\x00\x1f\x7f":          "\"\\u0000\\u001f\x7f\"",
		"<script>&":             `"\u003cscript\u003e\u0026"`,
		"\u2028\u2029":          `"\u2028\u2029"`,
		"é 日本 🚌":                `"é 日本 🚌"`,
		"a\xffb":                `"a\ufffdb"`,
		"\xed\xa0\x80":          `"\ufffd\ufffd\ufffd"`,
		"\xc3":                  `"\ufffd"`,
		"\ufffd":                "\"\ufffd\"",
		"end\xf0\x9f":           `"end\ufffd\ufffd"`,
		"/slashes/ and 'quote'": `"/slashes/ and 'quote'"`,
	} {
		if got := string(wire.AppendString(nil, s)); got != want {
			t.Errorf("%q is written as %s, want %s", s, got, want)
		}
		agrees(t, s)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a<b>\u2028\xff", "\xed\xa0\x80", "é\x00\"\\", "🚌\xf0\x9f"} {
		f.Add(s)
	}
	f.Fuzz(agrees)
}

func TestTimes(t *testing.T) {
	paris := time.FixedZone("", 3600)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, `null`},
		{time.Date(2026, 11, 24, 0, 3, 41, 847_000_000, time.UTC), `"2026-11-24T00:03:41.847000+00:00"`},
		{time.Date(2026, 11, 24, 0, 3, 41, 0, time.UTC), `"2026-11-24T00:03:41+00:00"`},
		{time.Date(2026, 11, 24, 1, 0, 0, 0, paris), `"2026-11-24T00:00:00+00:00"`},
		{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), `"0001-01-01T00:00:00.000001+00:00"`},
	} {
		w := &wire.Writer{}
		w.Time(c.at)
		if got := string(w.Bytes()); got != c.want {
			t.Errorf("%v is written as %s, want %s", c.at, got, c.want)
		}
	}
	if got := string(wire.AppendTime(nil, time.Date(2026, 1, 2, 3, 4, 5, 0, paris))); got != "2026-01-02T03:04:05+01:00" {
		t.Errorf("with its own offset it is %s", got)
	}
}

func TestWriter(t *testing.T) {
	w := wire.NewWriter(0)
	w.Open('{')
	w.Key("empty")
	w.Open('[')
	w.Close(']')
	w.Key("list")
	w.Open('[')
	w.Int(-1)
	w.Float(0.5)
	w.Bool(true)
	w.Null()
	w.String("a")
	w.StringOrNull("")
	w.StringOrNull("b")
	w.Raw([]byte(`{"c":1}`))
	w.Raw(nil)
	w.Value(map[string]int{"d": 2})
	w.Value(func() {})
	w.Embed(wire.Fragment{})
	w.Embed(wire.Fragment{Text: []byte(`[1]`)})
	w.Open('{')
	w.Members([]byte(`{"e":1,"f":2}`))
	w.Key("g")
	w.Float(1e21)
	w.Close('}')
	w.Open('{')
	w.Members([]byte(`{}`))
	w.Key("h")
	w.Null()
	w.Close('}')
	w.Close(']')
	w.Name("any \"name\"")
	w.Int(1)
	w.Close('}')
	const want = `{"empty":[],"list":[-1,0.5,true,null,"a",null,"b",{"c":1},null,{"d":2},null,null,[1],{"e":1,"f":2,"g":1000000000000000000000},{"h":null}],"any \"name\"":1}`
	if got := string(w.Bytes()); got != want || !json.Valid(w.Bytes()) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestHoles: however often a fragment is embedded, its holes stay where they
// were seen.
func TestHoles(t *testing.T) {
	hole := wire.Hole{Class: "Reuse", ID: "1", Owner: "ada"}
	inner := &wire.Writer{}
	inner.Open('{')
	inner.Key("p")
	inner.Hole(hole, `{"edit":false}`)
	inner.Close('}')
	middle := &wire.Writer{}
	middle.Open('[')
	middle.Embed(inner.Fragment())
	middle.Hole(hole, `0`)
	middle.Embed(inner.Fragment())
	middle.Close(']')
	outer := &wire.Writer{}
	outer.Open('{')
	outer.Key("data")
	outer.Embed(middle.Fragment())
	outer.Close('}')
	f := outer.Fragment()
	if want := `{"data":[{"p":{"edit":false}},0,{"p":{"edit":false}}]}`; string(f.Text) != want {
		t.Fatalf("got %s", f.Text)
	}
	var got []string
	for _, h := range f.Holes {
		got = append(got, string(f.Text[h.Start:h.End]))
		if h.Class != hole.Class || h.ID != hole.ID || h.Owner != hole.Owner {
			t.Errorf("a hole is about %+v", h)
		}
	}
	if !slices.Equal(got, []string{`{"edit":false}`, `0`, `{"edit":false}`}) {
		t.Errorf("the holes are %q", got)
	}
	if in := inner.Fragment(); string(in.Text[in.Holes[0].Start:in.Holes[0].End]) != `{"edit":false}` {
		t.Error("embedding moved the fragment's own holes")
	}
}

func TestLinks(t *testing.T) {
	for _, c := range []struct{ api, site, wantAPI, wantSite string }{
		{"https://api.example", "", "https://api.example", "https://api.example"},
		{"https://api.example/", "https://www.example//", "https://api.example", "https://www.example"},
	} {
		if l := wire.NewLinks(c.api, c.site); l.API != c.wantAPI || l.Site != c.wantSite {
			t.Errorf("%q, %q: %+v", c.api, c.site, l)
		}
	}
}

func TestPictures(t *testing.T) {
	l := wire.NewLinks("https://api.example", "https://www.example")
	p := &wire.Picture{Filename: "ab/c.png", Original: "ab/c-original.png", Thumbnails: map[string]string{"500": "ab/c-500.png", "100": "ab/c-100.png"}}
	if got := p.URL(l, "images"); got != "https://api.example/images/ab/c.png" {
		t.Errorf("the picture is at %q", got)
	}
	if got := p.Thumbnail(l, "avatars", "100"); got != "https://api.example/avatars/ab/c-100.png" {
		t.Errorf("the square is at %q", got)
	}
	if got := p.Thumbnail(l, "images", "7"); got != "" {
		t.Errorf("a square that there is not is at %q", got)
	}
	keys := p.Keys()
	slices.Sort(keys)
	if !slices.Equal(keys, []string{"ab/c-100.png", "ab/c-500.png", "ab/c-original.png", "ab/c.png"}) {
		t.Errorf("the keys are %q", keys)
	}
	var none *wire.Picture
	if none.URL(l, "images") != "" || none.Thumbnail(l, "images", "500") != "" || none.Keys() != nil {
		t.Error("no picture has an address")
	}
	// As udata's fixtures have left them.
	for key, want := range map[string]string{
		"https://static.example/a.png":                               "https://static.example/a.png",
		"https://demo.example/s/images/https://static.example/a.png": "https://static.example/a.png",
		"http://static.example/a.png":                                "http://static.example/a.png",
	} {
		if got := (&wire.Picture{Filename: key}).URL(l, "images"); got != want {
			t.Errorf("%q leads to %q", key, got)
		}
	}
}
