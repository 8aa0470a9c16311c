package organization

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
)

// The columns of the table of organizations (udata: core/organization/csv.py),
// which names metric.dataservices twice.
var csvColumns = []string{
	"id", "name", "acronym", "slug", "url", "description", "logo", "badges", "created_at", "last_modified", "business_number_id",
	"members_count", "downloads", "metric.dataservices", "metric.dataservices_by_months", "metric.datasets",
	"metric.datasets_by_months", "metric.datasets_followers_by_months", "metric.datasets_reuses_by_months", "metric.members",
	"metric.reuses", "metric.reuses_by_months", "metric.reuses_followers_by_months", "metric.dataservices", "metric.followers",
	"metric.views",
}

var csvCounters = []string{
	"dataservices", "dataservices_by_months", "datasets", "datasets_by_months", "datasets_followers_by_months",
	"datasets_reuses_by_months", "members", "reuses", "reuses_by_months", "reuses_followers_by_months", "dataservices",
	"followers", "views",
}

func (s *Service) csvRoute() api.Route {
	return api.Route{
		Method: http.MethodGet, Path: "/api/1/site/organizations.csv", ID: "get_site_organizations_csv", Tag: "site", Access: api.Anyone,
		Summary: "The organizations as a table", Doc: "The filters are those of the list, and a parameter must be there.", Query: listParams,
		Produces: csvtable.Produces, Errors: map[int]string{404: "No parameter was given"}, Handle: s.csv,
	}
}

// csv answers with a table of organizations. Without a parameter, udata leads
// to the file that it makes at night, if it makes one: there is none.
func (s *Service) csv(ctx context.Context, r *api.Request) (*api.Response, error) {
	if len(r.Query) == 0 {
		return nil, errs.NotFound()
	}
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	ids, err := s.ids(ctx, f)
	if err != nil {
		return nil, err
	}
	return csvtable.Answer("organizations", r.Now, csvColumns, ids, func(ids []string, row csvtable.Row) error {
		return s.csvRows(ctx, ids, row)
	}), nil
}

func (s *Service) csvRows(ctx context.Context, ids []string, row csvtable.Row) error {
	q := s.db.Read()
	found := make(map[string]*Organization, len(ids))
	var list []*Organization
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM organization WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		o, err := scan(rows)
		if err == nil {
			found[o.ID] = o
			list = append(list, o)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := loadParts(ctx, q, list); err != nil {
		return err
	}
	downloads, err := downloadsOf(ctx, q, ids)
	if err != nil {
		return err
	}
	for _, oid := range ids {
		o := found[oid]
		if o == nil || !o.Deleted.IsZero() {
			continue // it went since the table was begun
		}
		var badges []string
		for _, b := range o.Badges {
			badges = append(badges, b.Kind)
		}
		cells := []any{
			o.ID, o.Name, o.Acronym, o.Slug, o.page(s.links), o.Doc.Description, o.Doc.Logo.URL(s.links, avatars),
			strings.Join(badges, ","), o.CreatedAt, o.LastModified, o.Doc.BusinessNumberID, len(o.Members), downloads[oid],
		}
		if err := row(append(cells, Counters.Cells(csvCounters, o.Counts, o.Metrics)...)...); err != nil {
			return err
		}
	}
	return nil
}

// downloadsOf adds up how often the resources of each organization's datasets
// were fetched, as another portal counted it.
func downloadsOf(ctx context.Context, q db.Querier, ids []string) (map[string]int64, error) {
	out := map[string]int64{}
	err := db.EachIn(ctx, q, `SELECT d.organization, r.doc FROM dataset d JOIN dataset_resource r ON r.dataset = d.id
		WHERE r.doc LIKE '%"metrics":%' AND d.deleted IS NULL AND NOT d.private AND d.organization IN {ids}`, ids, func(rows *sql.Rows) error {
		var of, doc string
		if err := rows.Scan(&of, &doc); err != nil {
			return err
		}
		var r struct {
			Metrics struct {
				Views float64 `json:"views"`
			} `json:"metrics"`
		}
		if json.Unmarshal([]byte(doc), &r) == nil {
			out[of] += int64(r.Metrics.Views)
		}
		return nil
	})
	return out, err
}
