package user

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/kernel/wire"
)

// Files are the avatars of people.
func (s *Service) Files() verify.Files {
	return verify.Files{Class: ref.User, Bucket: avatars, Named: func(ctx context.Context, q db.Querier, f func(oid, key string) error) error {
		return verify.Pictures(ctx, q, "person", func(d Doc) *wire.Picture { return d.Avatar }, f)
	}}
}
