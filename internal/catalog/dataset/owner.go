package dataset

import (
	"context"
	"database/sql"
	"time"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/ref"
)

// setOwner gives the dataset to a person or an organization; see
// ref.Noun.SetOwner.
func (s *Service) setOwner(ctx context.Context, tx *sql.Tx, oid string, to ref.Ref, by *auth.Actor) error {
	_, err := s.changeIn(ctx, tx, by, oid, func(_ *sql.Tx, d *Dataset, _ time.Time) (fact, error) {
		d.Owner, d.Organization = "", to.ID
		if to.Class == ref.User {
			d.Owner, d.Organization = to.ID, ""
		}
		return fact{key: keyUpdated, changes: []string{"owner", "organization"}}, nil
	})
	return err
}
