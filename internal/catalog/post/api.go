package post

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/feed"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/schema"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		v1                  = "/api/1/posts/"
		one                 = v1 + "{post}/"
	)
	whole := s.readModel("Post (read)", true)
	listed := schema.Page(s.readModel("Post (listed)", false))
	listed.Name = "PostPage"
	found := schema.Page(whole)
	found.Name, found.Fields = "PostSearchPage", append([]schema.Field{
		{Name: "facets", Type: schema.Any(), Doc: "How many results there are by facet"},
	}, found.Fields...)
	read := schema.Of(whole)
	missing := map[int]string{404: "There is no such post"}
	writing := map[int]string{400: "Something is wrong with the fields named in `errors`", 404: missing[404]}
	uploading := map[int]string{400: "Not a picture, or a damaged one", 404: missing[404], 413: "The file is too large"}
	routes := []api.Route{
		{Method: get, Path: v1, ID: "list_posts", Summary: "List or search the portal's news and pages", Access: api.Anyone, Query: listParams, Result: schema.Of(listed), Handle: s.list},
		{
			Method: post, Path: v1, ID: "create_post", Summary: "Write a post", Doc: "It is a draft until it is published.", Access: api.Sysadmin, Body: writeModel, Result: read,
			Status: http.StatusCreated, Errors: map[int]string{400: writing[400]}, Handle: s.create,
		},
		{Method: get, Path: v1 + "recent.atom", ID: "recent_posts_atom_feed", Summary: "The latest news as an Atom feed", Access: api.Anyone, Query: feed.Lang, Produces: feed.Produces, Handle: s.feed},
		{
			Method: get, Path: one, ID: "get_post", Summary: "Fetch a post", Access: api.Anyone, Result: read,
			Errors: map[int]string{404: "There is no such post, or it is a draft"}, Subject: s.subject, Handle: s.get,
		},
		{
			Method: put, Path: one, ID: "update_post", Summary: "Change a post", Doc: "Fields that the body does not name stay as they are.", Access: api.Sysadmin,
			Body: writeModel, Result: read, Errors: writing, Example: `{"headline": "Now with **trams**."}`, Subject: s.subject, Handle: s.update,
		},
		{Method: del, Path: one, ID: "delete_post", Summary: "Delete a post", Doc: "It is gone for good.", Access: api.Sysadmin, Status: http.StatusNoContent, Errors: missing, Subject: s.subject, Handle: s.delete},
		{Method: post, Path: one + "publish/", ID: "publish_post", Summary: "Publish a post", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.publish(true)},
		{Method: del, Path: one + "publish/", ID: "unpublish_post", Summary: "Make a post a draft", Access: api.Sysadmin, Result: read, Errors: missing, Subject: s.subject, Handle: s.publish(false)},
		{
			Method: post, Path: one + "image/", ID: "post_image", Summary: "Upload a post's picture", Access: api.Sysadmin, Result: schema.Of(picture.Model),
			Doc:       "JPEG, PNG or WebP. The picture is made to fit 2000 by 2000 pixels, with squares of 400, 100 and 50; what the camera wrote into it is taken out.",
			BodyLimit: picture.BodyLimit(image.Post), Form: picture.Form, Errors: uploading, Subject: s.subject, Handle: s.upload,
		},
		{
			Method: put, Path: one + "image/", ID: "resize_post_image", Summary: "Show another part of a post's picture", Access: api.Sysadmin, Result: schema.Of(picture.Model),
			Doc:       "Without a file, the squares are cut anew from the picture that is there.",
			BodyLimit: picture.BodyLimit(image.Post), Form: picture.Optional, Errors: uploading, Subject: s.subject, Handle: s.resize,
		},
		{Method: get, Path: "/api/2/posts/search/", ID: "search_posts", Summary: "Search the portal's news and pages", Access: api.Anyone, Query: searchParams, Result: schema.Of(found), Handle: s.search},
	}
	for i := range routes {
		routes[i].Tag = "posts"
		routes[i].PathDoc = map[string]string{"post": "The post's id or slug"}
	}
	return routes
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	p, err := s.resolve(ctx, s.db.Read(), r.PathValue("post"))
	if err != nil {
		return api.Redirect(r, "post", err)
	}
	r.Subject = p
	return nil
}

// answer writes one post.
func (s *Service) answer(ctx context.Context, r *api.Request, p *Post) (*api.Response, error) {
	f, err := s.render(ctx, r.Actor, []*Post{p}, true)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	p, err := s.Write(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, p)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	p := r.Subject.(*Post)
	if p.Draft() && !r.Actor.IsSysadmin() {
		return nil, errs.NotFound()
	}
	return s.answer(ctx, r, p)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	p, err := s.Update(ctx, r.Actor, r.Subject.(*Post).ID, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, p)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Post).ID); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) publish(published bool) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		p, err := s.Publish(ctx, r.Actor, r.Subject.(*Post).ID, published)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, p)
	}
}
