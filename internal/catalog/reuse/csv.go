package reuse

import (
	"context"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
)

// The columns of the table of reuses (udata: core/reuse/csv.py).
var csvColumns = []string{
	"id", "title", "slug", "url", "type", "description", "remote_url", "organization", "organization_id", "owner", "owner_id",
	"image", "featured", "created_at", "last_modified", "archived", "topic", "tags", "datasets", "metric.discussions",
	"metric.discussions_open", "metric.datasets", "metric.followers", "metric.followers_by_months", "metric.views",
}

var csvCounters = []string{"discussions", "discussions_open", "datasets", "followers", "followers_by_months", "views"}

func (s *Service) csvRoute() api.Route {
	return api.Route{
		Method: http.MethodGet, Path: "/api/1/site/reuses.csv", ID: "get_site_reuses_csv", Tag: "site", Access: api.Anyone,
		Summary: "The reuses as a table", Doc: "The filters are those of the list, and one of them must be there.", Query: listParams,
		Produces: csvtable.Produces, Errors: map[int]string{404: "No filter was given"}, Handle: s.csv,
	}
}

// csv answers with the reuses that everybody sees. Without a parameter, udata
// leads to the file that it makes at night, if it makes one: there is none.
func (s *Service) csv(ctx context.Context, r *api.Request) (*api.Response, error) {
	if len(r.Query) == 0 {
		return nil, errs.NotFound()
	}
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	ids, err := s.ids(ctx, f, Seen, r.Actor)
	if err != nil {
		return nil, err
	}
	return csvtable.Answer("reuses", r.Now, csvColumns, ids, func(ids []string, row csvtable.Row) error {
		return s.csvRows(ctx, ids, row)
	}), nil
}

func (s *Service) csvRows(ctx context.Context, ids []string, row csvtable.Row) error {
	list, err := byIDs(ctx, s.db.Read(), ids)
	if err != nil {
		return err
	}
	found := make(map[string]*Reuse, len(list))
	var mentions []ref.Ref
	for _, x := range list {
		found[x.ID] = x
		mentions = append(mentions, ref.Ref{Class: ref.Organization, ID: x.Organization}, ref.Ref{Class: ref.User, ID: x.Owner})
	}
	named, err := s.refs.FindAll(ctx, s.db.Read(), mentions)
	if err != nil {
		return err
	}
	for _, oid := range ids {
		x := found[oid]
		if x == nil || x.Hidden() {
			continue // it went since the table was begun
		}
		cells := []any{
			x.ID, x.Title, x.Slug, x.page(s.links), x.Type, x.Doc.Description, x.URL,
			named[ref.Ref{Class: ref.Organization, ID: x.Organization}].Title, x.Organization,
			named[ref.Ref{Class: ref.User, ID: x.Owner}].Title, x.Owner,
			x.Doc.Image.URL(s.links, images), x.Featured != nil && *x.Featured, x.CreatedAt, x.LastModified,
			csvtable.OrFalse(x.Archived), x.Topic, strings.Join(x.Doc.Tags, ","), strings.Join(x.Datasets, ","),
		}
		if err := row(append(cells, Counters.Cells(csvCounters, x.Counts, x.Metrics)...)...); err != nil {
			return err
		}
	}
	return nil
}
