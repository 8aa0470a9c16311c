package user

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// describe tells of people as publishers.
func (s *Service) describe(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]rdf.Description, error) {
	found, err := byIDs(ctx, q, ids)
	out := make(map[string]rdf.Description, len(found))
	for oid, u := range found {
		n := rdf.New(rdf.IRI(u.page(s.links)), rdf.FOAF("Person")).
			Add(rdf.FOAF("name"), rdf.Text(u.FullName())).
			Add(rdf.RDFS("label"), rdf.Text(u.FullName())).
			Add(rdf.FOAF("homepage"), rdf.Address(u.Doc.Website))
		n.Shared = true
		out[oid] = rdf.Description{Term: n.Subject, Nodes: []*rdf.Node{n}}
	}
	return out, err
}
