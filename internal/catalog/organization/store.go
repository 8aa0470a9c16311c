package organization

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var slugs = permalink.Table{Name: "organization", Class: ref.Organization}

const columns = `id, slug, name, acronym, created_at, last_modified, deleted,
	metric_datasets, metric_reuses, metric_followers, metric_views, metrics, doc, revision`

func scan(row interface{ Scan(...any) error }) (*Organization, error) {
	o := &Organization{}
	var doc string
	var datasets, reuses, followers, views int64
	err := row.Scan(&o.ID, &o.Slug, &o.Name, db.Text{S: &o.Acronym}, db.Time{T: &o.CreatedAt}, db.Time{T: &o.LastModified},
		db.Time{T: &o.Deleted}, &datasets, &reuses, &followers, &views, &o.Metrics, &doc, &o.Revision)
	if err != nil {
		return nil, err
	}
	o.Counts = map[string]int64{"datasets": datasets, "reuses": reuses, "followers": followers, "views": views}
	if err := json.Unmarshal([]byte(doc), &o.Doc); err != nil {
		return nil, err
	}
	if o.Doc.PresentationBlocs == nil {
		// Imported before blocs were known here.
		o.Doc.PresentationBlocs = bloc.Kept(o.Doc.Kept, "presentation_blocs")
	}
	return o, nil
}

// inserted are the columns that are written: those that lists look into too.
const (
	inserted     = columns + ", business_number_id, name_plain, acronym_plain"
	insertedSize = 17
)

// load runs a query of the columns and adds the badges and members of what it
// found: a constant number of statements for a page.
func load(ctx context.Context, q db.Querier, query string, args ...any) ([]*Organization, error) {
	var list []*Organization
	err := db.Each(ctx, q, query, args, func(rows *sql.Rows) error {
		o, err := scan(rows)
		list = append(list, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, loadParts(ctx, q, list)
}

func loadParts(ctx context.Context, q db.Querier, list []*Organization) error {
	byID := make(map[string]*Organization, len(list))
	for _, o := range list {
		byID[o.ID] = o
	}
	if err := loadBadges(ctx, q, byID); err != nil {
		return err
	}
	return loadMembers(ctx, q, byID)
}

func keys(m map[string]*Organization) []string {
	ids := make([]string, 0, len(m))
	for oid := range m {
		ids = append(ids, oid)
	}
	return ids
}

func loadBadges(ctx context.Context, q db.Querier, byID map[string]*Organization) error {
	return db.EachIn(ctx, q, "SELECT organization, kind, created_at, created_by FROM organization_badge WHERE organization IN {ids}"+
		" ORDER BY organization, position", keys(byID), func(rows *sql.Rows) error {
		var b Badge
		var of string
		if err := rows.Scan(&of, &b.Kind, db.Time{T: &b.CreatedAt}, db.Text{S: &b.CreatedBy}); err != nil {
			return err
		}
		byID[of].Badges = append(byID[of].Badges, b)
		return nil
	})
}

func loadMembers(ctx context.Context, q db.Querier, byID map[string]*Organization) error {
	return db.EachIn(ctx, q, "SELECT organization, person, role, since FROM organization_member WHERE organization IN {ids}"+
		" ORDER BY organization, position", keys(byID), func(rows *sql.Rows) error {
		var m Member
		var of string
		if err := rows.Scan(&of, &m.Person, &m.Role, db.Time{T: &m.Since}); err != nil {
			return err
		}
		byID[of].Members = append(byID[of].Members, m)
		return nil
	})
}

// byIDs loads those of the ids that exist, with their badges: all that a card
// shows.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Organization, error) {
	out := make(map[string]*Organization, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM organization WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		o, err := scan(rows)
		if err == nil {
			out[o.ID] = o
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, loadBadges(ctx, q, out)
}

// byID loads one organization with its members; errs.NotFound when there is
// none.
func byID(ctx context.Context, q db.Querier, id string) (*Organization, error) {
	list, err := load(ctx, q, "SELECT "+columns+" FROM organization WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound()
	}
	return list[0], nil
}

// lock makes other transactions that would change the organization, its
// members or its requests wait for this one.
func lock(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, "UPDATE organization SET revision = revision + 1 WHERE id = $1", id)
	return err
}

func (o *Organization) row() ([]any, error) {
	doc, err := json.Marshal(o.Doc)
	if err != nil {
		return nil, err
	}
	metrics := o.Metrics
	if metrics == "" {
		metrics = "{}"
	}
	return []any{
		o.ID, o.Slug, o.Name, db.Null(o.Acronym), o.CreatedAt.UnixMicro(), o.LastModified.UnixMicro(), db.Micros(o.Deleted),
		o.Counts["datasets"], o.Counts["reuses"], o.Counts["followers"], o.Counts["views"], metrics, string(doc), 1,
		db.Null(o.Doc.BusinessNumberID), fold.Text(o.Name), fold.Text(o.Acronym),
	}, nil
}

// save writes the organization, new or not, with its members and badges.
func save(ctx context.Context, tx *sql.Tx, o *Organization) error {
	row, err := o.row()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO organization ("+inserted+") VALUES "+db.Values(1, insertedSize)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, acronym = excluded.acronym,
		created_at = excluded.created_at, last_modified = excluded.last_modified, deleted = excluded.deleted,
		metric_datasets = excluded.metric_datasets, metric_reuses = excluded.metric_reuses,
		metric_followers = excluded.metric_followers, metric_views = excluded.metric_views, metrics = excluded.metrics,
		doc = excluded.doc, business_number_id = excluded.business_number_id, name_plain = excluded.name_plain,
		acronym_plain = excluded.acronym_plain, revision = organization.revision + 1`, row...)
	if err != nil {
		return fmt.Errorf("saving the organization %s: %w", o.ID, err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM organization_member WHERE organization = $1", o.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM organization_badge WHERE organization = $1", o.ID); err != nil {
		return err
	}
	if err := saveParts(ctx, tx, []*Organization{o}); err != nil {
		return err
	}
	return search.Write(ctx, tx, o.document())
}

func saveParts(ctx context.Context, tx *sql.Tx, list []*Organization) error {
	var members, badges [][]any
	for _, o := range list {
		for i, m := range o.Members {
			members = append(members, []any{o.ID, m.Person, string(m.Role), db.Micros(m.Since), i})
		}
		for i, b := range o.Badges {
			badges = append(badges, []any{o.ID, b.Kind, db.Micros(b.CreatedAt), db.Null(b.CreatedBy), i})
		}
	}
	if err := db.InsertMany(ctx, tx, "organization_member (organization, person, role, since, position)", members, "ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "organization_badge (organization, kind, created_at, created_by, position)", badges, "ON CONFLICT DO NOTHING")
}

// InsertMany writes new organizations in few statements, for made-up
// catalogues.
func InsertMany(ctx context.Context, tx *sql.Tx, list []*Organization) error {
	rows := make([][]any, 0, len(list))
	for _, o := range list {
		row, err := o.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := db.InsertMany(ctx, tx, "organization ("+inserted+")", rows, ""); err != nil {
		return err
	}
	if err := saveParts(ctx, tx, list); err != nil {
		return err
	}
	return search.Write(ctx, tx, search.Documents(list, (*Organization).document)...)
}

// MembershipsOf returns a person's role in each of their organizations, and
// the ids of the objects that are assigned to them as a partial editor.
func (s *Service) MembershipsOf(ctx context.Context, q db.Querier, person string) (map[string]auth.Role, map[string]bool, error) {
	roles, assigned := map[string]auth.Role{}, map[string]bool{}
	err := db.Each(ctx, q, "SELECT organization, role FROM organization_member WHERE person = $1", []any{person}, func(rows *sql.Rows) error {
		var org, role string
		err := rows.Scan(&org, &role)
		roles[org] = auth.Role(role)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	objects, err := db.Strings(ctx, q, "SELECT object FROM assignment WHERE person = $1", person)
	for _, o := range objects {
		assigned[o] = true
	}
	return roles, assigned, err
}

// OrganizationsOf returns the ids of each person's organizations, the newest
// first, without deleted ones.
func (s *Service) OrganizationsOf(ctx context.Context, q db.Querier, people []string) (map[string][]string, error) {
	out := map[string][]string{}
	err := db.EachIn(ctx, q, `SELECT m.person, o.id FROM organization_member m JOIN organization o ON o.id = m.organization
		WHERE m.person IN {ids} AND o.deleted IS NULL ORDER BY o.created_at DESC, o.id DESC`, people, func(rows *sql.Rows) error {
		var person, org string
		err := rows.Scan(&person, &org)
		out[person] = append(out[person], org)
		return err
	})
	return out, err
}

// contact is what the list of members shows of a person beside their card.
type contact struct {
	email     string
	lastLogin time.Time
}

// contactsOf loads people's addresses.
func contactsOf(ctx context.Context, q db.Querier, people []string) (map[string]contact, error) {
	out := map[string]contact{}
	err := db.EachIn(ctx, q, "SELECT id, email, last_login_at FROM person WHERE id IN {ids}", people, func(rows *sql.Rows) error {
		var oid string
		var c contact
		if err := rows.Scan(&oid, &c.email, db.Time{T: &c.lastLogin}); err != nil {
			return err
		}
		out[oid] = c
		return nil
	})
	return out, err
}
