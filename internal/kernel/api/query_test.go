package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/wire"
)

func query(t *testing.T, raw string) api.Query {
	t.Helper()
	q, err := api.ParseQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestParseQuery(t *testing.T) {
	for raw, want := range map[string]api.Query{
		"":               nil,
		"&&":             nil,
		"a=1&b=2&a=3":    {{"a", "1"}, {"b", "2"}, {"a", "3"}},
		"a":              {{"a", ""}},
		"=1":             {{"", "1"}},
		"a=b=c":          {{"a", "b=c"}},
		"%61=%C3%A9+%2B": {{"a", "é +"}},
		"a=%zz":          {{"a", "%zz"}},
		"a=%2":           {{"a", "%2"}},
		"a=b;c=d":        {{"a", "b;c=d"}},
		"a=?b":           {{"a", "?b"}},
		"a=%ff":          {{"a", "\ufffd"}},
		"a=\xff%zz":      {{"a", "\ufffd%zz"}},
		"a=x%00y":        {{"a", "x\ufffdy"}},
	} {
		if got := query(t, raw); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
	if _, err := api.ParseQuery(strings.Repeat("a&", 257)); !errs.Is(err, 400) {
		t.Errorf("257 parameters: %v", err)
	}
	query(t, strings.Repeat("a&&", 256))
}

func TestGetAndAll(t *testing.T) {
	q := query(t, "a=1&b=&a=2")
	if v, ok := q.Get("a"); v != "1" || !ok {
		t.Errorf("a is %q, %v", v, ok)
	}
	if v, ok := q.Get("b"); v != "" || !ok {
		t.Errorf("b is %q, %v", v, ok)
	}
	if v, ok := q.Get("c"); v != "" || ok {
		t.Errorf("c is %q, %v", v, ok)
	}
	if got := q.All("a"); !slices.Equal(got, []string{"1", "2"}) || q.All("c") != nil {
		t.Errorf("all of a are %q, of c %q", got, q.All("c"))
	}
}

// complains tells whether the error is a 400 about the parameter.
func complains(err error, name string) bool {
	e := errs.As(err)
	return e != nil && e.Status == 400 && e.Fields[name] != ""
}

func TestBool(t *testing.T) {
	for raw, want := range map[string]struct{ value, given bool }{
		"":       {false, false},
		"a=true": {true, true}, "a=TRUE": {true, true}, "a=1": {true, true}, "a=on": {true, true}, "a=On": {true, true},
		"a=false": {false, true}, "a=False": {false, true}, "a=0": {false, true}, "a=": {false, true}, "a": {false, true},
		"a=true&a=false": {true, true},
	} {
		value, given, err := query(t, raw).Bool("a")
		if err != nil || value != want.value || given != want.given {
			t.Errorf("%q: %v, %v, %v", raw, value, given, err)
		}
	}
	for _, raw := range []string{"a=yes", "a=no", "a=2", "a=off", "a=%20true", "a=%ff"} {
		if _, _, err := query(t, raw).Bool("a"); !complains(err, "a") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestSortAndChoice(t *testing.T) {
	for raw, want := range map[string]struct {
		key        string
		descending bool
	}{"": {"", false}, "sort=title": {"title", false}, "sort=-title": {"title", true}, "sort=-views&sort=title": {"views", true}} {
		key, descending, err := query(t, raw).Sort("title", "views")
		if err != nil || key != want.key || descending != want.descending {
			t.Errorf("%q: %q, %v, %v", raw, key, descending, err)
		}
	}
	for _, raw := range []string{"sort=", "sort=-", "sort=--title", "sort=Title", "sort=title,views", "sort=other", "sort=title%20"} {
		if _, _, err := query(t, raw).Sort("title", "views"); !complains(err, "sort") {
			t.Errorf("%q: %v", raw, err)
		}
	}
	if v, err := query(t, "kind=b").Choice("kind", "", "a", "b"); v != "b" || err != nil {
		t.Errorf("kind is %q, %v", v, err)
	}
	if _, err := query(t, "kind=c").Choice("kind", "", "a", "b"); !complains(err, "kind") {
		t.Errorf("kind=c: %v", err)
	}
}

func TestObjectIDs(t *testing.T) {
	const oid = "5e000000000000000000000a"
	for raw, want := range map[string]string{"": "", "a=" + oid: oid, "a=" + strings.ToUpper(oid): oid} {
		if got, err := query(t, raw).ObjectID("a"); got != want || err != nil {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"a=", "a=x", "a=" + oid + "0", "a=%20" + oid, "a=5e00000000000000000000zz"} {
		if _, err := query(t, raw).ObjectID("a"); !complains(err, "a") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestPage(t *testing.T) {
	for raw, want := range map[string]api.Page{
		"": {Number: 1, Size: 20}, "page=3&page_size=7": {Number: 3, Size: 7}, "page=+2&page_size=%209": {Number: 2, Size: 9},
		"page=1000000&page_size=2147483647": {Number: 1_000_000, Size: 2147483647}, "page=2&page=x": {Number: 2, Size: 20},
	} {
		if got, err := query(t, raw).Page(); got != want || err != nil {
			t.Errorf("%q: %+v, %v", raw, got, err)
		}
	}
	for raw, name := range map[string]string{
		"page=": "page", "page=0": "page", "page=-1": "page", "page=x": "page", "page=1.0": "page", "page=1000001": "page",
		"page=99999999999999999999": "page", "page_size=0": "page_size", "page_size=2147483648": "page_size", "page_size=x": "page_size",
		"page=%00": "page", "page=" + strings.Repeat("9", 5000): "page",
	} {
		_, err := query(t, raw).Page()
		if !complains(err, name) || len(errs.As(err).Fields[name]) > 200 {
			t.Errorf("%.40q: %.300v", raw, err)
		}
	}
	largest := api.Page{Number: api.MaxPage, Size: 2147483647}
	if largest.Limit() != api.MaxPageSize || largest.Offset() != (api.MaxPage-1)*api.MaxPageSize {
		t.Errorf("the largest page is %d from %d", largest.Limit(), largest.Offset())
	}
	for _, c := range []struct{ size, total, want int }{{20, 5, 20}, {99999, 5, 99999}, {99999, 10000, 99999}, {99999, 10001, 10000}, {20, 10001, 20}} {
		if got := (api.Page{Number: 1, Size: c.size}).Within(c.total).Size; got != c.want {
			t.Errorf("a page of %d in a list of %d is served as one of %d", c.size, c.total, got)
		}
	}
}

// links are the addresses of the pages around a page of three of ten items.
func links(t *testing.T, q api.Query, page api.Page) (next, previous string) {
	t.Helper()
	r := &api.Request{Request: &http.Request{URL: &url.URL{Path: "/a b/", RawPath: "/a%20b/"}}, Query: q}
	res, err := api.Paginated(r, wire.NewLinks("http://portal.test", ""), page, 10, []wire.Fragment{{Text: []byte("1")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Next     string `json:"next_page"`
		Previous string `json:"previous_page"`
	}
	if err := json.Unmarshal(res.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body.Next, body.Previous
}

func TestPageLinks(t *testing.T) {
	for _, c := range []struct {
		raw            string
		page           api.Page
		next, previous string
	}{
		{"", api.Page{Number: 1, Size: 3}, "page=2&page_size=3", ""},
		{"", api.Page{Number: 4, Size: 3}, "", "page=3&page_size=3"},
		{"", api.Page{Number: 1, Size: 10}, "", ""},
		{"q=a&page_size=3&x=1&page=2", api.Page{Number: 2, Size: 3}, "q=a&page_size=3&x=1&page=3", "q=a&page_size=3&x=1&page=1"},
		{"page=2&tag=a&page=9&tag=b", api.Page{Number: 2, Size: 3}, "page=3&tag=a&tag=b&page_size=3", "page=1&tag=a&tag=b&page_size=3"},
		{"q=%C3%A9+%26%2B&=1&a", api.Page{Number: 1, Size: 3}, "q=%C3%A9+%26%2B&=1&a=&page=2&page_size=3", ""},
		{"q=%zz", api.Page{Number: 1, Size: 3}, "q=%25zz&page=2&page_size=3", ""},
	} {
		next, previous := links(t, query(t, c.raw), c.page)
		for _, x := range []struct{ got, want string }{{next, c.next}, {previous, c.previous}} {
			if x.want != "" {
				x.want = "http://portal.test/a%20b/?" + x.want
			}
			if x.got != x.want {
				t.Errorf("%q: got %q, want %q", c.raw, x.got, x.want)
			}
		}
	}
}

func TestPastTheEnd(t *testing.T) {
	r := &api.Request{Request: &http.Request{URL: &url.URL{Path: "/"}}}
	if _, err := api.Paginated(r, wire.Links{}, api.Page{Number: 2, Size: 3}, 3, nil, nil); !errs.Is(err, 404) {
		t.Errorf("a page past the end: %v", err)
	}
	res, err := api.Paginated(r, wire.Links{}, api.Page{Number: 1, Size: 3}, 0, nil, func(w *wire.Writer) {
		w.Key("facets")
		w.Null()
	})
	if want := `{"data":[],"next_page":null,"page":1,"page_size":3,"previous_page":null,"total":0,"facets":null}`; err != nil || string(res.Body) != want {
		t.Errorf("an empty list: %s, %v", res.Body, err)
	}
}

// FuzzParseQuery: nothing panics, and the address of the next page asks for
// the same list, parameter for parameter.
func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{"", "a=1&page=2", "%zz=%ff&page_size=3&page_size=4", "a=%00\xff", "=&&&=", "q=a?b;c", "page=%31"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := api.ParseQuery(raw)
		if err != nil {
			return
		}
		_, _ = q.Page()
		_, _, _ = q.Bool("a")
		_, _, _ = q.Sort("a")
		_, _ = q.ObjectID("a")
		if len(q) > 250 {
			return // page and page_size would be too many
		}
		want, done := api.Query(nil), map[string]bool{}
		values := map[string]string{"page": "2", "page_size": "3"}
		for _, p := range q {
			v, ours := values[p.Name]
			switch {
			case !ours:
				want = append(want, p)
			case !done[p.Name]:
				want = append(want, api.Pair{Name: p.Name, Value: v})
				done[p.Name] = true
			}
		}
		for _, name := range []string{"page", "page_size"} {
			if !done[name] {
				want = append(want, api.Pair{Name: name, Value: values[name]})
			}
		}
		next, _ := links(t, q, api.Page{Number: 1, Size: 3})
		_, rest, _ := strings.Cut(next, "?")
		got, err := api.ParseQuery(rest)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q leads to %q, which is %q, %v, want %q", raw, next, got, err, want)
		}
		if _, err := url.Parse(next); err != nil {
			t.Errorf("%q leads to %q: %v", raw, next, err)
		}
	})
}
