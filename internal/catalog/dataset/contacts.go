package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"ouvert/internal/kernel/db"
)

// ForgetContactPoint takes a contact point from all datasets that name it. They
// are not modified by it, as in udata.
func (s *Service) ForgetContactPoint(ctx context.Context, tx *sql.Tx, oid string) error {
	ids, err := db.Strings(ctx, tx, "SELECT dataset FROM dataset_contact_point WHERE contact_point = $1", oid)
	if err != nil {
		return err
	}
	found, err := byIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, d := range found {
		d.Doc.ContactPoints = slices.DeleteFunc(d.Doc.ContactPoints, func(x string) bool { return x == oid })
		doc, err := json.Marshal(d.Doc)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE dataset SET doc = $1, revision = revision + 1 WHERE id = $2", string(doc), d.ID); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM dataset_contact_point WHERE contact_point = $1", oid)
	return err
}
