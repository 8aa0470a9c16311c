package organization

import (
	"context"
	"net/http"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		v1                  = "/api/1/organizations/"
		one                 = v1 + "{org}/"
		member              = one + "member/{user}/"
		request             = one + "membership/{id}/"
		invitations         = "/api/1/me/org_invitations/"
		extras              = "/api/2/organizations/{org}/extras/"
	)
	m := s.models()
	read := schema.Of(m.read)
	missing := map[int]string{404: "There is no such organization"}
	gone := map[int]string{404: missing[404], 410: "The organization was deleted"}
	writing := map[int]string{400: "Something is wrong with the fields named in `errors`", 404: missing[404], 410: gone[410]}
	answering := map[int]string{400: "It cannot be answered so: the message says why", 404: "There is no such request"}
	logoDoc := "JPEG, PNG or WebP. The picture is made to fit 500 by 500 pixels, with squares of 100, 60 and 25; what the camera wrote into it is taken out."
	bad := map[int]string{400: "Not a picture, or a damaged one", 404: missing[404], 413: "The file is too large"}
	routes := []api.Route{
		{Method: get, Path: v1, ID: "list_organizations", Summary: "List or search organizations, the newest first", Access: api.Anyone, Query: listParams, Result: schema.Of(m.page), Handle: s.list},
		{
			Method: post, Path: v1, ID: "create_organization", Summary: "Found an organization", Doc: "Who founds it is its first admin.", Body: writeModel, Result: read, Status: http.StatusCreated,
			Errors: map[int]string{400: writing[400]}, Handle: s.create,
		},
		{Method: get, Path: one, ID: "get_organization", Summary: "Fetch an organization", Access: api.Anyone, Result: read, Errors: gone, Subject: s.subject, Handle: s.get},
		{
			Method: put, Path: one, ID: "update_organization", Summary: "Change an organization", Doc: "Fields that the body does not name stay as they are.", Body: writeModel, Result: read,
			Errors: writing, Example: `{"description": "Opens **all** that it has."}`, Subject: s.subject, Handle: s.update,
		},
		{
			Method: del, Path: one, ID: "delete_organization", Summary: "Delete an organization", Doc: "The organization is marked as deleted.", Status: http.StatusNoContent, Errors: gone,
			Query:   []api.Param{legal.Param},
			Subject: s.subject, Handle: s.delete,
		},
		{
			Method: get, Path: v1 + "suggest/", ID: "suggest_organizations", Summary: "Complete the name of an organization", Access: api.Anyone, Result: schema.List(schema.Of(suggestionModel)),
			Query: []api.Param{
				{Name: "q", Type: schema.Text(), Doc: "What the name or the acronym contains; required"},
				{Name: "size", Type: schema.Int(), Doc: "How many suggestions at most", Default: 10},
			},
			Errors: map[int]string{400: "`q` is missing"}, Handle: s.suggest,
		},
		{Method: get, Path: v1 + "roles/", ID: "org_roles", Summary: "List the roles of members", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(roleModel)), Handle: s.roles},
		{Method: get, Path: v1 + "badges/", ID: "available_organization_badges", Summary: "List the badges that an organization may have, with their labels", Access: api.Anyone, Query: langParam, Result: schema.Any(), Handle: badge.Available(Badges)},
		{
			Method: post, Path: one + "badges/", ID: "add_organization_badge", Summary: "Give an organization a badge", Access: api.Sysadmin, Body: ref.BadgeModel, Result: schema.Of(ref.BadgeModel), Status: http.StatusCreated,
			Errors: map[int]string{200: "It has the badge already", 400: "No such badge", 404: missing[404]}, Subject: s.subject, Handle: badge.Add((*Organization).id, s.AddBadge),
		},
		{
			Method: del, Path: one + "badges/{badge_kind}/", ID: "delete_organization_badge", Summary: "Take a badge from an organization", Access: api.Sysadmin, Status: http.StatusNoContent,
			PathDoc: map[string]string{"badge_kind": "The badge"}, Errors: map[int]string{404: "There is no such organization, or it lacks the badge"}, Subject: s.subject, Handle: badge.Remove((*Organization).id, s.RemoveBadge),
		},
		{Method: post, Path: one + "logo/", ID: "organization_logo", Summary: "Upload an organization's logo", Doc: logoDoc, Result: schema.Of(picture.Model), BodyLimit: picture.BodyLimit(image.Logo), Form: picture.Form, Errors: bad, Subject: s.subject, Handle: s.upload},
		{
			Method: put, Path: one + "logo/", ID: "resize_organization_logo", Summary: "Show another part of an organization's logo", Doc: "Without a file, the squares are cut anew from the logo that is there.",
			Result: schema.Of(picture.Model), BodyLimit: picture.BodyLimit(image.Logo), Form: picture.Optional, Errors: bad, Subject: s.subject, Handle: s.resize,
		},

		{
			Method: get, Path: one + "membership/", ID: "list_membership_requests", Summary: "List who asked to be a member or was invited", Doc: "For the organization's admins; everybody sees their own.", Result: schema.List(schema.Of(m.request)), Errors: missing,
			Query: []api.Param{
				{Name: "status", Type: schema.Enum(statuses...), Doc: "Only those in this status"},
				{Name: "user", Type: schema.Text(), Doc: "Only those of this person, by id"},
			},
			Subject: s.subject, Handle: s.listRequests,
		},
		{
			Method: post, Path: one + "membership/", ID: "membership_request", Summary: "Ask to be a member", Body: askModel, Result: schema.Of(m.request), Status: http.StatusCreated,
			Errors: map[int]string{200: "You asked already: the comment is the new one", 400: writing[400], 404: missing[404], 410: gone[410]}, Subject: s.subject, Handle: s.ask,
		},
		{
			Method: post, Path: request + "accept/", ID: "accept_membership", Summary: "Make somebody who asked a member", Result: schema.Of(m.member),
			Errors: map[int]string{400: answering[400], 404: answering[404], 409: "They are a member already"}, Subject: s.requestSubject, Handle: s.accept,
		},
		{Method: post, Path: request + "refuse/", ID: "refuse_membership", Summary: "Refuse somebody who asked to be a member", Body: refuseModel, Result: schema.Any(), Errors: answering, Subject: s.requestSubject, Handle: s.refuse},
		{Method: post, Path: request + "cancel/", ID: "cancel_membership", Summary: "Take an invitation back", Result: schema.Any(), Errors: answering, Subject: s.requestSubject, Handle: s.cancel},
		{
			Method: post, Path: one + "member/", ID: "invite_organization_member", Summary: "Invite somebody to be a member", Doc: "By their id, or by the address of somebody who need not have an account.", Body: inviteModel, Result: schema.Of(m.request), Status: http.StatusCreated,
			Errors: writing, Example: `{"email": "ada@example.org", "role": "editor"}`, Subject: s.subject, Handle: s.invite,
		},
		{Method: put, Path: member, ID: "update_organization_member", Summary: "Change a member's role", Body: roleWriteModel, Result: schema.Of(m.member), Errors: map[int]string{400: "There is no such role", 404: "There is no such member"}, Subject: s.memberSubject, Handle: s.setRole},
		{Method: del, Path: member, ID: "delete_organization_member", Summary: "Remove a member", Status: http.StatusNoContent, Errors: map[int]string{404: "There is no such member"}, Subject: s.memberSubject, Handle: s.removeMember},
		{
			Method: put, Path: member + "assignments/", ID: "sync_member_assignments", Summary: "Set what a partial editor may change", Doc: "The body is the list of all that they may change, each as `{\"class\": \"Dataset\", \"id\": …}`.", Result: schema.List(schema.Of(m.assignment)),
			Errors: map[int]string{400: "They are no partial editor, or the list names what is not the organization's", 404: missing[404]}, Subject: s.memberSubject, Handle: s.setAssignments,
		},
		{Method: get, Path: one + "assignments/", ID: "list_organization_assignments", Summary: "List what the partial editors may change", Result: schema.List(schema.Of(m.assignment)), Errors: missing, Subject: s.subject, Handle: s.listAssignments},
		{Method: get, Path: invitations, ID: "list_org_invitations", Tag: "me", Summary: "List the invitations that wait for the current person", Result: schema.List(schema.Of(m.invitation)), Handle: s.listInvitations},
		{Method: post, Path: invitations + "{id}/accept/", ID: "accept_org_invitation", Tag: "me", Summary: "Accept an invitation", Result: schema.Of(messageModel), Errors: answering, Subject: requestIDSubject, Handle: s.answerInvitation(true)},
		{Method: post, Path: invitations + "{id}/refuse/", ID: "refuse_org_invitation", Tag: "me", Summary: "Refuse an invitation", Result: schema.Of(messageModel), Errors: answering, Subject: requestIDSubject, Handle: s.answerInvitation(false)},

		{Method: get, Path: "/api/2/organizations/search/", ID: "search_organizations", Summary: "Search organizations", Access: api.Anyone, Query: searchParams, Result: schema.Of(m.search), Handle: s.search},
		{Method: get, Path: extras, ID: "get_organization_extras", Summary: "Fetch an organization's extras", Access: api.Anyone, Result: schema.Any(), Errors: gone, Subject: s.subject, Handle: s.getExtras},
		{
			Method: put, Path: extras, ID: "update_organization_extras", Summary: "Set extras of an organization", Doc: "The members that the body names are set, or removed when they are null; others stay.", Result: schema.Any(),
			Errors: writing, Example: `{"our:key": "value"}`, Subject: s.subject, Handle: s.putExtras,
		},
		{
			Method: del, Path: extras, ID: "delete_organization_extras", Summary: "Remove extras of an organization", Doc: "The body is the list of their names.", Status: http.StatusNoContent,
			Errors: map[int]string{400: "The body is no list of names", 404: "There is no such organization, or it has no such extra", 410: gone[410]}, Subject: s.subject, Handle: s.deleteExtras,
		},
	}
	routes = append(routes, s.csvRoute())
	docs := map[string]string{"org": "The organization's id or slug", "user": "The member's id or slug", "id": "The request's id, a UUID"}
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "organizations"
		}
		if routes[i].PathDoc == nil {
			routes[i].PathDoc = map[string]string{}
		}
		for k, v := range docs {
			routes[i].PathDoc[k] = v
		}
	}
	return routes
}

var langParam = []api.Param{{Name: "lang", Type: schema.Text(), Doc: "The language of the labels: en, fr, es, de, it, pt"}}

// listParams are the parameters of the list.
var listParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
	{Name: "badge", Type: schema.Enum(BadgeKinds...), Doc: "Only those that have this badge"},
	{Name: "name", Type: schema.Text(), Doc: "The whole name, in any case"},
	{Name: "business_number_id", Type: schema.Text(), Doc: "The number in the national register of businesses"},
}, api.PageParams...)

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending"},
	{Name: "badge", Type: schema.Enum(BadgeKinds...), Doc: "Only those that have this badge"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
	{Name: "name", Type: schema.Text(), Doc: "The whole name, in any case"},
	{Name: "business_number_id", Type: schema.Text(), Doc: "The number in the national register of businesses"},
}, api.PageParams...)

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	o, err := s.resolve(ctx, s.db.Read(), r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = o
	return nil
}

// answer writes one organization in its whole form.
func (s *Service) answer(ctx context.Context, r *api.Request, o *Organization) (*api.Response, error) {
	f, err := s.render(ctx, r.Actor, r.Lang.T, []*Organization{o}, r.Asks("presentation_blocs"))
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOf(r, s.links, extra,
		func() (int, error) { return s.Count(ctx, f) },
		func(p api.Page) ([]*Organization, error) {
			f.Limit, f.Offset = p.Limit(), p.Offset()
			return s.List(ctx, f)
		},
		func(list []*Organization) ([]wire.Fragment, error) {
			return s.render(ctx, r.Actor, r.Lang.T, list, r.Asks("data", "presentation_blocs"))
		})
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, nil)
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, func(w *wire.Writer) {
		w.Key("facets")
		w.Raw([]byte("{}"))
	})
}

// maxSuggestions is how many suggestions are answered at most.
const maxSuggestions = 1000

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, ok := r.Query.Get("q")
	if !ok {
		return nil, errs.Query("q", "The string to autocomplete/suggest Missing required parameter in the query string")
	}
	size := 10
	if v, ok := r.Query.Get("size"); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, errs.Query("size", "The amount of suggestion to fetch invalid literal for int() with base 10: '%s'", v)
		}
		// As the database of udata reads it: 0 is no limit, the sign is none.
		size = max(n, -n)
		if size <= 0 || size > maxSuggestions {
			size = maxSuggestions
		}
	}
	found, err := s.List(ctx, Filter{Contains: q, Sort: "followers", Descending: true, Limit: size})
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(found))
	for i, o := range found {
		items[i] = o.suggestion(s.links)
	}
	return api.List(r, items), nil
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	o, err := s.Found(ctx, r.Actor, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, o)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !o.Deleted.IsZero() && !administers(r.Actor, o.ID) {
		return nil, errDeleted()
	}
	return s.answer(ctx, r, o)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if o.Deleted.IsZero() && !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	updated, err := s.Update(ctx, r.Actor, o.ID, b, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, updated)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	notice, err := legal.Asked(r)
	if err != nil {
		return nil, err
	}
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Organization).ID, notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) roles(_ context.Context, r *api.Request) (*api.Response, error) {
	w := wire.NewWriter(256)
	w.Open('[')
	for _, role := range auth.Roles {
		w.Open('{')
		w.Key("id")
		w.String(string(role))
		w.Key("label")
		w.String(r.Lang.T(role.Label()))
		w.Close('}')
	}
	w.Close(']')
	return api.JSON(r, w.Fragment()), nil
}
