package organization

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/wire"
)

// upload gives the organization a logo.
func (s *Service) upload(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	upload, err := picture.Read(r, image.Logo)
	if err != nil {
		return nil, err
	}
	return s.answerLogo(ctx, r, o, upload)
}

// resize shows another part of the logo in its squares: of the picture in the
// body, or of the one that is there.
func (s *Service) resize(ctx context.Context, r *api.Request) (*api.Response, error) {
	o := r.Subject.(*Organization)
	if !administers(r.Actor, o.ID) {
		return nil, errs.Forbidden()
	}
	upload, err := picture.Read(r, image.Logo)
	if err != nil {
		return nil, err
	}
	if err := upload.OrOriginal(ctx, s.blobs, avatars, o.Doc.Logo, image.Logo); err != nil {
		return nil, err
	}
	return s.answerLogo(ctx, r, o, upload)
}

func (s *Service) answerLogo(ctx context.Context, r *api.Request, o *Organization, upload picture.Upload) (*api.Response, error) {
	set, err := upload.Process(image.Logo)
	if err != nil {
		return nil, err
	}
	updated, err := s.SetLogo(ctx, r.Actor, o.ID, set, upload.Box)
	if err != nil {
		return nil, err
	}
	return picture.Answer(r, s.links, avatars, updated.Doc.Logo), nil
}

// SetLogo gives the organization a logo.
func (s *Service) SetLogo(ctx context.Context, a *auth.Actor, oid string, set *image.Set, box *image.Box) (*Organization, error) {
	kept, err := picture.Keep(ctx, s.blobs, avatars, set, box)
	if err != nil {
		return nil, err
	}
	var before *wire.Picture
	o, err := s.change(ctx, a, oid, func(_ *sql.Tx, o *Organization) (fact, error) {
		before, o.Doc.Logo = o.Doc.Logo, kept
		return fact{key: "organization:updated", changes: []string{"logo"}}, nil
	})
	if err != nil {
		picture.Remove(ctx, s.blobs, avatars, kept)
		return nil, err
	}
	picture.Remove(ctx, s.blobs, avatars, before)
	return o, nil
}
