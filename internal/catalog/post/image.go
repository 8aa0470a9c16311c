package post

import (
	"context"
	"database/sql"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/image"
	"ouvert/internal/kernel/picture"
	"ouvert/internal/kernel/wire"
)

// upload gives the post a picture.
func (s *Service) upload(ctx context.Context, r *api.Request) (*api.Response, error) {
	upload, err := picture.Read(r, image.Post)
	if err != nil {
		return nil, err
	}
	return s.answerImage(ctx, r, upload)
}

// resize shows another part of the picture in its squares: of the one in the
// body, or of the one that is there.
func (s *Service) resize(ctx context.Context, r *api.Request) (*api.Response, error) {
	upload, err := picture.Read(r, image.Post)
	if err != nil {
		return nil, err
	}
	if err := upload.OrOriginal(ctx, s.blobs, images, r.Subject.(*Post).Doc.Image, image.Post); err != nil {
		return nil, err
	}
	return s.answerImage(ctx, r, upload)
}

func (s *Service) answerImage(ctx context.Context, r *api.Request, upload picture.Upload) (*api.Response, error) {
	set, err := upload.Process(image.Post)
	if err != nil {
		return nil, err
	}
	updated, err := s.SetImage(ctx, r.Actor, r.Subject.(*Post).ID, set, upload.Box)
	if err != nil {
		return nil, err
	}
	return picture.Answer(r, s.links, images, updated.Doc.Image), nil
}

// SetImage gives the post a picture.
func (s *Service) SetImage(ctx context.Context, a *auth.Actor, oid string, set *image.Set, box *image.Box) (*Post, error) {
	kept, err := picture.Keep(ctx, s.blobs, images, set, box)
	if err != nil {
		return nil, err
	}
	var before *wire.Picture
	p, err := s.change(ctx, a, oid, func(_ *sql.Tx, p *Post, _ time.Time) ([]string, error) {
		before, p.Doc.Image = p.Doc.Image, kept
		return []string{"image"}, nil
	})
	if err != nil {
		picture.Remove(ctx, s.blobs, images, kept)
		return nil, err
	}
	picture.Remove(ctx, s.blobs, images, before)
	return p, nil
}
