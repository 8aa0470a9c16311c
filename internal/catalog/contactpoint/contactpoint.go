package contactpoint

import (
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Class is the noun's class.
const Class = "ContactPoint"

// ContactPoint is whom to ask. `udata:` names the key of udata's collection
// `contact_point`.
type ContactPoint struct {
	ID          string // udata: _id
	Name        string // udata: name
	Email       string // udata: email
	ContactForm string // udata: contact_form, an address
	// Role is one of Roles; contact points from before 2025 have none.
	Role string // udata: role
	// Owner and Organization are ids; one of them is set, or none.
	Owner        string // udata: owner
	Organization string // udata: organization
}

// Roles are what a contact point may be for the data, in udata's order
// (core/contact_point/models.py).
var Roles = []string{
	"contact", "creator", "publisher", "rightsHolder", "custodian", "distributor", "originator", "principalInvestigator",
	"processor", "resourceProvider", "user",
}

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
			{Name: "role", Type: schema.Enum(Roles...), Required: true},
		},
	}
}

// write writes the contact point; user and organization are the cards of its
// owner, empty when it has none.
func (c *ContactPoint) write(user, organization wire.Fragment) wire.Fragment {
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("contact_form")
	w.StringOrNull(c.ContactForm)
	w.Key("email")
	w.StringOrNull(c.Email)
	w.Key("id")
	w.String(c.ID)
	w.Key("name")
	w.String(c.Name)
	w.Key("organization")
	w.Embed(organization)
	w.Key("owner")
	w.Embed(user)
	w.Key("role")
	w.StringOrNull(c.Role)
	w.Close('}')
	return w.Fragment()
}
