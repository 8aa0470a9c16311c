package dataservice

import (
	"context"
	"encoding/json"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
)

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	d, err := s.resolve(ctx, s.db.Read(), r.PathValue("dataservice"))
	if err != nil {
		return api.Redirect(r, "dataservice", err)
	}
	r.Subject = d
	return nil
}

// pair is a dataservice and a dataset, both of a path.
type pair struct {
	dataservice *Dataservice
	dataset     ref.Object
}

func (s *Service) pairSubject(ctx context.Context, r *api.Request) error {
	if err := s.subject(ctx, r); err != nil {
		return err
	}
	dataset, err := s.refs.Resolve(ctx, s.db.Read(), ref.Dataset, r.PathValue("dataset"))
	if err != nil {
		return api.Redirect(r, "dataset", err)
	}
	r.Subject = pair{r.Subject.(*Dataservice), dataset}
	return nil
}

// answer writes one dataservice.
func (s *Service) answer(ctx context.Context, r *api.Request, d *Dataservice) (*api.Response, error) {
	found, err := s.whole(ctx, s.db.Read(), map[string]*Dataservice{d.ID: d})
	if err != nil {
		return nil, err
	}
	return api.JSON(r, found[d.ID]), nil
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := filter(r.Query)
	if err == nil {
		f.Topic, err = s.topic(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Listed, nil)
}

// topic reads the topic to filter by. One that the caller does not know filters
// nothing, as in udata.
func (s *Service) topic(ctx context.Context, r *api.Request) (string, error) {
	v, ok := r.Query.Get("topic")
	if !ok || v == "" {
		return "", nil
	}
	oid, ok := id.Parse(v)
	if !ok {
		return "", errs.Field("topic", "%s arg must be an identifier", "Topic")
	}
	found, err := s.refs.Find(ctx, s.db.Read(), ref.Topic, []string{oid})
	if o, ok := found[oid]; err != nil || !ok || o.Private && !r.Actor.CanReadHidden(o.Owned) {
		return "", err
	}
	return oid, nil
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Publish(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, d)
}

// visibleTo returns what the caller is told who may not see the dataservice.
func visibleTo(r *api.Request, d *Dataservice) error {
	switch {
	case r.Actor.CanReadHidden(d.Owned()):
		return nil
	case d.Private:
		return errs.NotFound()
	case !d.Deleted.IsZero():
		return errDeleted()
	}
	return nil
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if err := visibleTo(r, d); err != nil {
		return nil, err
	}
	return s.answer(ctx, r, d)
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if d.Deleted.IsZero() && !r.Actor.CanEdit(d.Owned()) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	updated, err := s.Update(ctx, r.Actor, d.ID, o, r.Lang.T)
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
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Dataservice).ID, notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

// addDatasets adds what the body, a list, names by id.
func (s *Service) addDatasets(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataservice)
	if err := writable(r.Actor, d); err != nil {
		return nil, err // before the body is looked at
	}
	o, err := r.Value("datasets")
	if err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if raw := o.Raw("datasets"); raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil, errs.BadRequest("Expecting a list")
	}
	datasets := make([]string, len(items))
	for i, raw := range items {
		var of struct{ ID any }
		if raw[0] != '{' || json.Unmarshal(raw, &of) != nil || of.ID == nil || of.ID == "" {
			return nil, errs.BadRequest("Expecting a list of dicts with id attribute")
		}
		text, _ := of.ID.(string)
		oid, ok := id.Parse(text)
		if !ok {
			return nil, errs.BadRequest("Malformed object id(s) in request")
		}
		datasets[i] = oid
	}
	updated, err := s.Link(ctx, r.Actor, d.ID, datasets)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, updated)
}

func (s *Service) removeDataset(ctx context.Context, r *api.Request) (*api.Response, error) {
	p := r.Subject.(pair)
	if err := s.Unlink(ctx, r.Actor, p.dataservice.ID, p.dataset.Ref.ID); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) feature(featured bool) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		d, err := s.Feature(ctx, r.Actor, r.Subject.(*Dataservice).ID, featured)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, d)
	}
}
