// Package schema describes the JSON that the API speaks, as Go values.
//
// One description of an object serves three readers: the Swagger document,
// the field masks (which must know what may be nested) and the tests that
// hold the wire form against its description.
package schema

import "strings"

// Kind is the JSON shape of a value.
type Kind int

// The kinds. Raw is an object whose members are not described (`extras`,
// `metrics`).
const (
	String Kind = iota
	Integer
	Number
	Boolean
	Raw
	Object
	Array
	File
)

// Type is the type of a value.
type Type struct {
	Kind Kind
	// Format is Swagger's: "date-time", "date", "markdown", "email" …
	Format string
	// Items is the type of the members of an Array.
	Items *Type
	// Model describes an Object.
	Model *Model
	// Enum lists the allowed values of a String.
	Enum []string
}

// Field is a member of an object.
type Field struct {
	Name     string
	Type     Type
	Doc      string
	Required bool
	// ReadOnly fields are answered and, when sent, ignored.
	ReadOnly bool
	// OnRequest fields are answered only when the client's mask (X-Fields) asks
	// for them: they cost more than most readers want to pay.
	OnRequest bool
	Example   any
}

// Model is a named object.
type Model struct {
	// Name is the definition's name in the Swagger document, udata's own
	// where udata has it.
	Name   string
	Doc    string
	Fields []Field
}

// Field returns the named member, or nil.
func (m *Model) Field(name string) *Field {
	for i := range m.Fields {
		if m.Fields[i].Name == name {
			return &m.Fields[i]
		}
	}
	return nil
}

// Text is a string.
func Text() Type { return Type{Kind: String} }

// Markdown is a string in CommonMark.
func Markdown() Type { return Type{Kind: String, Format: "markdown"} }

// Time is an instant, RFC 3339 with an offset.
func Time() Type { return Type{Kind: String, Format: "date-time"} }

// Int is a whole number.
func Int() Type { return Type{Kind: Integer} }

// Float is a number.
func Float() Type { return Type{Kind: Number} }

// Bool is true or false.
func Bool() Type { return Type{Kind: Boolean} }

// Any is an object with members of the client's own.
func Any() Type { return Type{Kind: Raw} }

// Enum is one of the given strings.
func Enum(values ...string) Type { return Type{Kind: String, Enum: values} }

// Of is an object.
func Of(m *Model) Type { return Type{Kind: Object, Model: m} }

// List is an array.
func List(items Type) Type { return Type{Kind: Array, Items: &items} }

// Page is udata's page object around a list of m.
func Page(m *Model) *Model {
	return &Model{
		Name: strings.TrimSuffix(m.Name, " (read)") + "Page",
		Doc:  "A page of a list.",
		Fields: []Field{
			{Name: "data", Type: List(Of(m)), Doc: "The items of this page", Required: true},
			{Name: "next_page", Type: Text(), Doc: "The next page's address, null on the last"},
			{Name: "page", Type: Int(), Doc: "The number of this page, from 1", Required: true, Example: 1},
			{Name: "page_size", Type: Int(), Doc: "How many items a page holds", Required: true, Example: 20},
			{Name: "previous_page", Type: Text(), Doc: "The previous page's address, null on the first"},
			{Name: "total", Type: Int(), Doc: "How many items there are in all", Required: true, Example: 1},
		},
	}
}
