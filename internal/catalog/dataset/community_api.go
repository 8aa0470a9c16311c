package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// communityRoutes are the operations about community resources.
func (s *Service) communityRoutes() []api.Route {
	const (
		many = v1 + "community_resources/"
		one  = many + "{community}/"
	)
	model := communityResourceModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card))
	read, uploaded := schema.Of(model), schema.Of(uploadedModel("UploadedCommunityResource", model.Fields))
	none := map[int]string{404: "There is no such community resource"}
	changing := map[int]string{400: invalid[400], 404: none[404]}
	uploading := map[int]string{400: "No file, or one of a type that is not allowed", 404: none[404], 413: "The file is too large"}
	return []api.Route{
		{
			Method: http.MethodGet, Path: many, ID: "list_community_resources", Summary: "List community resources, the newest first", Access: api.Anyone, Result: schema.Of(schema.Page(model)),
			Query: concat([]api.Param{
				{Name: "sort", Type: schema.Text(), Doc: "The order: title, created, last_modified, with - for descending"},
				{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
				{Name: "dataset", Type: schema.Text(), Doc: "The id of a dataset"},
				{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
			}, api.PageParams), Handle: s.communities,
		},
		{Method: http.MethodPost, Path: many, ID: "create_community_resource", Summary: "Add an address that holds data to somebody's dataset", Body: communityWriteModel, Result: read, Status: http.StatusCreated, Errors: invalid, Handle: s.createCommunity},
		{Method: http.MethodGet, Path: one, ID: "retrieve_community_resource", Summary: "Fetch a community resource", Access: api.Anyone, Result: read, Errors: none, Subject: s.communitySubject, Handle: s.getCommunity},
		{
			Method: http.MethodPut, Path: one, ID: "update_community_resource", Summary: "Change a community resource", Body: communityWriteModel, Result: read, Errors: changing,
			Doc: "Fields that the body does not name stay as they are.", Subject: s.communitySubject, Handle: s.updateCommunity,
		},
		{Method: http.MethodDelete, Path: one, ID: "delete_community_resource", Summary: "Delete a community resource", Status: http.StatusNoContent, Errors: none, Subject: s.communitySubject, Handle: s.deleteCommunity},
		{
			Method: http.MethodPost, Path: one + "upload/", ID: "upload_community_resource", Summary: "Upload a new file for a community resource", Result: uploaded, BodyLimit: maxUpload,
			Doc: uploadDoc, Form: uploadForm, Errors: uploading, Subject: s.communitySubject, Handle: s.uploadCommunityAgain,
		},
		{
			Method: http.MethodPost, Path: one1 + "upload/community/", ID: "upload_new_community_resource", Summary: "Upload a file as a new community resource", Result: uploaded, Status: http.StatusCreated, BodyLimit: maxUpload,
			Doc: uploadDoc, Form: uploadForm, Errors: map[int]string{400: uploading[400], 404: missing[404], 410: gone[410], 413: uploading[413]}, Subject: s.subject, Handle: s.uploadCommunity,
		},
		{
			Method: http.MethodGet, Path: "/api/1/me/org_community_resources/", ID: "my_org_community_resources", Tag: "me", Summary: "List the community resources of the current person and of their organizations",
			Result: schema.List(read), Query: []api.Param{{Name: "q", Type: schema.Text(), Doc: "What the title contains"}}, Handle: s.myCommunities,
		},
	}
}

func (s *Service) communitySubject(ctx context.Context, r *api.Request) error {
	key := strings.ToLower(r.PathValue("community"))
	if !isUUID(key) {
		return errs.NotFound()
	}
	c, err := communityByID(ctx, s.db.Read(), key)
	r.Subject = c
	return err
}

func (s *Service) answerCommunity(ctx context.Context, r *api.Request, c *CommunityResource, uploaded bool) (*api.Response, error) {
	f, err := s.renderCommunities(ctx, []*CommunityResource{c}, uploaded)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

func (s *Service) communities(ctx context.Context, r *api.Request) (*api.Response, error) {
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	f := communityFilter{limit: page.Limit(), offset: page.Offset()}
	for name, into := range map[string]*string{"dataset": &f.dataset, "owner": &f.owner, "organization": &f.organization} {
		if v, ok := r.Query.Get(name); ok && v != "" {
			oid, ok := id.Parse(v)
			if !ok {
				return nil, errs.Field(name, "'%s' is not a valid ObjectId, it must be a 12-byte input or a 24-character hex string", clip(v))
			}
			*into = oid
		}
	}
	f.sort, _ = r.Query.Get("sort")
	list, total, err := s.listCommunities(ctx, f)
	if err != nil {
		return nil, err
	}
	items, err := s.renderCommunities(ctx, list, false)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

func (s *Service) myCommunities(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, _ := r.Query.Get("q")
	list, _, err := s.listCommunities(ctx, communityFilter{mine: r.Actor.ID, title: q, limit: api.MaxPageSize})
	if err != nil {
		return nil, err
	}
	items, err := s.renderCommunities(ctx, list, false)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}

func (s *Service) createCommunity(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	c, err := s.writeCommunity(ctx, r.Actor, newCommunity(""), func(tx *sql.Tx, c *CommunityResource) error {
		return s.applyCommunity(ctx, tx, c, o, r.Actor, r.Lang.T, true)
	})
	if err != nil {
		return nil, err
	}
	return s.answerCommunity(ctx, r, c, false)
}

func newCommunity(dataset string) *CommunityResource {
	return &CommunityResource{Resource: Resource{ID: id.UUID()}, Dataset: dataset}
}

// applyCommunity changes a community resource as the body says.
func (s *Service) applyCommunity(ctx context.Context, tx *sql.Tx, c *CommunityResource, o *patch.Object, a *auth.Actor, t translator, creating bool) error {
	applyResource(&c.Resource, o, t, creating)
	if err := s.applyOwnership(ctx, tx, &c.Owner, &c.Organization, o, a, creating); err != nil {
		return err
	}
	if err := o.Err(t); err != nil {
		return err
	}
	if c.Filetype != FiletypeRemote && creating {
		return errs.BadRequest("This endpoint only supports remote community resources")
	}
	switch oid, st := o.Ref("dataset"); {
	case st == patch.Set && oid != c.Dataset:
		found, err := s.refs.Find(ctx, tx, ref.Dataset, []string{oid})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			o.Fail("dataset", "Dataset does not exists")
		}
		c.Dataset = oid
	case st != patch.Bad && c.Dataset == "":
		o.Fail("dataset", "A dataset identifier is required")
	}
	return o.Err(t)
}

// writeCommunity writes a community resource that f changes, or makes. Its
// event is about the dataset, and for the log alone, as udata tells of none.
func (s *Service) writeCommunity(ctx context.Context, a *auth.Actor, c *CommunityResource, f func(tx *sql.Tx, c *CommunityResource) error) (*CommunityResource, error) {
	now := s.clock()
	key := "dataset:community_resource:updated"
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if c.CreatedInternal.IsZero() {
			c.CreatedInternal, key = now, "dataset:community_resource:added"
		} else {
			fresh, err := communityByID(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			if !a.CanEdit(fresh.Owned()) {
				return errs.Forbidden()
			}
			*c = *fresh
		}
		if err := f(tx, c); err != nil {
			return err
		}
		c.ModifiedInternal = now
		if err := saveCommunity(ctx, tx, c); err != nil {
			return err
		}
		return tellCommunity(ctx, tx, now, key, c, a)
	})
	return c, err
}

func tellCommunity(ctx context.Context, tx *sql.Tx, now time.Time, key string, c *CommunityResource, a *auth.Actor) error {
	extras, err := json.Marshal(map[string]string{"resource_id": c.ID})
	if err != nil {
		return err
	}
	_, err = event.Append(ctx, tx, event.Event{
		At: now, Key: key, Subject: ref.Ref{Class: ref.Dataset, ID: c.Dataset}, Actor: a.ID, Organization: c.Organization, Extras: extras, Hidden: true,
	})
	return err
}

func (s *Service) getCommunity(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.answerCommunity(ctx, r, r.Subject.(*CommunityResource), false)
}

func (s *Service) updateCommunity(ctx context.Context, r *api.Request) (*api.Response, error) {
	c := r.Subject.(*CommunityResource)
	if !r.Actor.CanEdit(c.Owned()) {
		return nil, errs.Forbidden()
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	c, err = s.writeCommunity(ctx, r.Actor, c, func(tx *sql.Tx, c *CommunityResource) error {
		return s.applyCommunity(ctx, tx, c, o, r.Actor, r.Lang.T, false)
	})
	if err != nil {
		return nil, err
	}
	return s.answerCommunity(ctx, r, c, false)
}

func (s *Service) deleteCommunity(ctx context.Context, r *api.Request) (*api.Response, error) {
	c := r.Subject.(*CommunityResource)
	if !r.Actor.CanEdit(c.Owned()) {
		return nil, errs.Forbidden()
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM community_resource WHERE id = $1", c.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errs.NotFound()
		}
		return tellCommunity(ctx, tx, s.clock(), "dataset:community_resource:deleted", c, r.Actor)
	})
	if err != nil {
		return nil, err
	}
	s.removeFile(ctx, c.StoredAs)
	return api.NoContent(), nil
}

func (s *Service) uploadCommunityAgain(ctx context.Context, r *api.Request) (*api.Response, error) {
	c := r.Subject.(*CommunityResource)
	if !r.Actor.CanEdit(c.Owned()) {
		return nil, errs.Forbidden()
	}
	found, err := s.refs.Find(ctx, s.db.Read(), ref.Dataset, one(c.Dataset))
	if err != nil {
		return nil, err
	}
	folder := found[c.Dataset].Slug
	if folder == "" {
		folder = "community"
	}
	return s.upload(ctx, r, folder, func(f *stored) (*api.Response, error) {
		before := ""
		c, err := s.writeCommunity(ctx, r.Actor, c, func(_ *sql.Tx, c *CommunityResource) error {
			before = c.StoredAs
			f.fill(&c.Resource, s.links)
			return nil
		})
		if err != nil {
			return nil, err
		}
		s.removeFile(ctx, before)
		return s.answerCommunity(ctx, r, c, true)
	})
}

func (s *Service) uploadCommunity(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	return s.upload(ctx, r, d.Slug, func(f *stored) (*api.Response, error) {
		c, err := s.writeCommunity(ctx, r.Actor, newCommunity(d.ID), func(_ *sql.Tx, c *CommunityResource) error {
			c.Owner, c.Filetype, c.Type = r.Actor.ID, FiletypeFile, TypeMain
			f.fill(&c.Resource, s.links)
			return nil
		})
		if err != nil {
			return nil, err
		}
		return s.answerCommunity(ctx, r, c, true)
	})
}

var communityWriteModel = &schema.Model{
	Name: "CommunityResource (write)",
	Doc:  "What a client may say of a community resource. Fields that are not named stay as they are.",
	Fields: append([]schema.Field{
		{Name: "dataset", Type: schema.Text(), Required: true, Doc: "The id of the dataset", Example: "5e00000000000000000000c9"},
		{Name: "organization", Type: schema.Text(), Doc: organizationDoc},
		{Name: "owner", Type: schema.Text(), Doc: ownerDoc},
	}, resourceWriteModel.Fields...),
}
