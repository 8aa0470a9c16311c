package organization

import (
	"context"
	"slices"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// SetIndex tells where organizations are searched.
func (s *Service) SetIndex(ix *search.Index) {
	s.index = ix
	ix.Register(search.Source{Class: ref.Organization, Documents: func(ctx context.Context, q db.Querier, after string, limit int) ([]*search.Document, error) {
		list, err := load(ctx, q, "SELECT "+columns+" FROM organization WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
		return search.Documents(list, (*Organization).document), err
	}})
}

// document is what is found of the organization.
func (o *Organization) document() *search.Document {
	d := &search.Document{
		Class: ref.Organization, ID: o.ID, Title: o.Name, Acronym: o.Acronym, Description: o.Doc.Description,
		Public: o.Deleted.IsZero(), Created: o.CreatedAt, Updated: o.LastModified, Counts: o.Counts,
	}
	for _, b := range o.Badges {
		d.Key("badge", b.Kind)
	}
	d.State(search.Public, d.Public)
	return d
}

// everybody are the keys of what lists hold, for whoever asks.
var everybody = []string{search.Public}

// ids returns those of a list. With a text the best match comes first unless
// the list is sorted.
func (s *Service) ids(ctx context.Context, f Filter) ([]string, error) {
	return s.index.List(ctx, ref.Organization, f.Query, everybody, "SELECT o.id FROM organization o", "o.id", f.where(), f.order(), f.Sort == "")
}

// inOrder loads organizations in the order of their ids.
func (s *Service) inOrder(ctx context.Context, ids []string) ([]*Organization, error) {
	found := make(map[string]*Organization, len(ids))
	for part := range slices.Chunk(ids, 500) {
		in, args := db.In(1, part)
		list, err := load(ctx, s.db.Read(), "SELECT "+columns+" FROM organization WHERE id IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			found[o.ID] = o
		}
	}
	return search.InOrder(ids, found, func(o *Organization) bool { return o.Deleted.IsZero() }), nil
}

// query is the filter for the index.
func (f Filter) query() search.Query {
	q := search.Query{
		Class: ref.Organization, Text: f.Query, Within: everybody, Facets: facets, Sort: f.Sort, Descending: f.Descending,
	}
	q.Where("badge", f.Badge)
	q.Where("producer_type", f.ProducerType)
	return q
}

// facets are those of udata's search.
var facets = []search.Facet{{Name: "producer_type", Key: "producer_type"}}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query)
	if err != nil {
		return nil, err
	}
	q := f.query()
	if f.Name != "" || f.BusinessNumberID != "" {
		if q.Among, err = s.index.Among(ctx, "SELECT o.id FROM organization o", f.where()); err != nil {
			return nil, err
		}
	}
	return search.Answer(ctx, r, s.links, s.index, q,
		func(ids []string) ([]wire.Fragment, error) {
			list, err := s.inOrder(ctx, ids)
			if err != nil {
				return nil, err
			}
			return s.render(ctx, r.Actor, r.Lang.T, list, r.Asks("data", "presentation_blocs"))
		},
		func(extra func(*wire.Writer)) (*api.Response, error) { return s.page(ctx, r, f, extra) })
}
