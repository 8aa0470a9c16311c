package discussion

import (
	"context"
	"net/http"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		v1                  = "/api/1/discussions/"
		one                 = v1 + "{id}/"
		message             = one + "comments/{cidx}/"
	)
	model := s.refs.Model(ref.Discussion, ref.Full)
	read, page := schema.Of(model), schema.Page(model)
	search := &schema.Model{Name: "DiscussionSearch", Fields: append([]schema.Field{
		{Name: "facets", Type: schema.Any(), Doc: "How many results there are by facet"},
	}, page.Fields...)}
	wrong := "Something is wrong with the fields named in `errors`"
	legal := []api.Param{legal.Param}
	missing := map[int]string{404: "There is no such discussion"}
	routes := []api.Route{
		{Method: get, Path: v1, ID: "list_discussions", Summary: "List discussions, the newest first", Access: api.Anyone, Query: listParams, Result: schema.Of(page), Handle: s.list},
		{
			Method: post, Path: v1, ID: "create_discussion", Summary: "Open a discussion", Body: startModel, Result: read, Status: http.StatusCreated,
			Errors: map[int]string{400: wrong}, Handle: s.open,
		},
		{Method: get, Path: one, ID: "get_discussion", Summary: "Fetch a discussion", Access: api.Anyone, Result: read, Errors: missing, Subject: s.subject, Handle: s.get},
		{
			Method: post, Path: one, ID: "comment_discussion", Summary: "Answer in a discussion, close it, or both", Body: answerModel, Result: read,
			Errors:  map[int]string{400: "Neither `close` nor a `comment`", 403: "The discussion is closed, or not the caller's to close", 404: missing[404]},
			Subject: s.subject, Handle: s.answer,
		},
		{
			Method: put, Path: one, ID: "update_discussion", Summary: "Give a discussion another title", Body: editModel, Result: read,
			Errors: map[int]string{400: wrong, 403: "Not the caller's", 404: missing[404]}, Subject: s.subject, Handle: s.rename,
		},
		{
			Method: del, Path: one, ID: "delete_discussion", Summary: "Delete a discussion", Status: http.StatusNoContent, Query: legal,
			Errors: map[int]string{403: "Not the caller's", 404: missing[404]}, Subject: s.subject, Handle: s.delete,
		},
		{
			Method: put, Path: message, ID: "edit_discussion_comment", Summary: "Change what a message says", Body: editCommentModel, Result: read,
			Errors: map[int]string{400: wrong, 403: "Not the caller's", 404: "There is no such message"}, Subject: s.subject, Handle: s.edit,
		},
		{
			Method: del, Path: message, ID: "delete_discussion_comment", Summary: "Delete a message", Status: http.StatusNoContent, Query: legal,
			Errors:  map[int]string{400: "The first message is the discussion's own", 403: "Not the caller's", 404: "There is no such message"},
			Subject: s.subject, Handle: s.unsay,
		},
		{
			Method: get, Path: "/api/1/organizations/{org}/discussions/", ID: "list_organization_discussions", Tag: "organizations", Access: api.Anyone,
			Summary: "List the discussions about an organization's objects, the newest first", Result: schema.List(read),
			PathDoc: map[string]string{"org": "The organization's id or slug"}, Errors: map[int]string{404: "There is no such organization"},
			Subject: s.organizationSubject, Handle: s.ofOrganization,
		},
		{
			Method: get, Path: "/api/1/organizations/{org}/discussions.csv", ID: "get_discussions_csv", Tag: "organizations", Access: api.Anyone,
			Summary: "The discussions about an organization's datasets as a table", Produces: "text/csv; charset=utf-8",
			PathDoc: map[string]string{"org": "The organization's id or slug"}, Errors: map[int]string{404: "There is no such organization"},
			Subject: s.organizationSubject, Handle: s.csvOfOrganization,
		},
		{
			Method: get, Path: "/api/1/me/org_discussions/", ID: "my_org_discussions", Tag: "me", Result: schema.List(read),
			Summary: "List the discussions about objects of the current person and of their organizations",
			Query:   []api.Param{{Name: "q", Type: schema.Text(), Doc: "What the title contains"}}, Handle: s.mine,
		},
		{
			Method: get, Path: "/api/2/discussions/search/", ID: "search_discussions", Summary: "Search discussions", Access: api.Anyone,
			Query: searchParams, Result: schema.Of(search), Handle: s.search,
		},
	}
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "discussions"
		}
		if routes[i].PathDoc == nil {
			routes[i].PathDoc = map[string]string{"id": "The discussion's id", "cidx": "The message's number, counted from 0"}
		}
	}
	return routes
}

func choices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}

var (
	listParams = append([]api.Param{
		{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
		{Name: "sort", Type: schema.Enum(choices(sortKeys)...), Doc: "The order, with - for descending", Default: "-created"},
		{Name: "closed", Type: schema.Bool(), Doc: "Only closed ones, or only open ones"},
		{Name: "for", Type: schema.Text(), Doc: "The id of what they are about; given several times, any of them", Repeat: true},
		{Name: "org", Type: schema.Text(), Doc: "The id of the organization whose objects they are about"},
		{Name: "user", Type: schema.Text(), Doc: "The id of a person who said something"},
	}, api.PageParams...)
	searchParams = append([]api.Param{
		{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
		{Name: "sort", Type: schema.Enum(choices(searchSortKeys)...), Doc: "The order, with - for descending"},
		{Name: "closed", Type: schema.Bool(), Doc: "Only closed ones, or only open ones"},
		{Name: "last_update_range", Type: schema.Enum(lastUpdateRanges...), Doc: "How recently something was said"},
	}, api.PageParams...)
)

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	d, err := resolve(ctx, s.db.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if n := r.PathValue("cidx"); n != "" && !isNumber(n) {
		return errs.NotFound()
	}
	r.Subject = d
	return nil
}

func isNumber(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// number is the number of the message in the path.
func number(r *api.Request) int {
	n, err := strconv.Atoi(r.PathValue("cidx"))
	if err != nil {
		return 1 << 30 // more digits than there are messages
	}
	return n
}

func (s *Service) organizationSubject(ctx context.Context, r *api.Request) error {
	o, err := s.refs.Resolve(ctx, s.db.Read(), ref.Organization, r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = o
	return nil
}

// written answers with a discussion.
func (s *Service) written(ctx context.Context, r *api.Request, d *Discussion, err error) (*api.Response, error) {
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, s.db.Read(), []*Discussion{d})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, items[0]), nil
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.filter(ctx, r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, nil)
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query, s.clock())
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, func(w *wire.Writer) {
		w.Key("facets")
		w.Raw([]byte("{}"))
	})
}

func (s *Service) open(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Open(ctx, r.Actor, o, r.Lang.T)
	return s.written(ctx, r, d, err)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.written(ctx, r, r.Subject.(*Discussion), nil)
}

func (s *Service) answer(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Answer(ctx, r.Actor, r.Subject.(*Discussion).ID, o, r.Lang.T)
	return s.written(ctx, r, d, err)
}

func (s *Service) rename(ctx context.Context, r *api.Request) (*api.Response, error) {
	if !r.Actor.Speaks(r.Subject.(*Discussion).Said) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Rename(ctx, r.Actor, r.Subject.(*Discussion).ID, o, r.Lang.T)
	return s.written(ctx, r, d, err)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	notice, err := legal.Asked(r)
	if err != nil {
		return nil, err
	}
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Discussion).ID, notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) edit(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Edit(ctx, r.Actor, r.Subject.(*Discussion).ID, number(r), o, r.Lang.T)
	return s.written(ctx, r, d, err)
}

func (s *Service) unsay(ctx context.Context, r *api.Request) (*api.Response, error) {
	notice, err := legal.Asked(r)
	if err != nil {
		return nil, err
	}
	if err := s.Unsay(ctx, r.Actor, r.Subject.(*Discussion).ID, number(r), notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) ofOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.array(ctx, r, Filter{Organization: r.Subject.(ref.Object).Ref.ID})
}

func (s *Service) mine(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, _ := r.Query.Get("q")
	return s.array(ctx, r, Filter{Mine: r.Actor.ID, Title: q})
}
