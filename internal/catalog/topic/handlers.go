package topic

import (
	"context"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/wire"
)

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	t, err := s.resolve(ctx, s.db.Read(), r.PathValue("topic"))
	if err != nil {
		return api.Redirect(r, "topic", err)
	}
	r.Subject = t
	return nil
}

// readable returns the topic of the path, or errs.NotFound when it is private
// and not the caller's.
func readable(r *api.Request) (*Topic, error) {
	t := r.Subject.(*Topic)
	if t.private() && !r.Actor.CanReadHidden(t.Owned()) {
		return nil, errs.NotFound()
	}
	return t, nil
}

// writable returns the topic of the path, or errs.Forbidden before the body is
// looked at.
func writable(r *api.Request) (*Topic, error) {
	t := r.Subject.(*Topic)
	if !r.Actor.CanEdit(t.Owned()) {
		return nil, errs.Forbidden()
	}
	return t, nil
}

// answer writes one topic.
func (s *Service) answer(ctx context.Context, r *api.Request, t *Topic) (*api.Response, error) {
	found, err := s.whole(ctx, s.db.Read(), map[string]*Topic{t.ID: t})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, found[t.ID]), nil
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, nil)
}

func (s *Service) mine(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err != nil {
		return nil, err
	}
	f.Mine = r.Actor.ID
	return s.page(ctx, r, f, nil)
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	t, err := s.Publish(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, t)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := readable(r)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, t)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := writable(r)
	if err != nil {
		return nil, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	if t, err = s.Update(ctx, r.Actor, t.ID, o, r.Lang.T); err != nil {
		return nil, err
	}
	return s.answer(ctx, r, t)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Topic).ID); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) feature(featured bool) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		t, err := s.Feature(ctx, r.Actor, r.Subject.(*Topic).ID, featured)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, t)
	}
}

func (s *Service) elements(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := readable(r)
	if err != nil {
		return nil, err
	}
	page, err := r.Query.Page()
	if err != nil {
		return nil, err
	}
	items, total, err := s.listElements(ctx, r.Query, t.ID, page)
	if err != nil {
		return nil, err
	}
	return api.Paginated(r, s.links, page, total, items, nil)
}

// addElements adds what the body, a list, describes.
func (s *Service) addElements(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := writable(r)
	if err != nil {
		return nil, err
	}
	o, err := r.Value("elements")
	if err != nil {
		return nil, err
	}
	items, ok := list(o.Raw("elements"))
	if !ok {
		return nil, errs.BadRequest("Expecting a list")
	}
	if len(items) > maxElements {
		return nil, errs.Field("elements", msgTooMany, maxElements)
	}
	added, err := s.Add(ctx, r.Actor, t.ID, items, r.Lang.T)
	if err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(added))
	for i, e := range added {
		out[i] = e.fragment()
	}
	return api.List(r, out), nil
}

func (s *Service) removeElements(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := s.RemoveElements(ctx, r.Actor, r.Subject.(*Topic).ID); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

// elementID is that of the path; what is no id is no element.
func elementID(r *api.Request) (string, error) {
	oid, ok := id.Parse(r.PathValue("element_id"))
	if !ok {
		return "", errNoElement()
	}
	return oid, nil
}

func (s *Service) updateElement(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := writable(r)
	if err != nil {
		return nil, err
	}
	oid, err := elementID(r)
	if err != nil {
		return nil, err
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	e, err := s.ChangeElement(ctx, r.Actor, t.ID, oid, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, e.fragment()), nil
}

func (s *Service) removeElement(ctx context.Context, r *api.Request) (*api.Response, error) {
	t, err := writable(r)
	if err != nil {
		return nil, err
	}
	oid, err := elementID(r)
	if err != nil {
		return nil, err
	}
	if err := s.RemoveElement(ctx, r.Actor, t.ID, oid); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}
