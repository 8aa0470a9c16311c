package reuse

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// setOwner gives the reuse to a person or an organization; see
// ref.Noun.SetOwner.
func (s *Service) setOwner(ctx context.Context, tx *sql.Tx, oid string, to ref.Ref, by *auth.Actor) error {
	_, err := s.changeIn(ctx, tx, by, oid, func(_ *sql.Tx, r *Reuse) (string, []string, error) {
		r.Owner, r.Organization = "", to.ID
		if to.Class == ref.User {
			r.Owner, r.Organization = to.ID, ""
		}
		return "reuse:updated", []string{"owner", "organization"}, nil
	})
	return err
}

// uses returns the datasets of a reuse; see ref.Noun.Uses.
func uses(ctx context.Context, q db.Querier, oid string) ([]string, error) {
	return db.Strings(ctx, q, "SELECT dataset FROM reuse_dataset WHERE reuse = $1 ORDER BY position", oid)
}
