package dataservice

import (
	"context"
	"database/sql"
	"slices"

	"ouvert/internal/kernel/db"
)

// ForgetContactPoint takes a contact point from all dataservices that name it. They
// are not modified by it, as in udata.
func (s *Service) ForgetContactPoint(ctx context.Context, tx *sql.Tx, oid string) error {
	return db.Unlink(ctx, tx, "dataservice", "contact_point", oid, func(d *Doc) {
		d.ContactPoints = slices.DeleteFunc(d.ContactPoints, func(x string) bool { return x == oid })
	})
}
