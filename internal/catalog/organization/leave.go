package organization

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/db"
)

// Leave takes a person out of all their organizations, as when their account
// is deleted, and with that what was assigned to them.
func (s *Service) Leave(ctx context.Context, tx *sql.Tx, person string) error {
	ids, err := db.Strings(ctx, tx, "SELECT organization FROM organization_member WHERE person = $1", person)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM assignment WHERE person = $1", person); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM organization_member WHERE person = $1", person); err != nil {
		return err
	}
	for _, oid := range ids {
		var members int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM organization_member WHERE organization = $1", oid).Scan(&members); err != nil {
			return err
		}
		if err := Counters.Set(ctx, tx, oid, map[string]any{"members": members}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE organization SET revision = revision + 1 WHERE id = $1", oid); err != nil {
			return err
		}
	}
	return nil
}
