package organization

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// describe tells of organizations as publishers. Their IRIs have the id, which
// unlike the slug stays.
func (s *Service) describe(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]rdf.Description, error) {
	found, err := byIDs(ctx, q, ids)
	out := make(map[string]rdf.Description, len(found))
	for oid, o := range found {
		n := rdf.New(rdf.IRI(s.links.Site+"/organizations/"+oid), rdf.FOAF("Organization")).
			Add(rdf.FOAF("name"), rdf.Text(o.Name)).
			Add(rdf.RDFS("label"), rdf.Text(o.Name)).
			Add(rdf.FOAF("homepage"), rdf.Address(o.Doc.URL))
		n.Shared = true
		out[oid] = rdf.Description{Term: n.Subject, Nodes: []*rdf.Node{n}}
	}
	return out, err
}
