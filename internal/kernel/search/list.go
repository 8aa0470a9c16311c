package search

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// List returns the ids of the objects of a table that match a text and the
// conditions of w, all of them: for lists with filters that the index does not
// know. query selects the column and ends before its conditions. They come in
// the given order, or the best match first when ranked. Without a text they are
// all that meet the conditions, in the given order.
func (ix *Index) List(ctx context.Context, class, text string, within []string, query, column string, w *db.Where, order string, ranked bool) ([]string, error) {
	if text == "" {
		return db.Strings(ctx, ix.db.Read(), query+w.String()+order, w.Args()...)
	}
	ids, err := ix.Matches(ctx, class, text, within...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	w.And(column+" IN "+ix.db.Dialect.List(), string(list))
	kept, err := db.Strings(ctx, ix.db.Read(), query+w.String()+order, w.Args()...)
	if err != nil || !ranked {
		return kept, err
	}
	there := make(map[string]bool, len(kept))
	for _, id := range kept {
		there[id] = true
	}
	kept = kept[:0]
	for _, id := range ids {
		if there[id] {
			kept = append(kept, id)
		}
	}
	return kept, nil
}

// Among returns the ids that meet conditions, for Query.Among. query selects
// them and ends before its conditions.
func (ix *Index) Among(ctx context.Context, query string, w *db.Where) ([]string, error) {
	ids, err := db.Strings(ctx, ix.db.Read(), query+w.String(), w.Args()...)
	if ids == nil {
		ids = []string{} // nil would ask nothing
	}
	return ids, err
}

// Page returns the ids of a page of a list; a limit of 0 is none.
func Page(ids []string, offset, limit int) []string {
	ids = ids[min(offset, len(ids)):]
	if limit > 0 {
		ids = ids[:min(limit, len(ids))]
	}
	return ids
}

// Documents are what is found of loaded objects.
func Documents[T any](list []T, document func(T) *Document) []*Document {
	out := make([]*Document, len(list))
	for i, x := range list {
		out[i] = document(x)
	}
	return out
}

// InOrder returns those of the objects that keep tells to keep, in the order
// of their ids. Between finding and loading, something may have been hidden.
func InOrder[T any](ids []string, byID map[string]T, keep func(T) bool) []T {
	out := make([]T, 0, len(ids))
	for _, oid := range ids {
		if x, ok := byID[oid]; ok && keep(x) {
			out = append(out, x)
		}
	}
	return out
}

// Counter is what metric.Counters.Also may be: counters of a class are those
// of its documents.
func Counter(class string) func(context.Context, *sql.Tx, string, map[string]any) error {
	return func(ctx context.Context, tx *sql.Tx, id string, values map[string]any) error {
		return Count(ctx, tx, class, id, values, time.Time{})
	}
}

// Answer answers with the page of a search that the request asks for: render
// writes the objects of the page. While not all objects have a document yet, the tables answer what they
// can: listed, unless it is nil, answers with the same page without an index.
func Answer(ctx context.Context, r *api.Request, links wire.Links, ix *Index, q Query,
	render func(ids []string) ([]wire.Fragment, error), listed func(extra func(*wire.Writer)) (*api.Response, error),
) (*api.Response, error) {
	if q.Text == "" && listed != nil {
		complete, err := ix.Complete(ctx, q.Class)
		if err != nil {
			return nil, err
		}
		if !complete {
			return listed(new(Result).Write)
		}
	}
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	if err := q.asked(r, page); err != nil {
		return nil, err
	}
	found, err := ix.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	items, err := render(found.IDs)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, links, page, found.Total, items, found.Write)
}

// Write writes what a page of a search has beside its results: `facets`, each
// a list of {name, count} that begins with "all", as udata does;
// `did_you_mean`, and `explain`, when there are such.
func (r *Result) Write(w *wire.Writer) {
	w.Key("facets")
	w.Open('{')
	for _, f := range r.Counts {
		w.Key(f.Name)
		w.Open('[')
		writeCount(w, "all", f.All)
		for _, v := range f.Values {
			writeCount(w, v.Value, v.Count)
		}
		w.Close(']')
	}
	w.Close('}')
	w.Key("did_you_mean")
	w.StringOrNull(r.Meant)
	w.Key("explain")
	if r.Reasons == nil {
		w.Null()
	} else {
		text, err := json.Marshal(r.Reasons)
		if err != nil {
			text = []byte("null") // numbers and texts, nothing to be wrong with
		}
		w.Raw(text)
	}
}

func writeCount(w *wire.Writer, name string, count int) {
	w.Open('{')
	w.Key("name")
	w.String(name)
	w.Key("count")
	w.Int(int64(count))
	w.Close('}')
}

// Fields describe what Write writes.
var Fields = []schema.Field{
	{Name: "facets", Type: schema.Any(), Doc: "How many results there are by facet: lists of `name` and `count`, the first named `all`. A facet does not heed its own filter"},
	{Name: "did_you_mean", Type: schema.Text(), Doc: "The query without a typing error, when it found little; what this finds is among the results"},
	{Name: "explain", Type: schema.Any(), Doc: "Why the results stand where they do, for sysadmins who ask with `explain=true`"},
}

// Explain is the parameter that asks for reasons.
var Explain = api.Param{Name: "explain", Type: schema.Bool(), Doc: "Sysadmins: say why the results stand where they do"}

// asked fills in what every search reads of its request beside its filters:
// the page and whether reasons are asked for.
func (q *Query) asked(r *api.Request, page api.Page) error {
	q.Limit, q.Offset, q.Now = page.Limit(), page.Offset(), r.Now
	explain, _, err := r.Query.Bool(Explain.Name)
	q.Explain = explain && r.Actor.IsSysadmin()
	return err
}
