package ref

import "ouvert/internal/kernel/schema"

// BadgeModel describes a badge of any object.
var BadgeModel = &schema.Model{
	Name:   "Badge",
	Fields: []schema.Field{{Name: "kind", Type: schema.Text(), Required: true, Doc: "Which distinction it is", Example: "certified"}},
}
