package user

import (
	"context"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

func (s *Service) me(ctx context.Context, r *api.Request) (*api.Response, error) {
	u, err := byID(ctx, s.db.Read(), r.Actor.ID)
	if err != nil {
		return nil, err
	}
	return s.answerMe(ctx, r, u)
}

func (s *Service) answerMe(ctx context.Context, r *api.Request, u *User) (*api.Response, error) {
	u.LastLoginAt = r.Now // asking with a token is signing in
	return s.answer(ctx, r, u, true)
}

func (s *Service) updateMe(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	u, err := s.Update(ctx, r.Actor, r.Actor.ID, o, r.Lang)
	if err != nil {
		return nil, err
	}
	return s.answerMe(ctx, r, u)
}

func (s *Service) deleteMe(ctx context.Context, r *api.Request) (*api.Response, error) {
	if err := s.Delete(ctx, r.Actor, r.Actor.ID, Deletion{}, r.Lang); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) uploadMe(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.upload(ctx, r, r.Actor.ID)
}

func (s *Service) metrics(ctx context.Context, r *api.Request) (*api.Response, error) {
	q := s.db.Read()
	u, err := byID(ctx, q, r.Actor.ID)
	if err != nil {
		return nil, err
	}
	of, err := s.others.Memberships.OrganizationsOf(ctx, q, []string{u.ID})
	if err != nil {
		return nil, err
	}
	organizations := of[u.ID]
	datasets, available, err := s.others.Datasets.OfOrganizations(ctx, q, organizations)
	if err != nil {
		return nil, err
	}
	followers, err := s.others.Follows.Count(ctx, q, ref.Organization, organizations)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(256)
	w.Open('{')
	w.Key("datasets_count")
	w.Int(u.Counts["datasets"])
	w.Key("datasets_org_count")
	w.Int(datasets)
	w.Key("followers_count")
	w.Int(u.Counts["followers"])
	w.Key("followers_org_count")
	w.Int(followers)
	w.Key("id")
	w.String(u.ID)
	w.Key("resources_availability")
	w.Float(available)
	w.Close('}')
	return api.JSON(r, w.Fragment()), nil
}

func (s *Service) tokens(ctx context.Context, r *api.Request) (*api.Response, error) {
	list, err := s.Tokens(ctx, r.Actor.ID)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(list))
	for i, t := range list {
		items[i] = t.wire("")
	}
	return api.List(r, items), nil
}

func (s *Service) makeToken(ctx context.Context, r *api.Request) (*api.Response, error) {
	if r.Actor.Delegated {
		return nil, errs.New(http.StatusForbidden, "A program that acts for you cannot make API tokens: they would outlive what you allowed it.")
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	token, text, err := s.MakeToken(ctx, r.Actor.ID, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	res := api.JSON(r, token.wire(text))
	res.Header = noStore()
	return res, nil
}

func (s *Service) revokeToken(ctx context.Context, r *api.Request) (*api.Response, error) {
	oid, ok := id.Parse(r.PathValue("api_token"))
	if !ok {
		return nil, errs.NotFound()
	}
	if err := s.RevokeToken(ctx, r.Actor.ID, oid); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}
