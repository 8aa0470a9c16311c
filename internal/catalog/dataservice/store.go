package dataservice

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var slugs = permalink.Table{Name: "dataservice", Class: ref.Dataservice}

const (
	columns = `id, slug, title, acronym, owner, organization, private, featured, created_at, last_modified, archived, deleted,
	metric_reuses, metric_followers, metric_views, metrics, doc, revision`
	inserted     = columns + ", base_api_url, access_type"
	insertedSize = 20
)

func scan(row interface{ Scan(...any) error }) (*Dataservice, error) {
	d := &Dataservice{}
	var doc string
	var featured sql.NullBool
	var reuses, followers, views int64
	err := row.Scan(&d.ID, &d.Slug, &d.Title, db.Text{S: &d.Acronym}, db.Text{S: &d.Owner}, db.Text{S: &d.Organization},
		&d.Private, &featured, db.Time{T: &d.CreatedAt}, db.Time{T: &d.LastModified}, db.Time{T: &d.Archived},
		db.Time{T: &d.Deleted}, &reuses, &followers, &views, &d.Metrics, &doc, &d.Revision)
	if err != nil {
		return nil, err
	}
	if featured.Valid {
		d.Featured = &featured.Bool
	}
	d.Counts = map[string]int64{"reuses": reuses, "followers": followers, "views": views}
	return d, json.Unmarshal([]byte(doc), &d.Doc)
}

// byIDs loads those of the ids that exist, without their datasets.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Dataservice, error) {
	out := make(map[string]*Dataservice, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM dataservice WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		d, err := scan(rows)
		if err == nil {
			out[d.ID] = d
		}
		return err
	})
	return out, err
}

// byID loads one dataservice with its datasets; errs.NotFound when there is
// none.
func byID(ctx context.Context, q db.Querier, oid string) (*Dataservice, error) {
	found, err := byIDs(ctx, q, []string{oid})
	if err != nil {
		return nil, err
	}
	if found[oid] == nil {
		return nil, errs.NotFound()
	}
	return found[oid], loadDatasets(ctx, q, found)
}

// loadDatasets loads the ids of the dataservices' datasets.
func loadDatasets(ctx context.Context, q db.Querier, list map[string]*Dataservice) error {
	ids := make([]string, 0, len(list))
	for oid, d := range list {
		ids = append(ids, oid)
		d.Datasets = nil
	}
	return db.EachIn(ctx, q, "SELECT dataservice, dataset FROM dataservice_dataset WHERE dataservice IN {ids} ORDER BY dataservice, position", ids,
		func(rows *sql.Rows) error {
			var of, dataset string
			if err := rows.Scan(&of, &dataset); err != nil {
				return err
			}
			list[of].Datasets = append(list[of].Datasets, dataset)
			return nil
		})
}

func (d *Dataservice) row() ([]any, error) {
	kept := d.Doc
	// udata's answer to a write has the tags in the order given, every later
	// one in alphabetical order.
	kept.Tags = slices.Sorted(slices.Values(d.Doc.Tags))
	doc, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("the dataservice %s: %w", d.ID, err)
	}
	var featured any
	if d.Featured != nil {
		featured = *d.Featured
	}
	metrics := d.Metrics
	if metrics == "" {
		metrics = "{}"
	}
	return []any{
		d.ID, d.Slug, d.Title, db.Null(d.Acronym), db.Null(d.Owner), db.Null(d.Organization), d.Private, featured,
		d.CreatedAt.UnixMicro(), d.LastModified.UnixMicro(), db.Micros(d.Archived), db.Micros(d.Deleted),
		d.Counts["reuses"], d.Counts["followers"], d.Counts["views"], metrics, string(doc), 1,
		db.Null(d.Doc.BaseAPIURL), cmp.Or(d.Doc.Access.Type, accessOpen),
	}, nil
}

// save writes the dataservice with its links to datasets, new or not.
func save(ctx context.Context, tx *sql.Tx, d *Dataservice) error {
	row, err := d.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO dataservice ("+inserted+") VALUES "+db.Values(1, insertedSize)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, title = excluded.title, acronym = excluded.acronym,
		owner = excluded.owner, organization = excluded.organization, private = excluded.private,
		featured = excluded.featured, created_at = excluded.created_at, last_modified = excluded.last_modified,
		archived = excluded.archived, deleted = excluded.deleted, metric_reuses = excluded.metric_reuses,
		metric_followers = excluded.metric_followers, metric_views = excluded.metric_views, metrics = excluded.metrics,
		doc = excluded.doc, base_api_url = excluded.base_api_url, access_type = excluded.access_type,
		revision = dataservice.revision + 1`, row...)
	if err != nil {
		return fmt.Errorf("saving the dataservice %s: %w", d.ID, err)
	}
	for _, table := range []string{"dataservice_dataset", "dataservice_tag", "dataservice_contact_point"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE dataservice = $1", d.ID); err != nil {
			return err
		}
	}
	if err := saveLinks(ctx, tx, []*Dataservice{d}); err != nil {
		return err
	}
	return search.Write(ctx, tx, d.document())
}

func saveLinks(ctx context.Context, tx *sql.Tx, list []*Dataservice) error {
	var datasets, tags, contacts [][]any
	for _, d := range list {
		for i, oid := range d.Datasets {
			datasets = append(datasets, []any{d.ID, oid, i})
		}
		for _, t := range d.Doc.Tags {
			tags = append(tags, []any{d.ID, t})
		}
		for _, oid := range d.Doc.ContactPoints {
			contacts = append(contacts, []any{d.ID, oid})
		}
	}
	const once = "ON CONFLICT DO NOTHING"
	if err := db.InsertMany(ctx, tx, "dataservice_dataset (dataservice, dataset, position)", datasets, ""); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "dataservice_tag (dataservice, tag)", tags, once); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "dataservice_contact_point (dataservice, contact_point)", contacts, once)
}

// InsertMany writes new dataservices in few statements, for made-up
// catalogues.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Dataservice) error {
	rows := make([][]any, 0, len(list))
	for _, d := range list {
		row, err := d.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := db.InsertMany(ctx, tx, "dataservice ("+inserted+")", rows, ""); err != nil {
		return err
	}
	if err := saveLinks(ctx, tx, list); err != nil {
		return err
	}
	return search.Write(ctx, tx, search.Documents(list, (*Dataservice).document)...)
}
