package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var slugs = permalink.Table{Name: "dataset", Class: ref.Dataset}

const (
	columns = `id, slug, title, acronym, owner, organization, license, private, featured, created_at, last_modified, last_update,
	archived, deleted, metric_reuses, metric_followers, metric_views, metrics, doc, revision`
	inserted     = columns + ", title_plain, access_type, granularity, coverage_start, coverage_end"
	insertedSize = 25
)

func scan(row interface{ Scan(...any) error }) (*Dataset, error) {
	d := &Dataset{}
	var doc string
	var featured sql.NullBool
	var reuses, followers, views int64
	err := row.Scan(&d.ID, &d.Slug, &d.Title, db.Text{S: &d.Acronym}, db.Text{S: &d.Owner}, db.Text{S: &d.Organization},
		db.Text{S: &d.License}, &d.Private, &featured, db.Time{T: &d.CreatedInternal}, db.Time{T: &d.ModifiedInternal},
		db.Time{T: &d.LastUpdate}, db.Time{T: &d.Archived}, db.Time{T: &d.Deleted}, &reuses, &followers, &views, &d.Metrics, &doc,
		&d.Revision)
	if err != nil {
		return nil, err
	}
	d.Featured = featured.Bool
	d.Counts = map[string]int64{"reuses": reuses, "followers": followers, "views": views}
	return d, json.Unmarshal([]byte(doc), &d.Doc)
}

// byIDs loads those of the ids that exist, without their resources.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Dataset, error) {
	out := make(map[string]*Dataset, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM dataset WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		d, err := scan(rows)
		if err == nil {
			out[d.ID] = d
		}
		return err
	})
	return out, err
}

// loadResources loads the resources of the datasets.
func loadResources(ctx context.Context, q db.Querier, datasets map[string]*Dataset) error {
	ids := make([]string, 0, len(datasets))
	for oid, d := range datasets {
		d.Resources = nil
		ids = append(ids, oid)
	}
	err := db.EachIn(ctx, q, "SELECT dataset, id, url, doc FROM dataset_resource WHERE dataset IN {ids} ORDER BY dataset, position", ids, func(rows *sql.Rows) error {
		var r Resource
		var of string
		var doc sql.RawBytes
		if err := rows.Scan(&of, &r.ID, &r.URL, &doc); err != nil {
			return err
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			return err
		}
		d := datasets[of]
		d.Resources = append(d.Resources, r)
		return nil
	})
	return err
}

// place is where a resource leads to, and whose it is.
type place struct {
	url              string
	private, deleted bool
	owned            auth.Owned
}

// placeOf finds a resource or community resource by its id. When several have
// it – udata has not always kept them apart – one that everybody may see is
// preferred. A 404 when there is none.
func placeOf(ctx context.Context, q db.Querier, resource string) (place, error) {
	var p place
	err := q.QueryRowContext(ctx, `SELECT r.url, d.private, d.deleted IS NOT NULL, d.id, d.owner, d.organization
		FROM dataset_resource r JOIN dataset d ON d.id = r.dataset WHERE r.id = $1
		ORDER BY d.private, d.deleted IS NOT NULL, d.id LIMIT 1`, resource).
		Scan(&p.url, &p.private, &p.deleted, &p.owned.ID, db.Text{S: &p.owned.Owner}, db.Text{S: &p.owned.Organization})
	if !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	err = q.QueryRowContext(ctx, "SELECT url FROM community_resource WHERE id = $1", resource).Scan(&p.url)
	if errors.Is(err, sql.ErrNoRows) {
		return p, errs.New(404, "Resource not found")
	}
	return p, err
}

// titleText is what suggestions look into.
func (d *Dataset) titleText() string { return fold.Text(d.Title + "\n" + d.Acronym) }

func (d *Dataset) granularity() string {
	if d.Doc.Spatial == nil {
		return ""
	}
	return orElse(d.Doc.Spatial.Granularity, GranularityOther)
}

// coverage is one end of the time that the data is about, for the database.
func coverage(d *Dataset, start bool) any {
	switch t := d.Doc.TemporalCoverage; {
	case t == nil:
		return nil
	case start:
		return db.Null(t.Start)
	default:
		return db.Null(t.End)
	}
}

// updated is when the data last changed; see LastUpdate.
func (d *Dataset) updated() time.Time {
	if d.LastUpdate.IsZero() {
		return d.lastUpdate(d.ModifiedInternal)
	}
	return d.LastUpdate
}

func (d *Dataset) row() ([]any, error) {
	doc, err := json.Marshal(d.Doc)
	if err != nil {
		return nil, fmt.Errorf("the dataset %s: %w", d.ID, err)
	}
	metrics := d.Metrics
	if metrics == "" {
		metrics = "{}"
	}
	return []any{
		d.ID, d.Slug, d.Title, db.Null(d.Acronym), db.Null(d.Owner), db.Null(d.Organization), db.Null(d.License), d.Private,
		d.Featured, d.CreatedInternal.UnixMicro(), d.ModifiedInternal.UnixMicro(), d.updated().UnixMicro(), db.Micros(d.Archived),
		db.Micros(d.Deleted), d.Counts["reuses"], d.Counts["followers"], d.Counts["views"], metrics, string(doc), 1, d.titleText(), orElse(d.Doc.Access.Type, AccessOpen), db.Null(d.granularity()), coverage(d, true), coverage(d, false),
	}, nil
}

// save writes the dataset with its tags and resources, new or not.
func save(ctx context.Context, tx *sql.Tx, d *Dataset) error {
	row, err := d.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO dataset ("+inserted+") VALUES "+db.Values(1, insertedSize)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, title = excluded.title, acronym = excluded.acronym,
		owner = excluded.owner, organization = excluded.organization, license = excluded.license, private = excluded.private,
		featured = excluded.featured, created_at = excluded.created_at, last_modified = excluded.last_modified,
		last_update = excluded.last_update, archived = excluded.archived, deleted = excluded.deleted,
		metric_reuses = excluded.metric_reuses, metric_followers = excluded.metric_followers,
		metric_views = excluded.metric_views, metrics = excluded.metrics, doc = excluded.doc,
		title_plain = excluded.title_plain, access_type = excluded.access_type, granularity = excluded.granularity,
		coverage_start = excluded.coverage_start, coverage_end = excluded.coverage_end, revision = dataset.revision + 1`, row...)
	if err != nil {
		return fmt.Errorf("saving the dataset %s: %w", d.ID, err)
	}
	for _, table := range []string{"dataset_tag", "dataset_resource", "dataset_badge", "dataset_zone", "dataset_contact_point"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE dataset = $1", d.ID); err != nil {
			return err
		}
	}
	if err := saveParts(ctx, tx, []*Dataset{d}); err != nil {
		return err
	}
	return search.Write(ctx, tx, d.document())
}

func saveParts(ctx context.Context, tx *sql.Tx, list []*Dataset) error {
	var tags, resources, badges, zones, contacts [][]any
	for _, d := range list {
		for i, t := range d.Doc.Tags {
			tags = append(tags, []any{d.ID, t, i})
		}
		for _, b := range d.Doc.Badges {
			badges = append(badges, []any{d.ID, b.Kind})
		}
		for _, oid := range d.Doc.ContactPoints {
			contacts = append(contacts, []any{d.ID, oid})
		}
		if d.Doc.Spatial != nil {
			for _, z := range d.Doc.Spatial.Zones {
				zones = append(zones, []any{d.ID, z})
			}
		}
		for i := range d.Resources {
			r := &d.Resources[i]
			doc, err := json.Marshal(r)
			if err != nil {
				return fmt.Errorf("the resource %s of the dataset %s: %w", r.ID, d.ID, err)
			}
			var schema Schema
			if r.Schema != nil {
				schema = *r.Schema
			}
			resources = append(resources, []any{
				d.ID, i, r.ID, r.URL, string(doc), db.Null(r.Format), db.Null(r.Mime), db.Null(schema.Name), db.Null(schema.Version),
			})
		}
	}
	if err := db.InsertMany(ctx, tx, "dataset_tag (dataset, tag, position)", tags, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "dataset_badge (dataset, kind)", badges, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "dataset_zone (dataset, zone)", zones, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	if err := db.InsertMany(ctx, tx, "dataset_contact_point (dataset, contact_point)", contacts, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "dataset_resource (dataset, position, id, url, doc, format, mime, schema_name, schema_version)", resources, "")
}

// InsertMany writes new datasets quickly, for made-up catalogues.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Dataset) error {
	rows := make([][]any, 0, len(list))
	for _, d := range list {
		row, err := d.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := db.InsertMany(ctx, tx, "dataset ("+inserted+")", rows, ""); err != nil {
		return err
	}
	if err := saveParts(ctx, tx, list); err != nil {
		return err
	}
	return search.Write(ctx, tx, search.Documents(list, (*Dataset).document)...)
}
