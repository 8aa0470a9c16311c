package dataservice

import (
	"cmp"
	"context"
	"database/sql"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// SetIndex tells where dataservices are searched.
func (s *Service) SetIndex(ix *search.Index) {
	s.index = ix
	ix.Register(search.Source{Class: ref.Dataservice, Documents: func(ctx context.Context, q db.Querier, after string, limit int) ([]*search.Document, error) {
		var list []*Dataservice
		byID := map[string]*Dataservice{}
		err := db.Each(ctx, q, "SELECT "+columns+" FROM dataservice WHERE id > $1 ORDER BY id LIMIT $2", []any{after, limit}, func(rows *sql.Rows) error {
			d, err := scan(rows)
			if err == nil {
				list, byID[d.ID] = append(list, d), d
			}
			return err
		})
		if err == nil {
			err = loadDatasets(ctx, q, byID)
		}
		return search.Documents(list, (*Dataservice).document), err
	}})
}

// document is what is found of the dataservice; its datasets must be loaded.
func (d *Dataservice) document() *search.Document {
	x := &search.Document{
		Class: ref.Dataservice, ID: d.ID, Title: d.Title, Acronym: d.Acronym, Tags: d.Doc.Tags, Description: d.Doc.Description,
		Links:  append([]string{d.Organization}, d.Datasets...),
		Public: !d.Private && d.Deleted.IsZero(), Featured: d.Featured != nil && *d.Featured, Archived: !d.Archived.IsZero(),
		Created: d.CreatedAt, Updated: d.LastModified, Counts: d.Counts,
	}
	x.Key("owner", d.Owner)
	x.Key("organization", d.Organization)
	x.Key("access_type", cmp.Or(d.Doc.Access.Type, accessOpen))
	x.Key("tag", d.Doc.Tags...)
	for _, b := range d.Doc.Badges {
		x.Key("badge", b.Kind)
	}
	x.State(search.Public, x.Public)
	x.State(search.Seen, d.Visible())
	x.State(search.Featured, x.Featured)
	x.State(search.Archived, x.Archived)
	return x
}

// ids returns those of a list whose conditions are w. With a text the best
// match comes first unless the list is sorted.
func (s *Service) ids(ctx context.Context, f Filter, scope Scope, a *auth.Actor, w *db.Where) ([]string, error) {
	within := []string{search.Seen}
	if scope == Listed {
		within = search.Within(a, search.Seen)
	}
	return s.index.List(ctx, ref.Dataservice, f.Query, within, "SELECT d.id FROM dataservice d", "d.id", w, f.sorted().Order(), f.Sort == "")
}

// inOrder loads dataservices in the order of their ids, those that keep tells
// to.
func (s *Service) inOrder(ctx context.Context, ids []string, keep func(*Dataservice) bool) ([]*Dataservice, error) {
	found, err := byIDs(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	return search.InOrder(ids, found, keep), nil
}

// facets are those of udata's search, in its order.
var facets = []search.Facet{
	{Name: "access_type", Key: "access_type"},
	{Name: "producer_type", Key: "producer_type"},
	{Name: "organization_id_with_name", Key: "organization"},
	{Name: "tag", Key: "tag"},
	{Name: "badge", Key: "badge"},
	{Name: "last_update", Key: search.LastUpdate},
}

// query is the filter for the index, among what everybody finds.
func (f Filter) query() search.Query {
	q := search.Query{
		Class: ref.Dataservice, Text: f.Query, Within: []string{search.Seen}, Facets: facets, Sort: f.Sort, Descending: f.Descending,
	}
	q.Where("organization", f.Organization)
	q.Where("access_type", f.AccessType)
	q.WhereExtra("producer_type", f.ProducerType)
	q.WhereTopic(f.Topic)
	for _, t := range f.Tags {
		q.Where("tag", t)
	}
	q.WhereIs(search.Featured, f.Featured)
	q.WhereIs(search.Archived, f.Archived)
	return q
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query)
	if err == nil {
		f.Topic, err = s.topic(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	q := f.query()
	q.Since = search.Since(f.UpdateRange, r.Now)
	var listed func(func(*wire.Writer)) (*api.Response, error)
	if f.ProducerType == "" && f.UpdateRange == "" { // the tables know all the rest
		listed = func(extra func(*wire.Writer)) (*api.Response, error) { return s.page(ctx, r, f, Seen, extra) }
	}
	return search.Answer(ctx, r, s.links, s.index, q,
		func(ids []string) ([]wire.Fragment, error) { return s.forms(ctx, ids) }, listed)
}
