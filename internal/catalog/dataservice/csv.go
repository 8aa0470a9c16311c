package dataservice

import (
	"context"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// license is the class of licences.
const license = "License"

// The columns of the table of dataservices (udata: core/dataservices/csv.py).
var csvColumns = []string{
	"id", "title", "slug", "acronym", "url", "description", "base_api_url", "machine_documentation_url",
	"technical_documentation_url", "business_documentation_url", "authorization_request_url", "availability", "rate_limiting",
	"access_type", "license", "organization", "organization_id", "owner", "owner_id", "featured", "created_at",
	"metadata_modified_at", "archived", "tags", "datasets", "harvest.backend", "harvest.domain", "harvest.remote_id",
	"harvest.remote_url", "harvest.uri", "harvest.created_at", "harvest.issued_at", "harvest.modified_at", "harvest.last_update",
	"metric.discussions", "metric.discussions_open", "metric.followers", "metric.followers_by_months", "metric.reuses",
	"metric.views",
}

var csvCounters = []string{"discussions", "discussions_open", "followers", "followers_by_months", "reuses", "views"}

// csvVisible is which dataservices a table holds: those that everybody sees.
const csvVisible = "NOT s.private AND s.deleted IS NULL AND s.archived IS NULL"

func (s *Service) csvRoutes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/site/dataservices.csv", ID: "get_site_dataservices_csv", Tag: "site", Access: api.Anyone,
			Summary: "The dataservices as a table", Doc: "A filter must be there.", Produces: csvtable.Produces,
			Query: []api.Param{
				{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
				{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
			},
			Errors: map[int]string{404: "No filter was given"}, Handle: s.csvOfSite,
		},
		{
			Method: http.MethodGet, Path: "/api/1/organizations/{org}/dataservices.csv", ID: "get_dataservices_csv", Tag: "organizations",
			Access: api.Anyone, Summary: "An organization's dataservices as a table", Produces: csvtable.Produces,
			PathDoc: map[string]string{"org": "The organization's id or slug"}, Errors: map[int]string{404: "There is no such organization"},
			Subject: s.organizationSubject, Handle: s.csvOfOrganization,
		},
	}
}

func (s *Service) organizationSubject(ctx context.Context, r *api.Request) error {
	found, err := s.refs.Resolve(ctx, s.db.Read(), ref.Organization, r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = found
	return nil
}

// csvOfSite answers with a table of all. Without a parameter, udata leads to
// the file that it makes at night, if it makes one: there is none.
func (s *Service) csvOfSite(ctx context.Context, r *api.Request) (*api.Response, error) {
	if len(r.Query) == 0 {
		return nil, errs.NotFound()
	}
	w := &db.Where{}
	w.And(csvVisible)
	for _, name := range []string{"organization", "owner"} {
		oid, err := r.Query.ObjectID(name)
		if err != nil {
			return nil, err
		}
		if oid != "" {
			w.And("s."+name+" = ?", oid)
		}
	}
	return s.csv(ctx, r, w, "dataservices")
}

func (s *Service) csvOfOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	org := r.Subject.(ref.Object)
	w := &db.Where{}
	w.And(csvVisible)
	w.And("s.organization = ?", org.Ref.ID)
	return s.csv(ctx, r, w, org.Slug+"-dataservices")
}

func (s *Service) csv(ctx context.Context, r *api.Request, w *db.Where, name string) (*api.Response, error) {
	query := "SELECT s.id FROM dataservice s" + w.String() + " ORDER BY s.created_at DESC, s.id DESC"
	ids, err := db.Strings(ctx, s.db.Read(), query, w.Args()...)
	if err != nil {
		return nil, err
	}
	return csvtable.Answer(name, r.Now, csvColumns, ids, func(ids []string, row csvtable.Row) error {
		return s.csvRows(ctx, ids, row)
	}), nil
}

func (s *Service) csvRows(ctx context.Context, ids []string, row csvtable.Row) error {
	q := s.db.Read()
	found, err := byIDs(ctx, q, ids)
	if err != nil {
		return err
	}
	if err := loadDatasets(ctx, q, found); err != nil {
		return err
	}
	var mentions []ref.Ref
	for _, d := range found {
		mentions = append(mentions, ref.Ref{Class: ref.Organization, ID: d.Organization}, ref.Ref{Class: ref.User, ID: d.Owner},
			ref.Ref{Class: license, ID: d.Doc.License})
	}
	named, err := s.refs.FindAll(ctx, q, mentions)
	if err != nil {
		return err
	}
	title := func(class, oid string) string { return named[ref.Ref{Class: class, ID: oid}].Title }
	for _, oid := range ids {
		d := found[oid]
		if d == nil || d.Private || !d.Deleted.IsZero() {
			continue // it went since the table was begun
		}
		access, h := d.Doc.Access.Type, Harvest{}
		if access == "" {
			access = "open"
		}
		if d.Doc.Harvest != nil {
			h = *d.Doc.Harvest
		}
		var availability any
		if d.Doc.Availability != nil {
			availability = *d.Doc.Availability
		}
		cells := []any{
			d.ID, d.Title, d.Slug, d.Acronym, d.page(s.links), d.Doc.Description, d.Doc.BaseAPIURL, d.Doc.MachineDocumentationURL,
			d.Doc.TechnicalDocumentationURL, d.Doc.BusinessDocumentationURL, d.Doc.Access.RequestURL, availability, d.Doc.RateLimiting,
			access, title(license, d.Doc.License), title(ref.Organization, d.Organization), d.Organization, title(ref.User, d.Owner),
			d.Owner, d.Featured != nil && *d.Featured, d.CreatedAt, d.LastModified, csvtable.OrFalse(d.Archived),
			strings.Join(d.Doc.Tags, ","), strings.Join(d.Datasets, ","), h.Backend, h.Domain, h.RemoteID, h.RemoteURL, h.URI,
			h.CreatedAt, h.IssuedAt, h.ModifiedAt, h.LastUpdate,
		}
		if err := row(append(cells, Counters.Cells(csvCounters, d.Counts, d.Metrics)...)...); err != nil {
			return err
		}
	}
	return nil
}
