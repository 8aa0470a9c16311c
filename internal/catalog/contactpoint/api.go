package contactpoint

import (
	"context"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const contacts, one = "/api/1/contacts/", "/api/1/contacts/{contact_point}/"
	point := s.refs.Model(Class, ref.Card)
	page := schema.Of(schema.Page(point))
	const doc = "Each has `id`, `name`, `email`, `contact_form` and `role`; ask for more with `X-Fields`."
	ofUsers, ofOrgs := s.subject(ref.User, "user"), s.subject(ref.Organization, "org")
	unknown := map[int]string{404: "There is no such contact point"}
	writing := map[int]string{400: "What is wrong, by field", 403: "It is not the caller's", 404: "There is no such contact point"}
	pathDoc := map[string]string{
		"contact_point": "The contact point's id", "org": "The organization's id or slug", "user": "The person's id or slug",
	}
	routes := []api.Route{
		{Method: http.MethodPost, Path: contacts, ID: "create_contact_point", Summary: "Make a contact point", Body: writeModel, Result: schema.Of(point), Status: http.StatusCreated, Errors: map[int]string{200: "One that says the same was there already", 400: "What is wrong, by field"}, Handle: s.create},
		{Method: http.MethodGet, Path: contacts + "roles/", ID: "contact_point_roles", Summary: "List what contact points may be for the data", Access: api.Anyone, Result: schema.List(schema.Of(roleModel)), Handle: listRoles},
		{Method: http.MethodGet, Path: one, ID: "get_contact_point", Summary: "Fetch a contact point", Access: api.Anyone, Result: schema.Of(point), Errors: unknown, Subject: s.find, Handle: s.get},
		{Method: http.MethodPut, Path: one, ID: "update_contact_point", Summary: "Change a contact point", Body: writeModel, Result: schema.Of(point), Errors: writing, Subject: s.find, Handle: s.update},
		{Method: http.MethodDelete, Path: one, ID: "delete_contact_point", Summary: "Delete a contact point", Doc: "Datasets and dataservices that name it do so no more.", Status: http.StatusNoContent, Errors: map[int]string{403: writing[403], 404: writing[404]}, Subject: s.find, Handle: s.remove},
		{Method: http.MethodGet, Path: "/api/1/organizations/{org}/contacts/", ID: "get_organization_contact_point", Tag: "organizations", Summary: "List the contact points of an organization", Doc: doc, Access: api.Anyone, Query: api.PageParams, Result: page, Errors: map[int]string{404: "There is no such organization"}, Subject: ofOrgs, Handle: s.list(ofOrganization)},
		{Method: http.MethodGet, Path: "/api/1/organizations/{org}/contacts/suggest/", ID: "suggest_org_contact_points", Tag: "organizations", Summary: "Suggest contact points of an organization", Access: api.Anyone, Query: api.SuggestParams(suggestions), Result: schema.List(schema.Of(point)), Errors: map[int]string{404: "There is no such organization"}, Subject: ofOrgs, Handle: s.suggest},
		{Method: http.MethodGet, Path: "/api/1/users/{user}/contacts/", ID: "get_user_contact_point", Tag: "users", Summary: "List the contact points of a person", Doc: doc, Access: api.Anyone, Query: api.PageParams, Result: page, Errors: map[int]string{404: "There is no such person"}, Subject: ofUsers, Handle: s.list(ofUser)},
	}
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "contacts"
		}
		routes[i].PathDoc = pathDoc
	}
	return routes
}

// suggestions is how many are suggested to who does not say.
const suggestions = 10

// subject finds the person or organization of the path.
func (s *Service) subject(class, param string) func(ctx context.Context, r *api.Request) error {
	return func(ctx context.Context, r *api.Request) error {
		found, err := s.refs.Resolve(ctx, s.db.Read(), class, r.PathValue(param))
		if err != nil {
			return api.Redirect(r, param, err)
		}
		r.Subject = found.Ref.ID
		return nil
	}
}

func (s *Service) find(ctx context.Context, r *api.Request) error {
	c, err := byKey(ctx, s.db.Read(), r.PathValue("contact_point"))
	r.Subject = c
	return err
}

func (s *Service) one(ctx context.Context, c *ContactPoint) (wire.Fragment, error) {
	written, err := s.write(ctx, s.db.Read(), []*ContactPoint{c})
	if err != nil {
		return wire.Fragment{}, err
	}
	return written[0], nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.one(ctx, r.Subject.(*ContactPoint))
	return api.JSON(r, f), err
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	c, created, err := s.Create(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	f, err := s.one(ctx, c)
	return api.Created(r, f, created), err
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	c, err := s.Update(ctx, r.Actor, r.Subject.(*ContactPoint).ID, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	f, err := s.one(ctx, c)
	return api.JSON(r, f), err
}

func (s *Service) remove(ctx context.Context, r *api.Request) (*api.Response, error) {
	return api.NoContent(), s.Delete(ctx, r.Actor, r.Subject.(*ContactPoint).ID)
}

func listRoles(_ context.Context, r *api.Request) (*api.Response, error) {
	items := make([]wire.Fragment, len(Roles))
	for i, role := range Roles {
		w := wire.NewWriter(64)
		w.Open('{')
		w.Key("id")
		w.String(role.ID)
		w.Key("label")
		w.String(r.Lang.T(role.Label))
		w.Close('}')
		items[i] = w.Fragment()
	}
	return api.List(r, items), nil
}

// list answers with the contact points of the path's person or organization.
func (s *Service) list(of whose) func(ctx context.Context, r *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		page, err := r.Query.Page()
		if err != nil {
			return nil, err
		}
		q, whom := s.db.Read(), r.Subject.(string)
		var total int
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM contact_point WHERE "+string(of)+" = $1", whom).Scan(&total); err != nil {
			return nil, err
		}
		ids, err := db.Strings(ctx, q, "SELECT id FROM contact_point WHERE "+string(of)+" = $1 ORDER BY id LIMIT $2 OFFSET $3",
			whom, page.Limit(), page.Offset())
		if err != nil {
			return nil, err
		}
		found, err := byIDs(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		list := make([]*ContactPoint, 0, len(ids))
		for _, oid := range ids {
			if c, ok := found[oid]; ok {
				list = append(list, c)
			}
		}
		var items []wire.Fragment
		if r.Masked() {
			items, err = s.write(ctx, q, list)
		} else {
			for _, c := range list {
				items = append(items, c.short())
			}
		}
		if err != nil {
			return nil, err
		}
		return api.Paginated(r, s.links, page, total, items, nil)
	}
}

// suggest answers with those of an organization's that have a text in their
// name, address or form.
func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	sought, size, err := r.Query.Suggest(suggestions)
	if err != nil {
		return nil, err
	}
	q, text := s.db.Read(), fold.Sought(sought)
	var list []*ContactPoint
	err = each(ctx, q, ofOrganization, r.Subject.(string), func(c *ContactPoint) error {
		has := func(s string) bool { return strings.Contains(fold.Text(s), text) }
		if len(list) < size && (has(c.Name) || has(c.Email) || has(c.ContactForm)) {
			list = append(list, c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	items, err := s.write(ctx, q, list)
	return api.List(r, items), err
}
