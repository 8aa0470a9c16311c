package organization

import (
	"context"
	"encoding/json"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/patch"
)

func (s *Service) getExtras(_ context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !o.Deleted.IsZero() {
		return nil, errDeleted()
	}
	return &api.Response{Body: orEmpty(o.Doc.Extras)}, nil
}

// putExtras sets the members that the body names, and removes those that are
// null.
func (s *Service) putExtras(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if o.Deleted.IsZero() && !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	b, err := r.Object()
	if err != nil {
		return nil, err
	}
	updated, err := s.SetExtras(ctx, r.Actor, o.ID, func(extras map[string]json.RawMessage) error {
		for _, name := range b.Names() {
			if b.IsNull(name) {
				delete(extras, name)
			} else {
				extras[name] = b.Raw(name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.Response{Body: orEmpty(updated.Doc.Extras)}, nil
}

// deleteExtras removes the members whose names the body lists; all of them, or
// none when there is one that is not there.
func (s *Service) deleteExtras(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if o.Deleted.IsZero() && !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	const field = "extras"
	b, err := r.Value(field)
	if err != nil {
		return nil, err
	}
	if raw := b.Raw(field); raw[0] != '[' {
		return nil, errs.BadRequest("The body is a list of the names of extras")
	}
	names, state := b.Strings(field)
	if state != patch.Set {
		return nil, errs.BadRequest("The body is a list of the names of extras")
	}
	_, err = s.SetExtras(ctx, r.Actor, o.ID, func(extras map[string]json.RawMessage) error {
		for _, name := range names {
			if _, ok := extras[name]; !ok {
				return errs.New(http.StatusNotFound, "Key not found in existing extras")
			}
			delete(extras, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}
