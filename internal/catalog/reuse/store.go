package reuse

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var slugs = permalink.Table{Name: "reuse", Class: ref.Reuse}

const (
	columns = `id, slug, title, type, topic, url, urlhash, owner, organization, private, featured, created_at,
	last_modified, archived, deleted, metric_datasets, metric_followers, metric_views, metrics, doc, revision`
	inserted     = columns + ", title_plain"
	insertedSize = 22
)

func scan(row interface{ Scan(...any) error }) (*Reuse, error) {
	r := &Reuse{}
	var doc string
	var featured sql.NullBool
	var datasets, followers, views int64
	err := row.Scan(&r.ID, &r.Slug, &r.Title, &r.Type, db.Text{S: &r.Topic}, &r.URL, &r.URLHash, db.Text{S: &r.Owner},
		db.Text{S: &r.Organization}, &r.Private, &featured, db.Time{T: &r.CreatedAt}, db.Time{T: &r.LastModified},
		db.Time{T: &r.Archived}, db.Time{T: &r.Deleted}, &datasets, &followers, &views, &r.Metrics, &doc, &r.Revision)
	if err != nil {
		return nil, err
	}
	if featured.Valid {
		r.Featured = &featured.Bool
	}
	r.Counts = map[string]int64{"datasets": datasets, "followers": followers, "views": views}
	return r, json.Unmarshal([]byte(doc), &r.Doc)
}

// load runs a query of the columns and adds the links of what it found: a
// constant number of statements for a page.
func load(ctx context.Context, q db.Querier, query string, args ...any) ([]*Reuse, error) {
	var list []*Reuse
	err := db.Each(ctx, q, query, args, func(rows *sql.Rows) error {
		r, err := scan(rows)
		list = append(list, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, loadLinks(ctx, q, list)
}

func loadLinks(ctx context.Context, q db.Querier, list []*Reuse) error {
	oids := make([]string, len(list))
	byID := make(map[string]*Reuse, len(list))
	for i, r := range list {
		oids[i], byID[r.ID] = r.ID, r
	}
	for _, l := range []struct {
		column string
		of     func(r *Reuse) *[]string
	}{
		{"dataset", func(r *Reuse) *[]string { return &r.Datasets }},
		{"dataservice", func(r *Reuse) *[]string { return &r.Dataservices }},
	} {
		err := db.EachIn(ctx, q, "SELECT reuse, "+l.column+" FROM reuse_"+l.column+" WHERE reuse IN {ids} ORDER BY reuse, position", oids,
			func(rows *sql.Rows) error {
				var of, oid string
				if err := rows.Scan(&of, &oid); err != nil {
					return err
				}
				into := l.of(byID[of])
				*into = append(*into, oid)
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func byIDs(ctx context.Context, q db.Querier, ids []string) ([]*Reuse, error) {
	var list []*Reuse
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM reuse WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		r, err := scan(rows)
		list = append(list, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, loadLinks(ctx, q, list)
}

// byID loads one reuse; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, id string) (*Reuse, error) {
	list, err := byIDs(ctx, q, []string{id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound()
	}
	return list[0], nil
}

func (r *Reuse) row() ([]any, error) {
	kept := r.Doc
	// udata's answer to a write has the tags in the order given, every later
	// one in alphabetical order.
	kept.Tags = slices.Sorted(slices.Values(r.Doc.Tags))
	doc, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	var featured any
	if r.Featured != nil {
		featured = *r.Featured
	}
	metrics := r.Metrics
	if metrics == "" {
		metrics = "{}"
	}
	return []any{
		r.ID, r.Slug, r.Title, r.Type, db.Null(r.Topic), r.URL, r.URLHash, db.Null(r.Owner), db.Null(r.Organization),
		r.Private, featured, r.CreatedAt.UnixMicro(), r.LastModified.UnixMicro(), db.Micros(r.Archived), db.Micros(r.Deleted),
		r.Counts["datasets"], r.Counts["followers"], r.Counts["views"], metrics, string(doc), 1, fold.Text(r.Title),
	}, nil
}

// save writes the reuse with its links, new or not. It returns errs.Field
// when another reuse has its address.
func save(ctx context.Context, tx *sql.Tx, r *Reuse) error {
	row, err := r.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO reuse ("+inserted+") VALUES "+db.Values(1, insertedSize)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, title = excluded.title, type = excluded.type,
		topic = excluded.topic, url = excluded.url, urlhash = excluded.urlhash, owner = excluded.owner,
		organization = excluded.organization, private = excluded.private, featured = excluded.featured,
		created_at = excluded.created_at, last_modified = excluded.last_modified, archived = excluded.archived,
		deleted = excluded.deleted, metric_datasets = excluded.metric_datasets, metric_followers = excluded.metric_followers,
		metric_views = excluded.metric_views, metrics = excluded.metrics, doc = excluded.doc, title_plain = excluded.title_plain,
		revision = reuse.revision + 1`, row...)
	if db.IsUnique(err, "urlhash") {
		return errRegistered()
	}
	if err != nil {
		return fmt.Errorf("saving the reuse %s: %w", r.ID, err)
	}
	for _, table := range []string{"reuse_dataset", "reuse_dataservice", "reuse_tag"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE reuse = $1", r.ID); err != nil {
			return err
		}
	}
	if err := saveLinks(ctx, tx, []*Reuse{r}); err != nil {
		return err
	}
	return search.Write(ctx, tx, r.document())
}

func saveLinks(ctx context.Context, tx *sql.Tx, list []*Reuse) error {
	var datasets, dataservices, tags [][]any
	for _, r := range list {
		for i, oid := range r.Datasets {
			datasets = append(datasets, []any{r.ID, i, oid})
		}
		for i, oid := range r.Dataservices {
			dataservices = append(dataservices, []any{r.ID, i, oid})
		}
		for _, t := range r.Doc.Tags {
			tags = append(tags, []any{r.ID, t})
		}
	}
	if err := db.InsertMany(ctx, tx, "reuse_dataset (reuse, position, dataset)", datasets, ""); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "reuse_dataservice (reuse, position, dataservice)", dataservices, ""); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "reuse_tag (reuse, tag)", tags, "ON CONFLICT DO NOTHING")
}

// InsertMany writes new reuses in few statements, for made-up catalogues.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Reuse) error {
	rows := make([][]any, 0, len(list))
	for _, r := range list {
		row, err := r.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := db.InsertMany(ctx, tx, "reuse ("+inserted+")", rows, ""); err != nil {
		return err
	}
	if err := saveLinks(ctx, tx, list); err != nil {
		return err
	}
	return search.Write(ctx, tx, search.Documents(list, (*Reuse).document)...)
}

// urlTaken tells whether a reuse other than self has the address.
func urlTaken(ctx context.Context, q db.Querier, hash, self string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM reuse WHERE urlhash = $1 AND id <> $2", hash, self).Scan(&n)
	return n > 0, err
}
