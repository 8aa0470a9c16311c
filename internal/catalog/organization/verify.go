package organization

import (
	"context"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
	"ouvert/internal/kernel/wire"
)

// Checks are what must hold of organizations beside their counters.
func (s *Service) Checks() []verify.Check {
	return verify.Links(ref.Organization,
		verify.Link{Table: "organization_member", ID: "organization", Column: "person", Target: "person"},
		verify.Link{Table: "organization_request", ID: "id", Column: "person", Target: "person"},
		verify.Link{Table: "assignment", ID: "object", Column: "person", Target: "person"},
		verify.Link{Table: "assignment", ID: "object", Column: "organization", Target: "organization"},
	)
}

// Files are the logos of organizations.
func (s *Service) Files() verify.Files {
	return verify.Files{Class: ref.Organization, Bucket: avatars, Named: func(ctx context.Context, q db.Querier, f func(oid, key string) error) error {
		return verify.Pictures(ctx, q, "organization", func(d Doc) *wire.Picture { return d.Logo }, f)
	}}
}
