package ref

import "ouvert/internal/kernel/schema"

// BadgeModel describes a badge of any object.
var BadgeModel = &schema.Model{
	Name:   "Badge",
	Fields: []schema.Field{{Name: "kind", Type: schema.Text(), Required: true, Doc: "Which distinction it is", Example: "certified"}},
}

// ReferenceModel describes what names an object of any class.
var ReferenceModel = &schema.Model{
	Name: "ModelReference",
	Fields: []schema.Field{
		{Name: "class", Type: schema.Text(), Required: true, Doc: "The object's class", Example: "Reuse"},
		{Name: "id", Type: schema.Text(), Required: true, Doc: "The object's id", Example: "5e00000000000000000000c9"},
	},
}
