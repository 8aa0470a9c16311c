package dataset

import (
	"context"
	"database/sql"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
)

// Checks are what must hold of datasets beside their counters.
func (s *Service) Checks() []verify.Check {
	return verify.Links(ref.Dataset,
		verify.Link{Table: "dataset", ID: "id", Column: "owner", Target: "person"},
		verify.Link{Table: "dataset", ID: "id", Column: "organization", Target: "organization"},
		verify.Link{Table: "community_resource", ID: "id", Column: "dataset", Target: "dataset"},
		verify.Link{Table: "community_resource", ID: "id", Column: "owner", Target: "person"},
		verify.Link{Table: "community_resource", ID: "id", Column: "organization", Target: "organization"},
	)
}

// Files are those that were uploaded to datasets. A file that nothing names
// any more (it could not be removed, or another address took its place) does no
// harm, so only missing ones are faults.
func (s *Service) Files() verify.Files {
	return verify.Files{Class: ref.Dataset, Bucket: resources, Stay: true, Named: func(ctx context.Context, q db.Querier, f func(oid, key string) error) error {
		base := s.links.API + "/" + resources + "/"
		for _, query := range []string{
			"SELECT dataset, url FROM dataset_resource WHERE url LIKE $1",
			"SELECT id, url FROM community_resource WHERE url LIKE $1",
		} {
			err := db.Each(ctx, q, query, []any{db.Like(base) + "%"}, func(rows *sql.Rows) error {
				var oid, url string
				if err := rows.Scan(&oid, &url); err != nil {
					return err
				}
				key, ok := strings.CutPrefix(url, base)
				if !ok {
					return nil
				}
				return f(oid, key)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}}
}
