package contactpoint

import (
	"ouvert/internal/kernel/auth"
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
	// Role is the id of one of Roles; contact points from before 2025 have
	// none.
	Role string // udata: role
	// Owner and Organization are ids; one of them is set, or none.
	Owner        string // udata: owner
	Organization string // udata: organization
}

// Role is what a contact point is for the data. Label is its English name, a
// message id.
type Role struct{ ID, Label string }

// roleContact is the only role that must be reachable.
const roleContact = "contact"

// Roles are udata's, in its order (core/contact_point/models.py).
var Roles = []Role{
	{roleContact, "Contact"},
	{"creator", "Creator"},
	{"publisher", "Publisher"},
	{"rightsHolder", "Rights Holder"},
	{"custodian", "Custodian"},
	{"distributor", "Distributor"},
	{"originator", "Originator"},
	{"principalInvestigator", "Principal Investigator"},
	{"processor", "Processor"},
	{"resourceProvider", "Resource Provider"},
	{"user", "User"},
}

var roleIDs = func() []string {
	ids := make([]string, len(Roles))
	for i, r := range Roles {
		ids[i] = r.ID
	}
	return ids
}()

// Owned says whose the contact point is.
func (c *ContactPoint) Owned() auth.Owned {
	return auth.Owned{ID: c.ID, Owner: c.Owner, Organization: c.Organization}
}

// alike tells whether two contact points say the same.
func (c *ContactPoint) alike(b *ContactPoint) bool {
	x, y := *c, *b
	x.ID, y.ID = "", ""
	return x == y
}

// write writes the contact point; user and organization are the cards of its
// owner, empty when it has none.
func (c *ContactPoint) write(user, organization wire.Fragment) wire.Fragment {
	return c.form(func(w *wire.Writer) {
		w.Key("organization")
		w.Embed(organization)
		w.Key("owner")
		w.Embed(user)
	})
}

// short is the form of lists that nobody asked more of: whose they are is
// known there.
func (c *ContactPoint) short() wire.Fragment { return c.form(func(*wire.Writer) {}) }

func (c *ContactPoint) form(whose func(w *wire.Writer)) wire.Fragment {
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
	whose(w)
	w.Key("role")
	w.StringOrNull(c.Role)
	w.Close('}')
	return w.Fragment()
}
