package swagger_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/swagger"
	"ouvert/internal/kernel/swagger/swaggertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestDocumentGolden(t *testing.T) {
	golden(t, "swagger.json", swagger.Document(routes(), options))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s has changed; if you meant it, run the test with -update (-want +got):\n%s", name, diff)
	}
}

func TestDocumentIsValid(t *testing.T) {
	for _, base := range []string{"/api/1", "/api/2"} {
		o := options
		o.BasePath = base
		if err := swaggertest.Validate(swagger.Document(routes(), o)); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestDocumentDoesNotDependOnOrderWithinATag(t *testing.T) {
	want := swagger.Document(routes(), options)
	turned := routes()
	slices.Reverse(turned[:10]) // all of them "reuses"
	if got := swagger.Document(turned, options); !bytes.Equal(got, want) {
		t.Error("another order gives another document")
	}
}

func TestDocumentLeavesOtherPathsOut(t *testing.T) {
	var doc struct {
		BasePath, Host string
		Paths          map[string]map[string]struct{ OperationID string }
	}
	o := options
	o.BasePath = "/api/2"
	if err := json.Unmarshal(swagger.Document(routes(), o), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Paths) != 1 || doc.Paths["/reuses/"]["get"].OperationID != "list_reuses" || doc.BasePath != "/api/2" || doc.Host != "" {
		t.Errorf("got %+v", doc)
	}
}

func TestDocumentPanics(t *testing.T) {
	get := func(r api.Route) []*api.Route {
		r.Method, r.Path, r.ID, r.Tag, r.Summary, r.Access = "GET", "/api/1/x/", "x", "x", "X", api.Anyone
		return []*api.Route{&r}
	}
	one := schema.Of(&schema.Model{Name: "One", Fields: []schema.Field{{Name: "a", Type: schema.Text()}}})
	other := schema.Of(&schema.Model{Name: "One", Fields: []schema.Field{{Name: "a", Type: schema.Int()}}})
	for name, routes := range map[string][]*api.Route{
		"two models are called One": get(api.Route{Result: schema.Of(&schema.Model{Name: "Two", Fields: []schema.Field{
			{Name: "one", Type: one}, {Name: "other", Type: other},
		}})}),
		"has no name":          get(api.Route{Result: schema.Of(&schema.Model{Name: "Two", Fields: []schema.Field{{Name: "one", Type: schema.Of(&schema.Model{})}}})}),
		"two fields called a":  get(api.Route{Result: schema.Of(&schema.Model{Name: "One", Fields: []schema.Field{{Name: "a"}, {Name: "a"}}})}),
		"a JSON body and a":    get(api.Route{Body: one.Model, Form: []schema.Field{{Name: "file", Type: schema.Type{Kind: schema.File}}}}),
		"success, 200, as an":  get(api.Route{Errors: map[int]string{200: "Fine"}}),
		"unsupported type: ch": get(api.Route{Query: []api.Param{{Name: "a", Default: make(chan int)}}}),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(strings.ReplaceAll(text, "two different", "two"), name) {
					t.Errorf("panicked with %q", text)
				}
			}()
			swagger.Document(routes, options)
		})
	}
}

func TestModelsMadeTwiceAreOne(t *testing.T) {
	list := []*api.Route{
		{Method: "GET", Path: "/api/1/a/", ID: "a", Tag: "x", Summary: "A", Access: api.Anyone, Result: schema.Of(schema.Page(reuse))},
		{Method: "GET", Path: "/api/1/b/", ID: "b", Tag: "x", Summary: "B", Access: api.Anyone, Result: schema.Of(schema.Page(reuse))},
	}
	if err := swaggertest.Validate(swagger.Document(list, options)); err != nil {
		t.Error(err)
	}
}

func TestSample(t *testing.T) {
	const now = "2024-09-15T09:33:10.635Z"
	dataset := map[string]any{"title": "text", "contact": "someone@example.org", "since": "2024-09-15", "series": []any{}}
	for _, c := range []struct {
		name string
		t    schema.Type
		want any
	}{
		{"text", schema.Text(), "text"},
		{"markdown", schema.Markdown(), "text"},
		{"time", schema.Time(), now},
		{"uri", schema.Type{Kind: schema.String, Format: "uri"}, "https://example.org/"},
		{"int", schema.Int(), 1},
		{"float", schema.Float(), 1.5},
		{"bool", schema.Bool(), false},
		{"enum", schema.Enum("b", "a"), "b"},
		{"any", schema.Any(), map[string]any{}},
		{"list", schema.List(schema.Text()), []any{"text"}},
		{"list of nothing", schema.Type{Kind: schema.Array}, []any{}},
		{"object of nothing", schema.Type{Kind: schema.Object}, map[string]any{}},
		{"recursion is cut", schema.Of(recursive()), dataset},
		{"examples go first", schema.Of(uploaded), map[string]any{"image": "text", "success": true}},
		{"nested", schema.Of(reuse), map[string]any{
			"badges": []any{map[string]any{"kind": "text"}}, "created_at": now, "datasets": []any{dataset}, "description": "text",
			"extras": map[string]any{}, "featured": false, "id": "text", "metrics": map[string]any{"followers": 3, "views": 12},
			"owner": map[string]any{"class": "text", "id": "text", "first_name": "text", "last_name": "text"}, "score": 1.5,
			"tags": []any{"text"}, "title": "text", "topic": "health", "type": "api", "url": "text",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, swagger.Sample(c.t)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
