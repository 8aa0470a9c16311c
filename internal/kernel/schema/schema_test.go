package schema_test

import (
	"slices"
	"testing"

	"ouvert/internal/kernel/schema"
)

func TestField(t *testing.T) {
	m := &schema.Model{Fields: []schema.Field{{Name: "a", Type: schema.Int()}, {Name: "b", Type: schema.Bool()}}}
	if f := m.Field("b"); f == nil || f.Type.Kind != schema.Boolean {
		t.Errorf("b is %+v", f)
	}
	if m.Field("c") != nil || m.Field("") != nil {
		t.Error("a field that there is not is found")
	}
	m.Field("a").Doc = "changed"
	if m.Fields[0].Doc != "changed" {
		t.Error("the field is a copy")
	}
}

func TestTypes(t *testing.T) {
	m := &schema.Model{Name: "Thing"}
	for _, c := range []struct {
		got    schema.Type
		kind   schema.Kind
		format string
	}{
		{schema.Text(), schema.String, ""},
		{schema.Markdown(), schema.String, "markdown"},
		{schema.Time(), schema.String, "date-time"},
		{schema.Int(), schema.Integer, ""},
		{schema.Float(), schema.Number, ""},
		{schema.Bool(), schema.Boolean, ""},
		{schema.Any(), schema.Raw, ""},
		{schema.Enum("a", "b"), schema.String, ""},
		{schema.Of(m), schema.Object, ""},
		{schema.List(schema.Int()), schema.Array, ""},
	} {
		if c.got.Kind != c.kind || c.got.Format != c.format {
			t.Errorf("got %+v", c.got)
		}
	}
	if !slices.Equal(schema.Enum("a", "b").Enum, []string{"a", "b"}) || schema.Of(m).Model != m || schema.List(schema.Of(m)).Items.Model != m {
		t.Error("a type lacks what it is of")
	}
}

// TestPage is udata's page object.
func TestPage(t *testing.T) {
	p := schema.Page(&schema.Model{Name: "Reuse (read)"})
	var names, required []string
	for _, f := range p.Fields {
		names = append(names, f.Name)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	if p.Name != "ReusePage" || p.Field("data").Type.Items.Model.Name != "Reuse (read)" {
		t.Errorf("it is called %s, of %+v", p.Name, p.Field("data"))
	}
	if !slices.Equal(names, []string{"data", "next_page", "page", "page_size", "previous_page", "total"}) || !slices.Equal(required, []string{"data", "page", "page_size", "total"}) {
		t.Errorf("it has %q, required are %q", names, required)
	}
	if got := schema.Page(&schema.Model{Name: "ReuseLight"}).Name; got != "ReuseLightPage" {
		t.Errorf("another is called %s", got)
	}
}
