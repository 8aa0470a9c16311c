package discussion

import (
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

func (s *Service) model() *schema.Model {
	user, org := schema.Of(s.refs.Model(ref.User, ref.Card)), schema.Of(s.refs.Model(ref.Organization, ref.Card))
	message := &schema.Model{Name: "Message (read)", Doc: "One thing that was said.", Fields: []schema.Field{
		{Name: "content", Type: schema.Markdown(), Required: true},
		{Name: "id", Type: schema.Text(), ReadOnly: true},
		{Name: "last_modified_at", Type: schema.Time(), ReadOnly: true, Doc: "When it was last changed"},
		{Name: "permissions", Type: schema.Of(permissions("DiscussionMessagePermissions", "delete", "edit")), ReadOnly: true},
		{Name: "posted_by", Type: user, ReadOnly: true, Doc: "Who said it"},
		{Name: "posted_by_organization", Type: org, ReadOnly: true, Doc: "In whose name, if not their own"},
		{Name: "posted_on", Type: schema.Time(), ReadOnly: true, Required: true},
	}}
	return &schema.Model{Name: "Discussion (read)", Doc: "What was said about an object.", Fields: []schema.Field{
		{Name: "closed", Type: schema.Time(), ReadOnly: true, Doc: "When it was closed"},
		{Name: "closed_by", Type: user, ReadOnly: true},
		{Name: "closed_by_organization", Type: org, ReadOnly: true},
		{Name: "created", Type: schema.Time(), ReadOnly: true, Required: true},
		{Name: "discussion", Type: schema.List(schema.Of(message)), ReadOnly: true, Doc: "What was said, in this order"},
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
		{Name: "organization", Type: org, Doc: "In whose name it was opened, if not a person's own"},
		{Name: "permissions", Type: schema.Of(permissions("DiscussionPermissions", "close", "delete", "edit")), ReadOnly: true},
		{Name: "self_web_url", Type: schema.Text(), ReadOnly: true, Doc: "Where it is read"},
		{Name: "subject", Type: schema.Of(ref.ReferenceModel), Required: true, Doc: "What it is about"},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "url", Type: schema.Text(), ReadOnly: true, Doc: "The discussion in this API"},
		{Name: "user", Type: user, ReadOnly: true, Doc: "Who opened it"},
	}}
}

func permissions(name string, names ...string) *schema.Model {
	m := &schema.Model{Name: name, Doc: "What the caller may do with it."}
	for _, n := range names {
		m.Fields = append(m.Fields, schema.Field{Name: n, Type: schema.Bool()})
	}
	return m
}

var (
	organizationField = schema.Field{Name: "organization", Type: schema.Text(), Doc: "An organization of the caller in whose name they speak: its id, or an object with an id"}
	commentField      = schema.Field{Name: "comment", Type: schema.Markdown(), Required: true, Doc: "What is said, at most 50000 characters", Example: "Which licence is it?"}

	startModel = &schema.Model{Name: "DiscussionStart", Fields: []schema.Field{
		commentField,
		{Name: "extras", Type: schema.Any(), Doc: "The client's own members"},
		organizationField,
		{Name: "subject", Type: schema.Of(ref.ReferenceModel), Required: true, Doc: "What it is about"},
		{Name: "title", Type: schema.Text(), Required: true, Example: "A question"},
	}}
	answerModel = &schema.Model{Name: "DiscussionResponse", Fields: []schema.Field{
		{Name: "close", Type: schema.Bool(), Doc: "Close the discussion"},
		{Name: "comment", Type: schema.Markdown(), Doc: "What is said; may be missing when the discussion is closed", Example: "It is the Open Licence."},
		organizationField,
	}}
	editModel        = &schema.Model{Name: "DiscussionEdit", Fields: []schema.Field{{Name: "title", Type: schema.Text(), Required: true, Example: "Another title"}}}
	editCommentModel = &schema.Model{Name: "DiscussionEditComment", Fields: []schema.Field{commentField}}
)
