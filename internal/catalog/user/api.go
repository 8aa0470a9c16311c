package user

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Routes are the operations of the noun; those of signing in are in
// SignInRoutes.
func (s *Service) Routes() []api.Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		users, me           = "/api/1/users/", "/api/1/me/"
		one                 = users + "{user}/"
	)
	read := model(s.refs.Model(ref.Organization, ref.Card))
	user := schema.Of(read)
	wrong := "Something is wrong with the fields named in `errors`"
	missing := map[int]string{404: "There is no such person", 410: "The account was deleted"}
	writing := map[int]string{400: wrong, 404: missing[404], 410: missing[410]}
	upload := []schema.Field{
		{Name: "file", Type: schema.Type{Kind: schema.File}, Required: true, Doc: "The picture: JPEG, PNG or WebP"},
		{Name: "bbox", Type: schema.Text(), Doc: "The part that the squares show: left,top,right,bottom in pixels", Example: "10,10,210,210"},
	}
	const uploadLimit = 64 << 10
	uploading := map[int]string{400: "Not a picture, or a damaged one", 413: "The file is too large"}
	routes := []api.Route{
		{Method: get, Path: me, ID: "get_me", Tag: "me", Summary: "Fetch the current person", Result: user, Handle: s.me},
		{
			Method: put, Path: me, ID: "update_me", Tag: "me", Summary: "Change the current person", Body: writeModel, Result: user,
			Doc: "Fields that the body does not name stay as they are.", Example: `{"about": "I count **trees**."}`, Errors: map[int]string{400: wrong}, Handle: s.updateMe,
		},
		{
			Method: del, Path: me, ID: "delete_me", Tag: "me", Summary: "Delete the current person's account", Status: http.StatusNoContent,
			Doc: "Name, address, picture, tokens and memberships are forgotten; what was published stays.", Handle: s.deleteMe,
		},
		{
			Method: post, Path: me + "avatar/", ID: "my_avatar", Tag: "me", Summary: "Upload the current person's picture", Result: schema.Of(uploadedModel),
			BodyLimit: image.Avatar.MaxBytes + uploadLimit, Form: upload, Errors: uploading, Handle: s.uploadMe,
		},
		{Method: get, Path: me + "metrics/", ID: "my_metrics", Tag: "me", Summary: "Count what the current person and their organizations have", Result: schema.Of(metricsModel), Handle: s.metrics},
		{Method: get, Path: me + "api_tokens/", ID: "list_api_tokens", Tag: "me", Summary: "List the current person's API tokens", Result: schema.List(schema.Of(tokenModel)), Handle: s.tokens},
		{
			Method: post, Path: me + "api_tokens/", ID: "create_api_token", Tag: "me", Summary: "Make an API token", Body: tokenWriteModel, Result: schema.Of(madeTokenModel), Status: http.StatusCreated,
			Doc: "The token itself is told in this answer alone.", Errors: map[int]string{400: wrong}, Handle: s.makeToken,
		},
		{
			Method: del, Path: me + "api_tokens/{api_token}/", ID: "revoke_api_token", Tag: "me", Summary: "Revoke an API token", Status: http.StatusNoContent,
			PathDoc: map[string]string{"api_token": "The token's id"}, Errors: map[int]string{404: "The person has no such token", 410: "It was revoked already"}, Handle: s.revokeToken,
		},
		{
			Method: get, Path: users, ID: "list_users", Summary: "List or search people, the newest first", Access: api.Sysadmin, Result: schema.Of(schema.Page(read)),
			Query: append([]api.Param{
				{Name: "q", Type: schema.Text(), Doc: "Words of the name or of the address"},
				{Name: "sort", Type: schema.Enum(sortChoices()...), Doc: "The order, with - for descending"},
			}, api.PageParams...), Handle: s.list,
		},
		{
			Method: post, Path: users, ID: "create_user", Summary: "Make an account for somebody", Access: api.Sysadmin, Body: writeModel, Result: user, Status: http.StatusCreated,
			Doc: "The person chooses a password by asking for a new one.", Errors: map[int]string{400: wrong}, Handle: s.create,
		},
		{
			Method: get, Path: users + "suggest/", ID: "suggest_users", Summary: "Complete the name of a person", Access: api.Anyone, Result: schema.List(schema.Of(suggestionModel)),
			Query: []api.Param{
				{Name: "q", Type: schema.Text(), Doc: "What the name contains; required"},
				{Name: "size", Type: schema.Int(), Doc: "How many suggestions at most, 1 to 20", Default: 10},
			},
			Errors: map[int]string{400: "`q` is missing, or `size` out of bounds"}, Handle: s.suggest,
		},
		{Method: get, Path: users + "roles/", ID: "user_roles", Summary: "List the roles that a person may have in the portal", Access: api.Anyone, Result: schema.List(schema.Of(roleModel)), Handle: roles},
		{Method: get, Path: one, ID: "get_user", Summary: "Fetch a person", Access: api.Anyone, Result: user, Errors: missing, Subject: s.subject, Handle: s.get},
		{Method: put, Path: one, ID: "update_user", Summary: "Change a person", Access: api.Sysadmin, Body: writeModel, Result: user, Errors: writing, Subject: s.subject, Handle: s.update},
		{
			Method: del, Path: one, ID: "delete_user", Summary: "Delete a person's account", Access: api.Sysadmin, Status: http.StatusNoContent,
			Doc: "Who it was is forgotten; what was published stays.",
			Query: []api.Param{
				legal.Param,
				{Name: "no_mail", Type: schema.Bool(), Doc: "Do not tell the person by mail; with the legal notice, they get that alone", Default: false},
				{Name: "delete_comments", Type: schema.Bool(), Doc: "Take away what the person said in discussions, too", Default: false},
			},
			Errors: map[int]string{403: "Nobody deletes themselves this way", 404: missing[404], 410: missing[410]}, Subject: s.subject, Handle: s.delete,
		},
		{
			Method: post, Path: one + "avatar/", ID: "user_avatar", Summary: "Upload a person's picture", Access: api.Sysadmin, Result: schema.Of(uploadedModel),
			BodyLimit: image.Avatar.MaxBytes + uploadLimit, Form: upload, Errors: map[int]string{400: uploading[400], 404: missing[404], 410: missing[410], 413: uploading[413]},
			Subject: s.subject, Handle: s.uploadOther,
		},
		{
			Method: post, Path: one + "rotate_password/", ID: "rotate_user_password", Summary: "Ask a person for a new password", Access: api.Sysadmin, Status: http.StatusNoContent,
			Doc: "They are signed out, and cannot sign in with the old password.", Errors: missing, Subject: s.subject, Handle: s.rotate,
		},
		{
			Method: get, Path: "/api/1/avatars/{identifier}/{size}/", ID: "avatars", Tag: "avatars", Summary: "A picture for a person who has none", Access: api.Anyone, Produces: "image/png",
			Doc:     "The same figure for the same identifier, always.",
			PathDoc: map[string]string{"identifier": "Any text, usually the person's id", "size": "Width and height in pixels, 1 to 1024"},
			Errors:  map[int]string{304: "The caller has it already", 404: "`size` is no number"}, Handle: identicon,
		},
	}
	for i := range routes {
		if routes[i].Tag == "" {
			routes[i].Tag = "users"
		}
		if routes[i].PathDoc == nil {
			routes[i].PathDoc = map[string]string{"user": "The person's id or slug"}
		}
	}
	return routes
}

func sortChoices() []string {
	var out []string
	for _, k := range sortKeys {
		out = append(out, k, "-"+k)
	}
	return out
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	u, err := s.resolve(ctx, s.db.Read(), r.PathValue("user"))
	if err != nil {
		return api.Redirect(r, "user", err)
	}
	r.Subject = u
	return nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	u := r.Subject.(*User)
	if !u.Deleted.IsZero() && !r.Actor.IsSysadmin() {
		return nil, errInactive()
	}
	if !u.Active && !r.Actor.IsSysadmin() && !r.Actor.Is(u.ID) {
		return nil, errInactive()
	}
	// Their own address a person sees under /me/ alone, as in udata.
	return s.answer(ctx, r, u, r.Actor.IsSysadmin())
}

func (s *Service) answer(ctx context.Context, r *api.Request, u *User, confidential bool) (*api.Response, error) {
	f, err := s.render(ctx, []*User{u}, confidential)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f := Filter{ByEmail: true}
	var err error
	if f.Sort, f.Descending, err = r.Query.Sort(sortKeys...); err != nil {
		return nil, err
	}
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	f.Query, _ = r.Query.Get("q")
	f.Limit, f.Offset = page.Limit(), page.Offset()
	total, err := s.Count(ctx, f)
	if err != nil {
		return nil, err
	}
	found, err := s.List(ctx, f)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, found, true)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	u, err := s.Add(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, u, true)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	u, err := s.Update(ctx, r.Actor, r.Subject.(*User).ID, o, r.Lang)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, u, true)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	var how Deletion
	for name, into := range map[string]*bool{"no_mail": &how.Silent, legal.Param.Name: &how.Notice, "delete_comments": &how.Comments} {
		var err error
		if *into, _, err = r.Query.Bool(name); err != nil {
			return nil, err
		}
	}
	if err := s.DeleteOther(ctx, r.Actor, r.Subject.(*User).ID, how, r.Lang); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) uploadOther(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.upload(ctx, r, r.Subject.(*User).ID)
}

func (s *Service) rotate(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := s.DemandRotation(ctx, r.Actor, r.Subject.(*User).ID); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

// maxSuggestions is how many suggestions are answered at most, as in udata.
const maxSuggestions = 20

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, ok := r.Query.Get("q")
	if !ok {
		return nil, errs.Query("q", "The string to autocomplete/suggest Missing required parameter in the query string")
	}
	size := 10
	if v, ok := r.Query.Get("size"); ok {
		var err error
		if size, err = strconv.Atoi(v); err != nil || size < 1 || size > maxSuggestions {
			return nil, errs.Query("size", "The amount of suggestion to fetch (between 1 and 20) The size must be an integer between 1 and 20.")
		}
	}
	found, err := s.List(ctx, Filter{Query: q, Limit: size})
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(found))
	for i, u := range found {
		items[i] = u.suggestion(s.links, r.Actor.IsSysadmin())
	}
	return api.List(r, items), nil
}

func roles(_ context.Context, r *api.Request) (*api.Response, error) {
	w := wire.NewWriter(64)
	w.Open('[')
	w.Open('{')
	w.Key("name")
	w.String("admin")
	w.Close('}')
	w.Close(']')
	return api.JSON(r, w.Fragment()), nil
}

// identicon draws a picture. It is cheap and always the same, so browsers may
// keep it for a day, and ask with its ETag after that.
func identicon(_ context.Context, r *api.Request) (*api.Response, error) {
	side, err := strconv.Atoi(r.PathValue("size"))
	if err != nil {
		return nil, errs.NotFound()
	}
	if side < 1 || side > image.MaxIdenticon {
		return nil, errs.Query("size", "The size must be an integer between 1 and %d.", image.MaxIdenticon)
	}
	picture, err := image.Identicon(r.PathValue("identifier"), side)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(picture)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	res := &api.Response{Body: picture, Header: http.Header{
		"Etag": {tag}, "Cache-Control": {"public, max-age=86400"}, "X-Content-Type-Options": {"nosniff"},
	}}
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		res.Status, res.Body = http.StatusNotModified, nil
	}
	return res, nil
}

// noStore keeps an answer out of all caches.
func noStore() http.Header { return http.Header{"Cache-Control": {"no-store"}} }
