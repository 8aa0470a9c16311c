package mask_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/mask"
	"ouvert/internal/kernel/schema"
)

// TestRecorded replays what a real udata 17.6 answered to GETs with an
// X-Fields header. testdata holds its words, less some members of datasets.
func TestRecorded(t *testing.T) {
	raw, err := os.ReadFile("testdata/x-fields.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Docs  map[string]json.RawMessage
		Steps []struct {
			N         int
			Doc, Mask string
			Want      json.RawMessage
			All       bool
			Error     string
		}
	}
	if err := json.Unmarshal(raw, &recorded); err != nil {
		t.Fatal(err)
	}
	for _, s := range recorded.Steps {
		t.Run(fmt.Sprintf("%02d %s", s.N, s.Mask), func(t *testing.T) {
			doc := recorded.Docs[s.Doc]
			m, err := mask.Compile(s.Mask, types[s.Doc])
			if s.Error != "" {
				if err == nil || err.Error() != s.Error || !errs.Is(err, 400) {
					t.Fatalf("error %v, want a 400 %q", err, s.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, want := m.Append(nil, doc), s.Want
			if s.All {
				want = doc
			}
			if !sameJSON(t, got, want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestCompile(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("x{", n) + strings.Repeat("}", n) }
	for _, c := range []struct {
		text  string
		of    schema.Type
		doc   string
		want  string
		error string
	}{
		{text: "[id,title,private]", of: schema.List(schema.Of(reuse)), doc: `[{"id":1,"url":2,"title":3},{"private":4}]`, want: `[{"id":1,"title":3},{"private":4}]`},
		{text: "title,id", of: schema.Of(reuse), doc: `{"id":1,"title":2}`, want: `{"id":1,"title":2}`},
		{text: "id,", of: schema.Of(reuse), doc: `{"id":1,"title":2}`, want: `{"id":1}`},
		{text: ";;  ", of: schema.Of(reuse), doc: ` {"id": 1} `, want: ` {"id": 1} `},
		{text: "{}", of: schema.Of(reuse), doc: `{"id":1}`, want: `{}`},
		{text: "{ ; }", of: schema.List(schema.Of(reuse)), doc: `[{"id":1},null]`, want: `[{},null]`},
		{text: "*{id}", of: schema.Of(reuse), doc: `{"id":1,"title":2}`, want: `{"id":1,"title":2}`},
		{text: "owner{id},owner", of: schema.Of(reuse), doc: `{"owner":{"id":1,"slug":2}}`, want: `{"owner":{"id":1,"slug":2}}`},
		{text: "owner{id},owner{slug}", of: schema.Of(reuse), doc: `{"owner":{"id":1,"slug":2}}`, want: `{"owner":{"slug":2}}`},
		{text: "owner{nothing}", of: schema.Of(reuse), doc: `{"owner":{"id":1}}`, want: `{"owner":{}}`},
		{text: "unknown{a{b}}", of: schema.Of(reuse), doc: `{"unknown":{"a":1}}`, want: `{}`},
		{text: "extras{a{b}}", of: schema.Of(reuse), doc: `{"extras":{"a":[{"b":1,"c":2},3,null]}}`, want: `{"extras":{"a":[{"b":1},3,null]}}`},
		{text: "tags{}", of: schema.Of(reuse), doc: `{"tags":["a"]}`, want: `{"tags":["a"]}`},
		{text: "title{}", of: schema.Of(reuse), error: "Mask error: Mask is inconsistent with model"},
		{text: "datasets{resources{url{x}}}", of: schema.Of(reuse), error: "Mask error: Mask is inconsistent with model"},
		{text: "dataservices{x{y}}", of: schema.Of(reuse), doc: `{"dataservices":[{"x":{"y":1,"z":2}}]}`, want: `{"dataservices":[{"x":{"y":1}}]}`},
		{text: "x{y}", of: schema.Type{Kind: schema.Object}, doc: `{"x":{"y":1,"z":2}}`, want: `{"x":{"y":1}}`},
		{text: "x{y}", of: schema.Type{Kind: schema.Array}, doc: `[{"x":{"y":1,"z":2}}]`, want: `[{"x":{"y":1}}]`},
		{text: "x{y}", of: schema.Type{}, doc: `"s"`, want: `"s"`},
		{text: "x", of: schema.List(schema.Text()), doc: `["s"]`, want: `["s"]`},
		{text: "a,b,c,d,e,f,g,h,i,j", of: schema.Any(), doc: `{"z":0,"j":1,"\u0061":2,"k":3}`, want: `{"j":1,"\u0061":2}`},
		{text: "été,\u00e9\xe9", of: schema.Any(), doc: `{"\u00e9t\u00e9":1,"été":2,"e":3}`, want: `{"\u00e9t\u00e9":1,"été":2}`},
		{text: "𝔘", of: schema.Any(), doc: `{"\ud835\udd18":1,"\ud835":2,"\"":3}`, want: `{"\ud835\udd18":1}`},
		{text: "a", of: schema.Any(), doc: `{"b" : "}\\" , "c":"\"" ,"a" : [ 1 ] , "d":{}}`, want: `{"a":[ 1 ]}`},
		{text: "a", of: schema.Any(), doc: `[[[{"a":1,"b":2}]],[]]`, want: `[[[{"a":1}]],[]]`},
		{text: "{id}{title}", of: schema.Of(reuse), error: "Mask parse error: Unexpected closing bracket"},
		{text: "{id},", of: schema.Of(reuse), error: "Mask parse error: Missing closing bracket"},
		{text: "a,{b}", of: schema.Of(reuse), error: "Mask parse error: Unexpected opening bracket"},
		{text: "owner{id}{slug}", of: schema.Of(reuse), error: "Mask parse error: Unexpected opening bracket"},
		{text: ",id", of: schema.Of(reuse), error: "Mask parse error: Unexpected comma"},
		{text: "owner{,id}", of: schema.Of(reuse), error: "Mask parse error: Unexpected comma"},
		{text: nested(32), of: schema.Any(), doc: `{"x":1,"y":2}`, want: `{"x":1}`},
		{text: nested(33), of: schema.Any(), error: "Mask parse error: More than 32 levels of brackets"},
		{text: strings.Repeat("x", 8193), of: schema.Any(), error: "Mask parse error: The mask is longer than 8192 bytes"},
	} {
		m, err := mask.Compile(c.text, c.of)
		if c.error != "" {
			if err == nil || err.Error() != c.error || !errs.Is(err, 400) {
				t.Errorf("%.60q: error %v, want a 400 %q", c.text, err, c.error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := m.Append([]byte("before"), []byte(c.doc)); string(got) != "before"+c.want {
			t.Errorf("%q on %s:\n got %s\nwant before%s", c.text, c.doc, got, c.want)
		}
	}
}

func TestAppendOnNoJSON(t *testing.T) {
	m, err := mask.Compile("a,b{c}", schema.Any())
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		"", " ", "{", "[", `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a" 1}`, `{a:1}`, `[1,`, `[,]`, `{"a":1}x`,
		`{"a":"\"}`, `{"a":1,"b":{"c":1}`, `]`, `}`, `"`, `"\`, `{"b":{"c"}}`, `{"b":{"c":[}`, "{\x00", `{"a":1 "b":2}`, `[1 2]`, `{"\u00":1`,
	} {
		if got := m.Append([]byte("x"), []byte(src)); string(got) != "x"+src {
			t.Errorf("%q became %q", src, got)
		}
	}
	deep := strings.Repeat("[", 1_000_000)
	if got := m.Append(nil, []byte(deep)); string(got) != deep {
		t.Error("deep brackets were changed")
	}
	closed := deep + strings.Repeat("]", len(deep))
	if got := m.Append(nil, []byte(closed)); string(got) != closed {
		t.Error("deep arrays were changed")
	}
}

func TestAppendAllocates(t *testing.T) {
	m, err := mask.Compile("data{id,title,organization{name},*},total,extras{a}", schema.Any())
	if err != nil {
		t.Fatal(err)
	}
	src := page(20)
	dst := make([]byte, 0, len(src))
	if n := testing.AllocsPerRun(100, func() { dst = m.Append(dst[:0], src) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCache(t *testing.T) {
	var c mask.Cache
	of := schema.Of(reuse)
	first, err := c.Get("id,title", of, "")
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	if again, _ := c.Get("id,title", of, ""); again != first {
		t.Error("compiled twice")
	}
	if list, _ := c.Get("id,title", schema.List(of), ""); list != first {
		t.Error("a list of the same model has a mask of its own")
	}
	if other, _ := c.Get("id,title", schema.Of(dataset), ""); other == first {
		t.Error("another model has the same mask")
	}
	if other, _ := c.Get("id,title", of, "other"); other == first {
		t.Error("another key has the same mask")
	}
	if m, err := c.Get("", of, ""); m != nil || err != nil {
		t.Error(m, err)
	}
	if _, err := c.Get("id{", of, ""); !errs.Is(err, 400) {
		t.Error(err)
	}
	if long, err := c.Get(strings.Repeat("id,", 500), of, ""); long == nil || err != nil {
		t.Error(long, err)
	}
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for i := range 1500 {
				m, err := c.Get(fmt.Sprintf("id,x%d", i*(1+g%2)), of, "")
				if err != nil || string(m.Append(nil, []byte(`{"id":1,"title":2}`))) != `{"id":1}` {
					t.Error(m, err)
					return
				}
			}
		})
	}
	wait.Wait()
}

// page is a page of n reuses of about 4 KB each.
func page(n int) []byte {
	item := `{"archived":null,"badges":[],"created_at":"2026-11-24T00:23:24.962000+00:00","dataservices":[],"datasets":[` +
		strings.TrimSuffix(strings.Repeat(`{"id":"5e00000000000000000000c9","title":"Budget","uri":"https://www.example.org/api/1/datasets/budget/","page":"https://www.example.org/datasets/budget"},`, 20), ",") +
		`],"deleted":null,"description":"` + strings.Repeat(`Une \"description\" assez longue. `, 20) +
		`","extras":{"a":1},"featured":null,"id":"6b04d8feb3b939f31bab1300","image":null,"metrics":{"views":1,"followers":2},` +
		`"organization":{"class":"Organization","id":"5e0000000000000000000001","name":"Service"},"owner":null,"private":false,"slug":"reuse","tags":["abc"],"title":"Reuse","type":"api","url":"https://www.example.com/"}`
	return []byte(`{"data":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `],"next_page":null,"page":1,"page_size":20,"previous_page":null,"total":` + fmt.Sprint(n) + `}`)
}

func BenchmarkAppend(b *testing.B) {
	src := page(20)
	for _, text := range []string{"data{id,title},total", "data{id,title,*},*", "data{datasets{id},*},total"} {
		b.Run(text, func(b *testing.B) {
			m, err := mask.Compile(text, schema.Of(schema.Page(reuse)))
			if err != nil {
				b.Fatal(err)
			}
			var dst []byte
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				dst = m.Append(dst[:0], src)
			}
		})
	}
}

func BenchmarkCache(b *testing.B) {
	var c mask.Cache
	of := schema.Of(schema.Page(reuse))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get("data{id,title},total", of, ""); err != nil {
			b.Fatal(err)
		}
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	return reflect.DeepEqual(decode(t, a), decode(t, b))
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return v
}

// TestKeeps: a handler learns what will be kept before it makes it.
func TestKeeps(t *testing.T) {
	item := &schema.Model{Fields: []schema.Field{{Name: "id", Type: schema.Text()}, {Name: "blocs", Type: schema.List(schema.Any())}}}
	page := schema.Of(&schema.Model{Fields: []schema.Field{{Name: "data", Type: schema.List(schema.Of(item))}, {Name: "total", Type: schema.Int()}}})
	for text, want := range map[string]bool{
		"": true, "*": true, "data": true, "data{blocs}": true, "{data{id,blocs},*}": true, "data{*}": true, "total,*": true,
		"total": false, "data{id}": false, "data{id},*": false, "data{nothing}": false,
	} {
		m, err := mask.Compile(text, page)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Keeps("data", "blocs"); got != want {
			t.Errorf("%q keeps data.blocs: %v", text, got)
		}
	}
}
