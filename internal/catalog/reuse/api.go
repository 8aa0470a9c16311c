package reuse

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/badge"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		v1                  = "/api/1/reuses/"
		one                 = v1 + "{reuse}/"
	)
	m := s.models()
	read, list := schema.Of(m.read), schema.List(schema.Of(m.read))
	reuseDoc := map[string]string{"reuse": "The reuse's id or slug"}
	gone := map[int]string{404: "There is no such reuse, or not for the caller", 410: "The reuse was deleted"}
	missing := map[int]string{404: "There is no such reuse"}
	writing := map[int]string{400: "Something is wrong with the fields named in `errors`", 404: "There is no such reuse", 410: "The reuse was deleted"}
	routes := []api.Route{
		{Method: get, Path: v1, ID: "list_reuses", Summary: "List or search reuses, the newest first", Access: api.Anyone, Query: listParams, Result: schema.Of(m.readPage), Handle: s.list},
		{
			Method: post, Path: v1, ID: "create_reuse", Summary: "Publish a reuse", Body: writeModel, Result: read, Status: http.StatusCreated,
			Errors: map[int]string{400: "Something is wrong with the fields named in `errors`"}, Handle: s.create,
		},
		{Method: get, Path: one, ID: "get_reuse", Summary: "Fetch a reuse", Access: api.Anyone, Result: read, Errors: gone, Subject: s.seen, Handle: s.get},
		{
			Method: put, Path: one, ID: "update_reuse", Summary: "Change a reuse", Body: writeModel, Result: read, Errors: writing,
			Doc:     "Fields that the body does not name stay as they are. `{\"deleted\": null}` restores a deleted reuse.",
			Example: `{"description": "Now with **trams**."}`, Subject: s.subject, Handle: s.update,
		},
		{
			Method: del, Path: one, ID: "delete_reuse", Summary: "Delete a reuse", Status: http.StatusNoContent, Errors: gone,
			Doc:     "The reuse is marked as deleted and can be restored.",
			Query:   []api.Param{legal.Param},
			Subject: s.subject, Handle: s.delete,
		},
		{Method: get, Path: v1 + "badges/", ID: "available_reuse_badges", Summary: "List the badges that a reuse may have, with their labels", Access: api.Anyone, Result: schema.Any(), Handle: badge.Available(s.config.Badges)},
		{
			Method: post, Path: one + "badges/", ID: "add_reuse_badge", Summary: "Give a reuse a badge", Access: api.Sysadmin, Body: ref.BadgeModel, Result: schema.Of(ref.BadgeModel),
			Status: http.StatusCreated, Errors: map[int]string{200: "It has the badge already", 400: "No such badge", 404: "There is no such reuse"}, Subject: s.subject, Handle: badge.Add((*Reuse).id, s.AddBadge),
		},
		{
			Method: del, Path: one + "badges/{badge_kind}/", ID: "delete_reuse_badge", Summary: "Take a badge from a reuse", Access: api.Sysadmin, Status: http.StatusNoContent,
			PathDoc: map[string]string{"badge_kind": "The badge"}, Errors: map[int]string{404: "There is no such reuse, or it lacks the badge"}, Subject: s.subject, Handle: badge.Remove((*Reuse).id, s.RemoveBadge),
		},
		{
			Method: post, Path: one + "datasets/", ID: "reuse_add_dataset", Summary: "Add a dataset to a reuse", Body: linkModel("DatasetReferenceWrite", "dataset"), Result: read, Status: http.StatusCreated,
			Errors: map[int]string{200: "It uses the dataset already", 400: "Expect a dataset identifier", 404: "There is no such reuse or dataset"}, Subject: s.subject, Handle: s.link(ref.Dataset),
		},
		{
			Method: post, Path: one + "dataservices/", ID: "reuse_add_dataservice", Summary: "Add a dataservice to a reuse", Body: linkModel("DataserviceReferenceWrite", "dataservice"), Result: read, Status: http.StatusCreated,
			Errors: map[int]string{200: "It uses the dataservice already", 400: "Expect a dataservice identifier", 404: "There is no such reuse or dataservice"}, Subject: s.subject, Handle: s.link(ref.Dataservice),
		},
		{Method: post, Path: one + "featured/", ID: "feature_reuse", Summary: "Put a reuse on the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(true)},
		{Method: del, Path: one + "featured/", ID: "unfeature_reuse", Summary: "Take a reuse off the front page", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.feature(false)},
		{
			Method: post, Path: one + "image/", ID: "reuse_image", Summary: "Upload a reuse's picture", Result: schema.Of(picture.Model), BodyLimit: picture.BodyLimit(image.Reuse),
			Doc:    "JPEG, PNG or WebP. The picture is made to fit 800 by 800 pixels, with squares of 500, 100, 50 and 25; what the camera wrote into it (place, device) is taken out.",
			Form:   picture.Form,
			Errors: map[int]string{400: "Not a picture, or a damaged one", 404: "There is no such reuse", 413: "The file is too large"}, Subject: s.subject, Handle: s.upload,
		},
		{
			Method: get, Path: v1 + "suggest/", ID: "suggest_reuses", Summary: "Complete the title of a reuse", Access: api.Anyone, Result: schema.List(schema.Of(suggestionModel)),
			Query: []api.Param{
				{Name: "q", Type: schema.Text(), Doc: "What the title contains; required"},
				{Name: "size", Type: schema.Int(), Doc: "How many suggestions at most", Default: 10},
			},
			Errors: map[int]string{400: "`q` is missing"}, Handle: s.suggest,
		},
		{Method: get, Path: v1 + "types/", ID: "reuse_types", Summary: "List the types of reuses", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(typeModel)), Handle: labels(Types)},
		{Method: get, Path: v1 + "topics/", ID: "reuse_topics", Summary: "List the topics of reuses", Access: api.Anyone, Query: langParam, Result: schema.List(schema.Of(topicModel)), Handle: labels(Topics)},
		{
			Method: get, Path: "/api/1/organizations/{org}/reuses/", ID: "list_organization_reuses", Tag: "organizations", Summary: "List an organization's reuses", Access: api.Anyone, Result: list,
			PathDoc: map[string]string{"org": "The organization's id or slug"}, Errors: map[int]string{404: "There is no such organization"}, Subject: s.organizationSubject, Handle: s.ofOrganization,
		},
		{Method: get, Path: "/api/1/me/reuses/", ID: "my_reuses", Tag: "me", Summary: "List the current person's reuses", Result: list, Handle: s.mine},
		{
			Method: get, Path: "/api/1/me/org_reuses/", ID: "my_org_reuses", Tag: "me", Summary: "List the reuses of the current person and of their organizations", Result: list,
			Query: []api.Param{{Name: "q", Type: schema.Text(), Doc: "What the title contains"}}, Handle: s.mineAndOrganizations,
		},
		{Method: get, Path: "/api/2/reuses/", ID: "list_reuses", Summary: "List or search reuses in their light form", Access: api.Anyone, Query: listParams, Result: schema.Of(m.lightPage), Handle: s.listLight},
		{Method: get, Path: "/api/2/reuses/search/", ID: "search_reuses", Summary: "Search reuses", Access: api.Anyone, Query: searchParams, Result: schema.Of(m.search), Handle: s.search},
	}
	routes = append(routes, s.csvRoute())
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "reuses"
		}
		if routes[i].PathDoc == nil {
			routes[i].PathDoc = map[string]string{}
		}
		for k, v := range reuseDoc {
			routes[i].PathDoc[k] = v
		}
	}
	return routes
}

var langParam = []api.Param{{Name: "lang", Type: schema.Text(), Doc: "The language of the labels: en, fr, es, de, it, pt"}}

// listParams are the parameters of the lists.
var listParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(sortKeys)...), Doc: "The order, with - for descending"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "organization_badge", Type: schema.Enum(organizationBadges...), Doc: "A badge of the organization"},
	{Name: "type", Type: schema.Enum(typeIDs...), Doc: "What it is"},
	{Name: "topic", Type: schema.Enum(topicIDs...), Doc: "What it is about"},
	{Name: "dataset", Type: schema.Text(), Doc: "The id of a dataset that it uses"},
	{Name: "dataservice", Type: schema.Text(), Doc: "The id of a dataservice that it uses"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "private", Type: schema.Bool(), Doc: "Only drafts, or none"},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones, or only those that are featured no more"},
}, api.PageParams...)

func sortChoices(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k, "-"+k)
	}
	return out
}

// seen is subject for who only reads: what everybody may see is not loaded when
// it is kept.
func (s *Service) seen(ctx context.Context, r *api.Request) error {
	shown, known, err := s.refs.Keep.Forms.Seen(ctx, ref.Reuse, r.PathValue("reuse"), func() (string, error) {
		if err := s.subject(ctx, r); err != nil || r.Subject.(*Reuse).Hidden() {
			return "", err
		}
		return r.Subject.(*Reuse).ID, nil
	})
	if known {
		r.Subject = shown
	}
	return err
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	found, err := s.resolve(ctx, s.db.Read(), r.PathValue("reuse"))
	if err != nil {
		return api.Redirect(r, "reuse", err)
	}
	r.Subject = found
	return nil
}

func (s *Service) organizationSubject(ctx context.Context, r *api.Request) error {
	found, err := s.refs.Resolve(ctx, s.db.Read(), ref.Organization, r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = found
	return nil
}

// answer writes one reuse in its whole form.
func (s *Service) answer(ctx context.Context, r *api.Request, reuse *Reuse) (*api.Response, error) {
	f, err := s.render(ctx, []*Reuse{reuse}, true)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, scope Scope, whole bool, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOfKept(r, s.links, extra,
		func(p api.Page) ([]string, int, error) {
			return s.refs.Keep.Lists.Page(ctx, s.db, f.listed(scope, r.Actor), p.Limit(), p.Offset())
		},
		func(ids []string) ([]wire.Fragment, error) {
			mask, name := r.ItemMask()
			return s.forms(ctx, ids, whole, mask, name)
		})
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Listed, true, nil)
}

func (s *Service) listLight(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Listed, false, nil)
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	reuse, err := s.Publish(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, reuse)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	oid, ok := r.Subject.(keep.Shown)
	if !ok {
		reuse := r.Subject.(*Reuse)
		if reuse.Hidden() && !r.Actor.CanReadHidden(reuse.Owned()) {
			if !reuse.Private {
				return nil, errDeleted()
			}
			return nil, errs.NotFound()
		}
		oid = keep.Shown(reuse.ID)
	}
	found, err := s.forms(ctx, []string{string(oid)}, true, nil, "")
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errs.NotFound() // it went away meanwhile
	}
	return api.JSON(r, found[0]), nil
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	reuse := r.Subject.(*Reuse)
	if reuse.Deleted.IsZero() && !r.Actor.CanEdit(reuse.Owned()) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	updated, err := s.Update(ctx, r.Actor, reuse.ID, o, r.Lang.T)
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
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Reuse).ID, notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

// link adds what the body names by its id.
func (s *Service) link(class string) func(context.Context, *api.Request) (*api.Response, error) {
	what := map[string]string{ref.Dataset: "dataset", ref.Dataservice: "dataservice"}[class]
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		reuse := r.Subject.(*Reuse)
		if !r.Actor.CanEdit(reuse.Owned()) {
			return nil, errs.Forbidden()
		}
		o, err := r.Object()
		if err != nil {
			return nil, err
		}
		if !o.Has("id") {
			return nil, errs.Field("id", "Expect a %s identifier", what)
		}
		text, state := o.String("id")
		if state == patch.Bad {
			return nil, errs.Field("id", "Expect a %s identifier", what)
		}
		oid, ok := id.Parse(text)
		if !ok {
			return nil, errs.NotFound()
		}
		updated, added, err := s.Link(ctx, r.Actor, reuse.ID, class, oid)
		if err != nil {
			return nil, err
		}
		res, err := s.answer(ctx, r, updated)
		if err != nil {
			return nil, err
		}
		if !added {
			res.Status = http.StatusOK
		}
		return res, nil
	}
}

func (s *Service) feature(featured bool) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		reuse, err := s.Feature(ctx, r.Actor, r.Subject.(*Reuse).ID, featured)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, reuse)
	}
}

func labels(list []Label) func(context.Context, *api.Request) (*api.Response, error) {
	return func(_ context.Context, r *api.Request) (*api.Response, error) {
		w := wire.NewWriter(1024)
		w.Open('[')
		for _, l := range list {
			w.Open('{')
			w.Key("id")
			w.String(l.ID)
			w.Key("label")
			w.String(r.Lang.T(l.Label))
			w.Close('}')
		}
		w.Close(']')
		return api.JSON(r, w.Fragment()), nil
	}
}

func (s *Service) ofOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	org := r.Subject.(ref.Object)
	scope := NotPrivate
	if r.Actor.IsSysadmin() || r.Actor.MemberOf(org.Ref.ID) {
		scope = Everything
	}
	return s.array(ctx, r, Filter{Organization: org.Ref.ID}, scope)
}

func (s *Service) mine(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.array(ctx, r, Filter{Owner: r.Actor.ID}, Everything)
}

func (s *Service) mineAndOrganizations(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, _ := r.Query.Get("q")
	return s.array(ctx, r, Filter{MyOrganizations: r.Actor.ID, Title: q}, Everything)
}

// array answers with a whole list, as these old operations do. It holds at
// most api.MaxPageSize reuses, the newest.
func (s *Service) array(ctx context.Context, r *api.Request, f Filter, scope Scope) (*api.Response, error) {
	f.Limit = api.MaxPageSize
	found, err := s.List(ctx, f, scope, r.Actor)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, found, true)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}
