package reuse

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/kernel/wire"
)

// Checks are what must hold of reuses beside their counters.
func (s *Service) Checks() []verify.Check {
	return verify.Links(ref.Reuse,
		verify.Link{Table: "reuse", ID: "id", Column: "owner", Target: "person"},
		verify.Link{Table: "reuse", ID: "id", Column: "organization", Target: "organization"},
		verify.Link{Table: "reuse_dataset", ID: "reuse", Column: "dataset", Target: "dataset"},
		verify.Link{Table: "reuse_dataservice", ID: "reuse", Column: "dataservice", Target: "dataservice"},
	)
}

// Files are the pictures of reuses.
func (s *Service) Files() verify.Files {
	return verify.Files{Class: ref.Reuse, Bucket: images, Named: func(ctx context.Context, q db.Querier, f func(oid, key string) error) error {
		return verify.Pictures(ctx, q, "reuse", func(d Doc) *wire.Picture { return d.Image }, f)
	}}
}
