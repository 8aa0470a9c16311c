package reuse

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

func (s *Service) upload(ctx context.Context, r *api.Request) (*api.Response, error) {
	reuse := r.Subject.(*Reuse)
	if !r.Actor.CanEdit(reuse.Owned()) {
		return nil, errs.Forbidden()
	}
	upload, err := picture.Read(r, image.Reuse)
	if err != nil {
		return nil, err
	}
	set, err := upload.Process(image.Reuse)
	if err != nil {
		return nil, err
	}
	updated, err := s.SetImage(ctx, r.Actor, reuse.ID, set, upload.Box)
	if err != nil {
		return nil, err
	}
	return picture.Answer(r, s.links, images, updated.Doc.Image), nil
}

// SetImage gives the reuse a picture.
func (s *Service) SetImage(ctx context.Context, a *auth.Actor, oid string, set *image.Set, box *image.Box) (*Reuse, error) {
	kept, err := picture.Keep(ctx, s.blobs, images, set, box)
	if err != nil {
		return nil, err
	}
	var before *wire.Picture
	r, err := s.change(ctx, a, oid, func(_ *sql.Tx, r *Reuse) (string, []string, error) {
		before, r.Doc.Image = r.Doc.Image, kept
		return "reuse:updated", []string{"image"}, nil
	})
	if err != nil {
		picture.Remove(ctx, s.blobs, images, kept)
		return nil, err
	}
	picture.Remove(ctx, s.blobs, images, before)
	return r, nil
}
