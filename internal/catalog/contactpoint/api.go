package contactpoint

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	return []api.Route{{
		Method: http.MethodGet, Path: "/api/1/organizations/{org}/contacts/", ID: "get_organization_contact_point", Tag: "organizations", Access: api.Anyone,
		Summary: "List whom an organization names to be asked", Query: api.PageParams, Result: schema.Of(schema.Page(s.refs.Model(Class, ref.Card))),
		PathDoc: map[string]string{"org": "The organization's id or slug"}, Errors: map[int]string{404: "There is no such organization"},
		Subject: s.organizationSubject, Handle: s.ofOrganization,
	}}
}

func (s *Service) organizationSubject(ctx context.Context, r *api.Request) error {
	found, err := s.refs.Resolve(ctx, s.db.Read(), ref.Organization, r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = found
	return nil
}

func (s *Service) ofOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	q, org := s.db.Read(), r.Subject.(ref.Object).Ref.ID
	var total int
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM contact_point WHERE organization = $1", org).Scan(&total); err != nil {
		return nil, err
	}
	ids, err := db.Strings(ctx, q, "SELECT id FROM contact_point WHERE organization = $1 ORDER BY id LIMIT $2 OFFSET $3",
		org, page.Limit(), page.Offset())
	if err != nil {
		return nil, err
	}
	found, err := s.render(ctx, q, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, 0, len(ids))
	for _, oid := range ids {
		if f, ok := found[oid]; ok {
			items = append(items, f)
		}
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}
