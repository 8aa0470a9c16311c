package organization

import (
	"context"
	"database/sql"
	"slices"

	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
)

// MembersOf returns the ids of the members who have one of the roles, all
// members when none is named, in the organization's order.
func (s *Service) MembersOf(ctx context.Context, q db.Querier, org string, roles ...auth.Role) ([]string, error) {
	var out []string
	err := db.Each(ctx, q, "SELECT person, role FROM organization_member WHERE organization = $1 ORDER BY position", []any{org}, func(rows *sql.Rows) error {
		var person, role string
		if err := rows.Scan(&person, &role); err != nil {
			return err
		}
		if len(roles) == 0 || slices.Contains(roles, auth.Role(role)) {
			out = append(out, person)
		}
		return nil
	})
	return out, err
}

// Unassign takes an object from all partial editors to whom it was assigned:
// it is no longer the organization's.
func (s *Service) Unassign(ctx context.Context, tx *sql.Tx, object ref.Ref) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM assignment WHERE class = $1 AND object = $2", object.Class, object.ID)
	return err
}

// Counts are the counters that follow from who is in an organization.
func (s *Service) Counts() []metric.Count {
	return []metric.Count{metric.Statements{Totals: map[string]string{
		"members": "SELECT organization, count(*) FROM organization_member WHERE organization IN {ids} GROUP BY organization",
	}}.Count(ref.Organization)}
}
