package contactpoint

import "ouvert/internal/kernel/schema"

func model(user, organization *schema.Model) *schema.Model {
	return &schema.Model{
		Name: "ContactPoint (read)",
		Doc:  "Whom to ask about the data.",
		Fields: []schema.Field{
			{Name: "contact_form", Type: schema.Text(), Doc: "The address of a form to write to"},
			{Name: "email", Type: schema.Text()},
			{Name: "id", Type: schema.Text(), ReadOnly: true, Required: true},
			{Name: "name", Type: schema.Text(), Required: true},
			{Name: "organization", Type: schema.Of(organization)},
			{Name: "owner", Type: schema.Of(user)},
			{Name: "role", Type: schema.Enum(roleIDs...), Required: true},
		},
	}
}

var writeModel = &schema.Model{
	Name: "ContactPoint (write)",
	Doc:  "Whom to ask about the data.",
	Fields: []schema.Field{
		{Name: "contact_form", Type: schema.Text(), Doc: "The address of a form to write to", Example: "https://www.example.com/contact"},
		{Name: "email", Type: schema.Text(), Doc: "At most 255 characters; a contact has this or a form", Example: "data@example.com"},
		{Name: "name", Type: schema.Text(), Required: true, Doc: "At most 255 characters, without addresses", Example: "Data team"},
		{Name: "organization", Type: schema.Text(), Doc: "The id of an organization of the caller's. Later, only sysadmins change it"},
		{Name: "owner", Type: schema.Text(), Doc: "The caller's own id, the default. Later, only sysadmins change it"},
		{Name: "role", Type: schema.Enum(roleIDs...), Required: true, Doc: "What it is for the data", Example: "contact"},
	},
}

var roleModel = &schema.Model{
	Name: "ContactPointRoles",
	Doc:  "What a contact point may be for the data.",
	Fields: []schema.Field{
		{Name: "id", Type: schema.Text(), Doc: "What a contact point has as its role", Example: "contact"},
		{Name: "label", Type: schema.Text(), Doc: "Its name in the language of the answer", Example: "Contact"},
	},
}
