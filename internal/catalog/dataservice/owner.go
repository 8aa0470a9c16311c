package dataservice

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// setOwner gives the dataservice to a person or an organization; see
// ref.Noun.SetOwner.
func (s *Service) setOwner(ctx context.Context, tx *sql.Tx, oid string, to ref.Ref, by *auth.Actor) error {
	_, err := s.changeIn(ctx, tx, by, oid, func(_ *sql.Tx, d *Dataservice) (string, []string, error) {
		d.Owner, d.Organization = "", to.ID
		if to.Class == ref.User {
			d.Owner, d.Organization = to.ID, ""
		}
		return keyUpdated, []string{"owner", "organization"}, nil
	})
	return err
}

// uses returns the datasets of a dataservice; see ref.Noun.Uses.
func uses(ctx context.Context, q db.Querier, oid string) ([]string, error) {
	return db.Strings(ctx, q, "SELECT dataset FROM dataservice_dataset WHERE dataservice = $1 ORDER BY position", oid)
}
