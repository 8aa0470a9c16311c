package dataset

import (
	"context"
	"net/http"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/datasets/{dataset}/", ID: "get_dataset", Tag: "datasets",
			Summary: "Fetch a dataset", Access: api.Anyone, Result: schema.Of(s.refs.Model(ref.Dataset, ref.Full)),
			PathDoc: map[string]string{"dataset": "The dataset's id or slug"},
			Errors:  map[int]string{404: "There is no such dataset", 410: "The dataset was deleted"},
			Subject: s.subject, Handle: s.get,
		},
		{
			Method: http.MethodGet, Path: "/api/1/datasets/r/{id}", ID: "redirect_resource", Tag: "datasets",
			Summary: "Go to the data of a resource", Access: api.Anyone, Status: http.StatusFound,
			Doc:     "This address goes on working when the resource's file is replaced.",
			PathDoc: map[string]string{"id": "The resource's id"},
			Errors:  map[int]string{404: "There is no such resource", 410: "Its dataset was deleted"},
			Subject: s.resource, Handle: s.redirect,
		},
	}
}

// model describes the whole form.
func (s *Service) model() *schema.Model {
	return fullModel(s.refs.Model(ref.User, ref.Card), s.refs.Model(ref.Organization, ref.Card), s.refs.Model(contactPoint, ref.Card))
}

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	d, err := s.resolve(ctx, s.db.Read(), r.PathValue("dataset"))
	if err != nil {
		return api.Redirect(r, "dataset", err)
	}
	r.Subject = d
	return nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if err := hide(d.Private, !d.Deleted.IsZero(), d.Owned(), r.Actor); err != nil {
		return nil, err
	}
	found, err := s.whole(ctx, s.db.Read(), map[string]*Dataset{d.ID: d})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, found[d.ID]), nil
}

func (s *Service) resource(ctx context.Context, r *api.Request) error {
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
