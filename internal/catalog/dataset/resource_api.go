package dataset

import (
	"context"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// resourceRoutes are the operations about the resources of a dataset.
func (s *Service) resourceRoutes() []api.Route {
	const (
		many = one1 + "resources/"
		one  = many + "{rid}/"
	)
	read, uploaded := schema.Of(resourceModel), schema.Of(uploadedModel("UploadedResource", resourceFields))
	none := map[int]string{404: "There is no such dataset or resource", 410: gone[410]}
	changing := map[int]string{400: invalid[400], 404: none[404], 410: gone[410]}
	uploading := map[int]string{
		400: "No file, or one of a type that is not allowed", 404: none[404],
		410: gone[410], 413: "The file is too large",
	}
	uploadingNew := maps.Clone(uploading)
	uploadingNew[200] = "A part of a file was taken; more are to come"
	return []api.Route{
		{Method: http.MethodPost, Path: many, ID: "create_resource", Summary: "Add an address that holds data to a dataset", Body: resourceWriteModel, Result: read, Status: http.StatusCreated, Errors: changing, Subject: s.subject, Handle: s.createResource},
		{
			Method: http.MethodPut, Path: many, ID: "update_resources", Summary: "Put the resources of a dataset in another order", Result: schema.List(read), Errors: changing,
			Doc:     "The body is a list of the ids of all resources, or of objects with an `id`.",
			Subject: s.subject, Handle: s.reorderResources,
		},
		{Method: http.MethodGet, Path: one, ID: "get_resource", Summary: "Fetch a resource", Access: api.Anyone, Result: read, Errors: none, Subject: s.resourceSubject, Handle: s.getResource},
		{
			Method: http.MethodPut, Path: one, ID: "update_resource", Summary: "Change a resource", Body: resourceWriteModel, Result: read, Errors: changing,
			Doc: "Fields that the body does not name stay as they are. The address of an uploaded file stays in any case.", Subject: s.resourceSubject, Handle: s.updateResource,
		},
		{Method: http.MethodDelete, Path: one, ID: "delete_resource", Summary: "Take a resource from a dataset", Status: http.StatusNoContent, Errors: none, Subject: s.resourceSubject, Handle: s.deleteResource},
		{
			Method: http.MethodPost, Path: one1 + "upload/", ID: "upload_new_dataset_resource", Summary: "Upload a file as a new resource", Result: uploaded, Status: http.StatusCreated, BodyLimit: maxUpload,
			Doc: uploadDoc, Form: uploadForm, Errors: uploadingNew, Subject: s.subject, Handle: s.uploadResource,
		},
		{
			Method: http.MethodPost, Path: one + "upload/", ID: "upload_dataset_resource", Summary: "Upload a new file for a resource", Result: uploaded, BodyLimit: maxUpload,
			Doc: uploadDoc, Form: uploadForm, Errors: uploading, Subject: s.resourceSubject, Handle: s.uploadAgain,
		},
		{
			Method: http.MethodGet, Path: v1 + "r/{id}", ID: "redirect_resource", Summary: "Go to the data of a resource", Access: api.Anyone, Status: http.StatusFound,
			Doc:    "This address goes on working when the resource's file is replaced.",
			Errors: map[int]string{404: "There is no such resource", 410: "Its dataset was deleted"}, Subject: s.placeSubject, Handle: s.redirect,
		},
	}
}

// resourceSubject finds the dataset, and checks the form of the resource's id;
// whether the dataset has it is told to those who may see the dataset.
func (s *Service) resourceSubject(ctx context.Context, r *api.Request) error {
	if !isUUID(strings.ToLower(r.PathValue("rid"))) {
		return errs.NotFound()
	}
	return s.subject(ctx, r)
}

// writable returns the dataset when the caller may change it.
func writable(r *api.Request) (*Dataset, error) {
	d := r.Subject.(*Dataset)
	return d, editable(d, r.Actor)
}

// resourceOf loads a resource of the request's dataset.
func (s *Service) resourceOf(ctx context.Context, r *api.Request) (*Resource, error) {
	d := r.Subject.(*Dataset)
	if err := loadResources(ctx, s.db.Read(), map[string]*Dataset{d.ID: d}); err != nil {
		return nil, err
	}
	at := d.find(strings.ToLower(r.PathValue("rid")))
	if at < 0 {
		return nil, errNoResource()
	}
	return &d.Resources[at], nil
}

func (s *Service) answerResource(r *api.Request, x *Resource, uploaded bool) *api.Response {
	w := wire.NewWriter(1024)
	w.Open('{')
	if uploaded {
		w.Key("success")
		w.Bool(true)
	}
	x.writeMembers(w, s.links, r.Now)
	w.Close('}')
	return api.JSON(r, w.Fragment())
}

func (s *Service) createResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	x, err := s.AddResource(ctx, r.Actor, d.ID, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answerResource(r, x, false), nil
}

func (s *Service) getResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := visibleTo(r, r.Subject.(*Dataset)); err != nil {
		return nil, err
	}
	x, err := s.resourceOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.answerResource(r, x, false), nil
}

func (s *Service) updateResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	x, err := s.UpdateResource(ctx, r.Actor, d.ID, strings.ToLower(r.PathValue("rid")), o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answerResource(r, x, false), nil
}

func (s *Service) deleteResource(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	if err := s.DeleteResource(ctx, r.Actor, d.ID, strings.ToLower(r.PathValue("rid"))); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) reorderResources(ctx context.Context, r *api.Request) (*api.Response, error) {
	d, err := writable(r)
	if err != nil {
		return nil, err
	}
	items, err := readList(r)
	if err != nil {
		return nil, err
	}
	order := make([]string, len(items))
	if err := loadResources(ctx, s.db.Read(), map[string]*Dataset{d.ID: d}); err != nil {
		return nil, err
	}
	if len(items) != len(d.Resources) {
		return nil, errAllResources(len(items), len(d.Resources))
	}
	for i, raw := range items {
		var of struct {
			ID *string `json:"id"`
		}
		if json.Unmarshal(raw, &order[i]) != nil {
			if json.Unmarshal(raw, &of) != nil || of.ID == nil {
				return nil, errs.BadRequest("Each resource must have an 'id' field")
			}
			order[i] = *of.ID
		}
		order[i] = strings.ToLower(order[i])
	}
	updated, err := s.Reorder(ctx, r.Actor, d.ID, order)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(1024 * len(order))
	w.Open('[')
	for i := range updated.Resources {
		updated.Resources[i].write(w, s.links, r.Now)
	}
	w.Close(']')
	return api.JSON(r, w.Fragment()), nil
}

// readList reads a body that is a list. An object counts as one with as many
// items as it has members.
func readList(r *api.Request) ([]json.RawMessage, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, errs.New(http.StatusUnsupportedMediaType,
			"Did not attempt to load JSON data because the request Content-Type was not 'application/json'.")
	}
	body, err := r.ReadBody()
	if err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if json.Unmarshal(body, &items) == nil {
		return items, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil, errs.BadRequest("The body is no list in JSON")
	}
	for _, raw := range members {
		items = append(items, raw)
	}
	return items, nil
}

func (s *Service) placeSubject(ctx context.Context, r *api.Request) error {
	id := strings.ToLower(r.PathValue("id"))
	if !isUUID(id) {
		return errs.NotFound()
	}
	p, err := placeOf(ctx, s.db.Read(), id)
	r.Subject = p
	return err
}

// isUUID tells whether s has the form of a UUID, in lower case.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

func (s *Service) redirect(_ context.Context, r *api.Request) (*api.Response, error) {
	p := r.Subject.(place)
	if err := hide(p.private, p.deleted, p.owned, r.Actor); err != nil {
		return nil, err
	}
	return &api.Response{Header: http.Header{"Location": {location(p.url)}}}, nil
}

// location makes an address fit for a header: what is no ASCII or blank is
// percent-encoded, as it should have been.
func location(address string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(strings.TrimSpace(address)) {
		if c > 0x20 && c < 0x7f {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}
