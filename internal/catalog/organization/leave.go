package organization

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
)

// Leave takes a person out of all their organizations, as when their account
// is deleted, and with that what was assigned to them. What they asked for,
// and what they were invited to, waits no longer.
func (s *Service) Leave(ctx context.Context, tx *sql.Tx, person string) error {
	if err := s.cancelOf(ctx, tx, person); err != nil {
		return err
	}
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

// cancelOf cancels what waits for a person or was asked for by them.
func (s *Service) cancelOf(ctx context.Context, tx *sql.Tx, person string) error {
	w := &db.Where{}
	w.And("person = ?", person)
	w.And("status = ?", Pending)
	list, err := requests(ctx, tx, w)
	if err != nil {
		return err
	}
	self, now := &auth.Actor{ID: person}, s.clock()
	for _, m := range list {
		m.handled(Canceled, self, now)
		if err := saveRequest(ctx, tx, m); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, now, fact{key: canceled, about: m.about()}, m.Organization, self); err != nil {
			return err
		}
	}
	return nil
}
