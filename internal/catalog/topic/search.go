package topic

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// SetIndex tells where topics are searched.
func (s *Service) SetIndex(ix *search.Index) {
	s.index = ix
	ix.Register(search.Source{Class: ref.Topic, Documents: func(ctx context.Context, q db.Querier, after string, limit int) ([]*search.Document, error) {
		ids, err := db.Strings(ctx, q, "SELECT id FROM topic WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
		if err != nil {
			return nil, err
		}
		return documents(ctx, q, ids)
	}})
}

// index writes the documents of topics.
func index(ctx context.Context, tx *sql.Tx, ids ...string) error {
	list, err := documents(ctx, tx, ids)
	if err != nil {
		return err
	}
	return search.Write(ctx, tx, list...)
}

// documents are what is found of topics, in the order of ids: what they say of
// themselves and of what they hold.
func documents(ctx context.Context, q db.Querier, ids []string) ([]*search.Document, error) {
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	elements := map[string][]*Element{}
	err = db.EachIn(ctx, q, "SELECT "+elementColumns+" FROM topic_element WHERE topic IN {ids} ORDER BY topic, id", ids, func(rows *sql.Rows) error {
		e, err := scanElement(rows)
		if err == nil {
			elements[e.Topic] = append(elements[e.Topic], e)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*search.Document, 0, len(ids))
	for _, oid := range ids {
		if t := found[oid]; t != nil {
			out = append(out, t.document(elements[oid]))
		}
	}
	return out, nil
}

func (t *Topic) document(elements []*Element) *search.Document {
	d := &search.Document{
		Class: ref.Topic, ID: t.ID, Title: t.Name, Tags: t.Doc.Tags, Description: t.Doc.Description, Links: []string{t.Organization},
		Public: !t.private(), Featured: t.Featured, Created: t.CreatedAt, Updated: t.LastModified,
	}
	for _, e := range elements {
		d.Links = append(d.Links, e.Object.ID)
		for _, text := range []string{e.Doc.Title, e.Doc.Description} {
			if text != "" {
				d.Description += "\n\n" + text
			}
		}
	}
	d.Key("owner", t.Owner)
	d.Key("organization", t.Organization)
	d.Key("tag", t.Doc.Tags...)
	d.State(search.Public, d.Public)
	d.State(search.Featured, d.Featured)
	return d
}

// facets are those of udata's search, in its order.
var facets = []search.Facet{
	{Name: "tag", Key: "tag"},
	{Name: "organization_id_with_name", Key: "organization"},
	{Name: "producer_type", Key: "producer_type"},
	{Name: "last_update", Key: search.LastUpdate},
}

// searchSort is what the index calls the keys of `sort`.
var searchSort = map[string]string{"name": "title", "created": "created", "last_modified": "updated"}

// query is the filter for the index.
func (f Filter) query(a *auth.Actor) search.Query {
	q := search.Query{
		Class: ref.Topic, Text: f.Query, Within: search.Within(a, search.Public), Facets: facets, Since: f.Since,
		Sort: searchSort[f.Sort], Descending: f.Descending,
	}
	q.Where("owner", f.Owner)
	q.Where("organization", f.Organization)
	q.Where("producer_type", f.Producer)
	for _, t := range f.Tags {
		q.Where("tag", t)
	}
	q.WhereIs(search.Featured, f.Featured)
	return q
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query, r.Now)
	if err != nil {
		return nil, err
	}
	return search.Answer(ctx, r, s.links, s.index, f.query(r.Actor),
		func(ids []string) ([]wire.Fragment, error) {
			found, err := byIDs(ctx, s.db.Read(), ids)
			if err != nil {
				return nil, err
			}
			return s.rendered(ctx)(search.InOrder(ids, found, func(t *Topic) bool { return !t.private() || r.Actor.CanReadHidden(t.Owned()) }))
		},
		func(extra func(*wire.Writer)) (*api.Response, error) { return s.page(ctx, r, f, extra) })
}
