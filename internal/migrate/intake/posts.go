package intake

import (
	"context"
	"database/sql"
	"slices"

	"ouvert/internal/catalog/post"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/ref"
)

func (r *Run) post(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	p := &post.Post{
		ID: oid, Slug: rec.Text("slug"), Name: rec.Needed("name"), Headline: rec.Text("headline"), Owner: rec.Ref("owner"),
		Kind: chosen(rec, "kind", post.Kinds), Published: rec.Time("published"), CreatedAt: rec.Created(oid, "created_at"),
	}
	p.LastModified = rec.Changed(p.CreatedAt, "last_modified")
	p.Doc = post.Doc{
		BodyType: chosen(rec, "body_type", post.BodyTypes), Content: rec.Text("content"), Blocs: blocs(rec, "blocs"), Tags: tags(rec),
		Datasets: rec.Refs("datasets"), Reuses: rec.Refs("reuses"), ImageURL: rec.Text("image_url"), Image: r.picture(rec, "image", "images"),
		CreditTo: rec.Text("credit_to"), CreditURL: rec.Text("credit_url"),
	}
	p.Doc.Kept = rec.Rest()
	it := &item{
		class: ref.Post, slug: &p.Slug, title: p.Name,
		write: func(ctx context.Context, tx *sql.Tx) error { return r.target.Posts.Import(ctx, tx, p) },
	}
	it.refer(ref.User, "its owner", p.Owner)
	it.refer(ref.Dataset, "its dataset", p.Doc.Datasets...)
	it.refer(ref.Reuse, "its reuse", p.Doc.Reuses...)
	return it, nil
}

// chosen reads one of some choices; what is none of them is taken as the
// first, udata's default, and noted.
func chosen(rec *Record, key string, choices []string) string {
	v := rec.Text(key)
	if v == "" {
		return choices[0]
	}
	if !slices.Contains(choices, v) {
		rec.Add("the %s %q is unknown, taken as %s", key, v, choices[0])
		return choices[0]
	}
	return v
}

// blocs reads the parts of a page. Those of a class that is unknown are left
// out, which is noted, and the list is kept as it was, for the day when they
// are known.
func blocs(rec *Record, key string) []bloc.Bloc {
	list, left := bloc.Import(rec.RawList(key))
	if left > 0 {
		rec.Add("%d blocs of %s are of no class that is known, left out", left, key)
		delete(rec.taken, key)
	}
	return list
}
