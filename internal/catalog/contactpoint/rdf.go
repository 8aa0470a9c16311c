package contactpoint

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// roles are the properties under which data names who is something to it
// (GeoDCAT-AP). A contact without a role is whom to ask.
var roles = map[string]rdf.Name{
	"contact":               rdf.DCAT("contactPoint"),
	"creator":               rdf.DCT("creator"),
	"publisher":             rdf.DCT("publisher"),
	"rightsHolder":          rdf.DCT("rightsHolder"),
	"custodian":             rdf.GeoDCAT("custodian"),
	"distributor":           rdf.GeoDCAT("distributor"),
	"originator":            rdf.GeoDCAT("originator"),
	"principalInvestigator": rdf.GeoDCAT("principalInvestigator"),
	"processor":             rdf.GeoDCAT("processor"),
	"resourceProvider":      rdf.GeoDCAT("resourceProvider"),
	"user":                  rdf.GeoDCAT("user"),
}

// describe tells of contact points: whom to ask as a vCard, all others as
// agents.
func (s *Service) describe(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]rdf.Description, error) {
	found, err := byIDs(ctx, q, ids)
	out := make(map[string]rdf.Description, len(found))
	for oid, c := range found {
		as, ok := roles[c.Role]
		if !ok {
			as = roles["contact"]
		}
		subject := rdf.IRI(s.links.API + "/api/1/contacts/" + oid + "/")
		var mail rdf.Term
		if c.Email != "" {
			mail = rdf.Address("mailto:" + c.Email)
		}
		var n *rdf.Node
		if as == roles["contact"] {
			n = rdf.New(subject, rdf.VCard("Kind")).Add(rdf.VCard("fn"), rdf.OrNothing(c.Name)).
				Add(rdf.VCard("hasEmail"), mail).Add(rdf.VCard("hasUrl"), rdf.Address(c.ContactForm))
		} else {
			n = rdf.New(subject, rdf.FOAF("Agent")).Add(rdf.FOAF("name"), rdf.Text(c.Name)).
				Add(rdf.FOAF("mbox"), mail).Add(rdf.FOAF("page"), rdf.Address(c.ContactForm))
		}
		n.Shared = true
		out[oid] = rdf.Description{Term: subject, As: as, Nodes: []*rdf.Node{n}}
	}
	return out, err
}
