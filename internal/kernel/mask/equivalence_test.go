package mask_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"ouvert/internal/kernel/mask"
	"ouvert/internal/kernel/schema"
)

// want is a mask as a tree of what to keep: a name with nil is kept whole.
type want map[string]want

func (w want) text(r *rand.Rand) string {
	var parts []string
	for name, sub := range w {
		if sub != nil {
			name += "{" + sub.text(r) + "}"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, [...]string{",", " , ", " ", ";"}[r.IntN(4)])
}

// apply is what flask-restx does to values in memory.
func (w want) apply(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = w.apply(v[i])
		}
		return out
	case map[string]any:
		_, rest := w["*"]
		out := map[string]any{}
		for name, value := range v {
			sub, named := w[name]
			switch {
			case len(sub) > 0:
				out[name] = sub.apply(value)
			case named || rest:
				out[name] = value
			}
		}
		return out
	}
	return v
}

var names = []string{"a", "b", "c", "id", "é", "x-y", "m:n", "long_name", "d", "e", "f", "g"}

func randomMask(r *rand.Rand, depth int) want {
	w := want{}
	for range r.IntN(6) {
		var sub want
		if depth > 0 && r.IntN(2) == 0 {
			sub = randomMask(r, depth-1)
		}
		w[names[r.IntN(len(names))]] = sub
	}
	if r.IntN(5) == 0 {
		w["*"] = nil
	}
	return w
}

func randomValue(r *rand.Rand, depth int) any {
	kinds := 8
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return json.Number([...]string{"0", "-1", "1.5e-7", "12345678901234567890"}[r.IntN(4)])
	case 3:
		return [...]string{"", `"`, `\`, `\"`, "{[,:]}", "é\n<", "\u2028"}[r.IntN(7)]
	case 4:
		return []any{}
	case 5:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(14) {
		object[names[r.IntN(len(names))]] = randomValue(r, depth-1)
	}
	return object
}

func TestAppendIsTheSlowWay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		w, v := randomMask(r, 3), randomValue(r, 4)
		if len(w) == 0 {
			continue // an empty text is no mask
		}
		text := w.text(r)
		m, err := mask.Compile(text, schema.Any())
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		src, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		switch r.IntN(3) {
		case 0:
			var b bytes.Buffer
			_ = json.Indent(&b, src, "\t", "\r\n ")
			src = b.Bytes()
		case 1:
			src = bytes.ReplaceAll(src, []byte(`"id"`), []byte(`"\u0069d"`))
			src = bytes.ReplaceAll(src, []byte("é"), []byte(`\u00E9`))
		}
		got := m.Append(nil, src)
		if !reflect.DeepEqual(decode(t, got), w.apply(v)) {
			t.Fatalf("mask %q on %s\ngot %s", text, src, got)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"id,title", "{data{id,*},total}", "a{b{c}},*", "}{", "a,,b", "é\xff;x", "*{a}", "{}", "title{x}", "extras{a{b}}"} {
		f.Add(s)
	}
	doc := []byte(`{"data":[{"id":"1","title":"t","extras":{"a":{"b":1}},"tags":["x"],"é":1}],"total":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, of := range []schema.Type{schema.Of(schema.Page(reuse)), schema.Any(), schema.List(schema.Of(reuse)), {}} {
			m, err := mask.Compile(text, of)
			if err != nil {
				continue
			}
			if got := m.Append(nil, doc); !json.Valid(got) {
				t.Errorf("%q made %s", text, got)
			}
		}
	})
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{
		`{"data":[{"id":"1","title":"t"}],"total":1}`, `[[{"a":1}],null]`, `{"a":"\\\""}`, ` { "a" : { } } `, `{"a":1`,
		`"x"`, `{"\u0061":[1,2,{"b":{}}]}`, `{"a":1,"a":2,"b":3}`, `-1.5E+3`,
	} {
		f.Add("a,b{c},data{id}", []byte(s))
		f.Add("*,a{b}", []byte(s))
	}
	f.Fuzz(func(t *testing.T, text string, doc []byte) {
		m, err := mask.Compile(text, schema.Any())
		if err != nil {
			return
		}
		got := m.Append(nil, doc)
		if len(got) > len(doc) {
			t.Errorf("%q made %q longer: %q", text, doc, got)
		}
		if !json.Valid(doc) {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q made %s of %s", text, got, doc)
		}
		if again := m.Append(nil, got); !bytes.Equal(again, got) {
			t.Errorf("%q masked twice: %s, then %s", text, got, again)
		}
	})
}
