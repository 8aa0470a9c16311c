package license

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/rdf"
	"ouvert/internal/kernel/ref"
)

// describe names licences: by their address, or by their title when they have
// none. Nothing more is told of them.
func (s *Service) describe(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]rdf.Description, error) {
	found, err := byIDs(ctx, q, ids)
	out := make(map[string]rdf.Description, len(found))
	for id, l := range found {
		term := rdf.Address(l.Doc.URL)
		if term.IsZero() {
			term = rdf.Text(l.Title)
		}
		out[id] = rdf.Description{Term: term}
	}
	return out, err
}
