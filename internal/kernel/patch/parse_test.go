package patch_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
)

func TestParse(t *testing.T) {
	o, err := patch.Parse([]byte("\ufeff {\"b\" : [1, {\"x\":null}] ,\n\"a\":null,\"\\u00e9\\ud83d\\ude00\":-1.50e+3, \"\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}\r\n\t "))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.Names(), []string{"b", "a", "é😀", ""}; !reflect.DeepEqual(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for name, want := range map[string]string{"b": `[1, {"x":null}]`, "a": "null", "é😀": "-1.50e+3", "absent": ""} {
		if got := string(o.Raw(name)); got != want {
			t.Errorf("Raw(%q) = %s, want %s", name, got, want)
		}
		if o.Has(name) != (want != "") || o.IsNull(name) != (want == "null") {
			t.Errorf("Has(%q) = %v, IsNull = %v", name, o.Has(name), o.IsNull(name))
		}
	}
	if s, state := o.String(""); s != "\"\\/\b\f\n\r\t" || state != patch.Set {
		t.Errorf("%q %v", s, state)
	}
	if err := o.Err(nil); err != nil || o.Errors() != nil {
		t.Error("errors without a mistake:", err, o.Errors())
	}
}

// The bodies of the recording 16-create-misc, and more.
func TestParseRefuses(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	many := func(last string) string {
		var b strings.Builder
		for i := range 100 {
			b.WriteString(`"k` + strconv.Itoa(i) + `":1,`)
		}
		return b.String() + `"` + last + `":1`
	}
	for _, c := range []struct{ body, field, message string }{
		{"not json", "", "The body is not valid JSON: a value is expected (byte 0)"},
		{"", "", "The body is not valid JSON: it is empty (byte 0)"},
		{"\ufeff \n", "", "The body is not valid JSON: it is empty (byte 5)"},
		{`{"title": "a"`, "", "The body is not valid JSON: a comma or } is expected (byte 13)"},
		{`{"title": "a",}`, "", "The body is not valid JSON: a name in double quotes is expected (byte 14)"},
		{"title=x", "", "The body is not valid JSON: a value is expected (byte 0)"},
		{`{"a":1} x`, "", "The body is not valid JSON: something follows its end (byte 8)"},
		{`{"a":1}{}`, "", "The body is not valid JSON: something follows its end (byte 7)"},
		{`{"a" 1}`, "", "The body is not valid JSON: a colon is expected (byte 5)"},
		{`{"a":[1 2]}`, "", "The body is not valid JSON: a comma or ] is expected (byte 8)"},
		{`{"a":[1,]}`, "", "The body is not valid JSON: a value is expected (byte 8)"},
		{`{"a":NaN}`, "", "The body is not valid JSON: a value is expected (byte 5)"},
		{`{"a":nul}`, "", "The body is not valid JSON: a value is expected (byte 5)"},
		{`{"a":01}`, "", "The body is not valid JSON: a comma or } is expected (byte 6)"},
		{`{"a":-}`, "", "The body is not valid JSON: a digit is expected (byte 6)"},
		{`{"a":1.}`, "", "The body is not valid JSON: a digit is expected (byte 7)"},
		{`{"a":1e+}`, "", "The body is not valid JSON: a digit is expected (byte 8)"},
		{`{"a":"b`, "", "The body is not valid JSON: a string does not end (byte 7)"},
		{`{"a":"\`, "", "The body is not valid JSON: a string does not end (byte 6)"},
		{`{"a":"\x"}`, "", "The body is not valid JSON: an unknown escape (byte 6)"},
		{`{"a":"\u12g4"}`, "", "The body is not valid JSON: an unknown escape (byte 6)"},
		{"{\"a\":\"\n\"}", "", "The body is not valid JSON: a control character in a string (byte 6)"},
		{"{\"a\":\"\x00\"}", "", "The body is not valid JSON: a control character in a string (byte 6)"},
		{"[]", "request", "expecting a JSON object"},
		{"[{}]", "request", "expecting a JSON object"},
		{`"str"`, "request", "expecting a JSON object"},
		{"5", "request", "expecting a JSON object"},
		{"null", "request", "expecting a JSON object"},
		{"true", "request", "expecting a JSON object"},
		{`{"title":"a","title":"b"}`, "title", `duplicate name "title"`},
		{`{"title":"a","ti\u0074le":"b"}`, "title", `duplicate name "title"`},
		{`{"extras":{"a":[{"b":1,"c":2,"b":3}]}}`, "extras", `duplicate name "b"`},
		{`{` + many("k7") + `}`, "k7", `duplicate name "k7"`},
		{`{"extras":{` + many("k99") + `}}`, "extras", `duplicate name "k99"`},
		{`[{"a":1,"a":2}]`, "request", `duplicate name "a"`},
		{`{"a":1,"b":` + deep(64) + `}`, "b", "nested deeper than 64 levels"},
		{deep(65), "request", "nested deeper than 64 levels"},
		{strings.Repeat("[", 1_000_000), "request", "nested deeper than 64 levels"},
		{strings.Repeat(`{"a":`, 65), "a", "nested deeper than 64 levels"},
		{"{\"title\":\"\xff\"}", "title", "invalid UTF-8"},
		{"{\"title\":\"\xed\xa0\x80\"}", "title", "invalid UTF-8"},
		{"{\"b\":1,\"a\xc3\":1}", "request", "invalid UTF-8"},
		{`{"title":"lone \ud800 surrogate"}`, "title", `half of a surrogate pair: \ud800`},
		{`{"title":"\ud800\u0041"}`, "title", `half of a surrogate pair: \ud800`},
		{`{"title":"\ud800"}`, "title", `half of a surrogate pair: \ud800`},
		{`{"title":"\uDC00\uD800"}`, "title", `half of a surrogate pair: \udc00`},
		{`{"extras":{"a":["nul\u0000char"]}}`, "extras", "NUL characters are not allowed"},
	} {
		_, err := patch.Parse([]byte(c.body))
		e := errs.As(err)
		if e == nil || e.Status != 400 || e.Message != c.message {
			t.Errorf("%.60q: error %v, want a 400 %q", c.body, err, c.message)
			continue
		}
		var want map[string]string
		if c.field != "" {
			want = map[string]string{c.field: c.message}
		}
		if !reflect.DeepEqual(e.Fields, want) {
			t.Errorf("%.60q: fields %v, want %v", c.body, e.Fields, want)
		}
	}
	for _, body := range []string{`{"a":` + deep(63) + `}`, `{` + many("k100") + `}`, `{"a":{"x":1},"b":{"x":1,"a":2}}`} {
		if _, err := patch.Parse([]byte(body)); err != nil {
			t.Errorf("%.60q: %v", body, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[null,true,false,-0.5e-3],"c":{"d":"\u00e9\ud83d\ude00"}}`, "\ufeff{}", `[]`, `{"a":1,"a":2}`, `{"a":"\ud800"}`,
		`{"a":"\u0000"}`, "{\"a\":\"\xff\"}", `{"t":"2024-01-01T02:00:00+02:00","r":["5e00000000000000000000c9",{"id":null}],"e":{"x":{"y":[1]}}}`,
		`{"t":"20240101 1030,5Z","n":5.0}`, `nul`, `{"a":1}x`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := patch.Parse(data)
		plain := bytes.TrimPrefix(data, []byte("\ufeff"))
		if err != nil {
			e := errs.As(err)
			if e == nil || e.Status != 400 {
				t.Fatalf("%q: %v", data, err)
			}
			// An error about a field is one of our own refusals; the others
			// say that it is not JSON.
			if e.Fields == nil && json.Valid(plain) {
				t.Fatalf("%q: %v, but encoding/json takes it", data, err)
			}
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatalf("%q: encoding/json refuses it: %v", data, err)
		}
		names := o.Names()
		if len(names) != len(want) {
			t.Fatalf("%q: names %q", data, names)
		}
		for _, name := range names {
			if raw, ok := want[name]; !ok || !bytes.Equal(o.Raw(name), raw) {
				t.Fatalf("%q: %q is %s, want %s", data, name, o.Raw(name), raw)
			}
			if s, state := o.String(name); state == patch.Set {
				var want string
				if err := json.Unmarshal(o.Raw(name), &want); err != nil || s != want {
					t.Fatalf("%q: %q, want %q", data, s, want)
				}
			}
			if extras, state := o.Extras(name); state == patch.Set && !json.Valid(extras) {
				t.Fatalf("%q: extras %s", data, extras)
			}
			if at, state := o.Time(name); state == patch.Set {
				if _, err := at.MarshalJSON(); err != nil {
					t.Fatalf("%q: %v", data, err)
				}
			}
			o.Text(name)
			o.Bool(name)
			o.Int(name)
			o.Enum(name, []string{"a"})
			o.Refs(name)
			o.Ref(name)
		}
		o.Require("a")
		if (o.Err(nil) == nil) != (o.Errors() == nil) {
			t.Fatalf("%q: Err %v, Errors %v", data, o.Err(nil), o.Errors())
		}
	})
}

func BenchmarkParse(b *testing.B) {
	body := []byte(`{"title":"Reuse 1","description":"` + strings.Repeat("Une description. ", 60) +
		`","type":"api","topic":"health","url":"https://www.example.com/reuse/1","tags":["abc","def"],"datasets":["5e00000000000000000000c9",{"id":"5e00000000000000000000ca"}],"organization":"5e0000000000000000000001","extras":{"a":1,"b":{"c":2}}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := patch.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
