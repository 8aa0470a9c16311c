package swagger

import (
	"bytes"
	"net/url"
	"slices"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/schema"
)

// errorModel is the body of every answer of 400 and above, see package errs.
var errorModel = &schema.Model{
	Name: "Error",
	Doc:  "What an answer other than success says.",
	Fields: []schema.Field{
		{Name: "message", Type: schema.Text(), Required: true, Doc: "What went wrong, for people to read"},
		{Name: "errors", Type: schema.Any(), Doc: "What is wrong with which field or parameter, by its name"},
		{Name: "request_id", Type: schema.Text(), Doc: "The request's id in the portal's logs, on 500 and above"},
	},
}

// node is a schema object, and the type of a parameter.
type node struct {
	Ref         string           `json:"$ref,omitempty"`
	AllOf       []*node          `json:"allOf,omitempty"`
	Type        string           `json:"type,omitempty"`
	Format      string           `json:"format,omitempty"`
	Description string           `json:"description,omitempty"`
	Enum        []string         `json:"enum,omitempty"`
	Items       *node            `json:"items,omitempty"`
	ReadOnly    bool             `json:"readOnly,omitempty"`
	Example     any              `json:"example,omitempty"`
	Required    []string         `json:"required,omitempty"`
	Properties  map[string]*node `json:"properties,omitempty"`
}

// ref points to a definition. udata's names hold spaces and parentheses,
// "Reuse (read)", which a reference escapes as any URI does.
func ref(m *schema.Model) *node {
	if m.Name == "" {
		panic("swagger: a model has no name")
	}
	return &node{Ref: "#/definitions/" + url.PathEscape(m.Name)}
}

// describe is the schema of a type. An object without a model is like a Raw
// one.
func describe(t schema.Type) *node {
	switch t.Kind {
	case schema.Object:
		if t.Model != nil {
			return ref(t.Model)
		}
		return &node{Type: "object"}
	case schema.Array:
		items := &node{Type: "object"}
		if t.Items != nil {
			items = describe(*t.Items)
		}
		return &node{Type: "array", Items: items}
	case schema.File:
		return &node{Type: "string", Format: "binary"}
	default:
		return &node{Type: kindNames[t.Kind], Format: t.Format, Enum: t.Enum}
	}
}

var kindNames = map[schema.Kind]string{
	schema.String:  "string",
	schema.Integer: "integer",
	schema.Number:  "number",
	schema.Boolean: "boolean",
	schema.Raw:     "object",
	schema.Object:  "object",
	schema.Array:   "array",
	schema.File:    "file",
}

func definition(m *schema.Model) *node {
	d := &node{Type: "object", Description: m.Doc, Properties: map[string]*node{}}
	for _, f := range m.Fields {
		if d.Properties[f.Name] != nil {
			panic("swagger: the model " + m.Name + " has two fields called " + f.Name)
		}
		n := describe(f.Type)
		if n.Ref != "" && (f.Doc != "" || f.ReadOnly || f.Example != nil) {
			n = &node{AllOf: []*node{n}} // what stands beside a $ref is ignored
		}
		n.Description, n.ReadOnly, n.Example = f.Doc, f.ReadOnly, f.Example
		d.Properties[f.Name] = n
		if f.Required {
			d.Required = append(d.Required, f.Name)
		}
	}
	return d
}

// reached returns the models that the routes speak of, by name. It panics
// when two of a name differ: a document can hold only one of them.
func reached(routes []*api.Route) map[string]*schema.Model {
	c := collector{byName: map[string]*schema.Model{}, seen: map[*schema.Model]bool{}}
	for _, r := range routes {
		if r.Body != nil {
			c.add(schema.Of(r.Body))
		}
		if answers(r) && r.Produces == "" {
			c.add(r.Result)
		}
		if slices.ContainsFunc(otherStatuses(r), func(s statusDoc) bool { return s.Code >= 400 }) {
			c.add(schema.Of(errorModel))
		}
	}
	return c.byName
}

type collector struct {
	byName map[string]*schema.Model
	seen   map[*schema.Model]bool
}

func (c *collector) add(t schema.Type) {
	switch {
	case t.Kind == schema.Array && t.Items != nil:
		c.add(*t.Items)
	case t.Kind == schema.Object && t.Model != nil:
		m := t.Model
		if c.seen[m] {
			return
		}
		c.seen[m] = true
		if other := c.byName[m.Name]; other == nil {
			c.byName[m.Name] = m
		} else if a, b := encode(definition(other), " "), encode(definition(m), " "); !bytes.Equal(a, b) {
			panic("swagger: two different models are called " + m.Name + ":\n" + string(a) + string(b))
		}
		for _, f := range m.Fields {
			c.add(f.Type)
		}
	}
}
