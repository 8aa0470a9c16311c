package post

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/kernel/wire"
)

// Files are the pictures of the posts.
func (s *Service) Files() verify.Files {
	return verify.Files{Class: ref.Post, Bucket: images, Named: func(ctx context.Context, q db.Querier, f func(oid, key string) error) error {
		return verify.Pictures(ctx, q, "post", func(d Doc) *wire.Picture { return d.Image }, f)
	}}
}
