package dataset

import (
	"context"
	"database/sql"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
)

// visible is Visible in SQL, for the table dataset as d.
const visible = "NOT d.private AND d.deleted IS NULL AND d.archived IS NULL"

// Visible tells whether the dataset counts for its owner and organization.
func (d *Dataset) Visible() bool { return !d.Private && d.Deleted.IsZero() && d.Archived.IsZero() }

// recount brings the counters of those whose the dataset is, or was, up to
// date. before is nil for a new dataset.
func (s *Service) recount(ctx context.Context, tx *sql.Tx, before, after *Dataset, now time.Time) error {
	if before != nil && before.Visible() == after.Visible() && before.Owner == after.Owner && before.Organization == after.Organization {
		return nil
	}
	affected := map[ref.Ref]bool{}
	for _, d := range []*Dataset{before, after} {
		if d == nil {
			continue
		}
		for _, r := range []ref.Ref{{Class: ref.User, ID: d.Owner}, {Class: ref.Organization, ID: d.Organization}} {
			if r.ID != "" {
				affected[r] = true
			}
		}
	}
	for r := range affected {
		if err := s.recountOne(ctx, tx, r, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) recountOne(ctx context.Context, tx *sql.Tx, of ref.Ref, now time.Time) error {
	if !s.refs.Has(of.Class) {
		return nil
	}
	if of.Class == ref.User {
		var total int64
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM dataset d WHERE d.owner = $1 AND "+visible, of.ID).Scan(&total)
		if err != nil {
			return err
		}
		return s.refs.SetMetrics(ctx, tx, of, map[string]any{"datasets": total})
	}
	var total int64
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM dataset d WHERE d.organization = $1 AND "+visible, of.ID).Scan(&total)
	if err != nil {
		return err
	}
	values := map[string]any{"datasets": total}
	since := metric.Months(now).UnixMicro()
	const mine = "d.organization = $1 AND " + visible
	for name, query := range map[string]string{
		"datasets_by_months": "SELECT d.created_at FROM dataset d WHERE " + mine + " AND d.created_at >= $2",
		"datasets_followers_by_months": "SELECT f.since FROM follow f JOIN dataset d ON d.id = f.object WHERE f.class = 'Dataset' AND f.until IS NULL AND " +
			mine + " AND f.since >= $2",
		"datasets_reuses_by_months": `SELECT r.created_at FROM reuse r WHERE NOT r.private AND r.deleted IS NULL AND r.id IN (SELECT x.reuse
			FROM reuse_dataset x JOIN dataset d ON d.id = x.dataset WHERE ` + mine + ") AND r.created_at >= $2",
	} {
		var at []time.Time
		err := db.Each(ctx, tx, query, []any{of.ID, since}, func(rows *sql.Rows) error {
			var t time.Time
			err := rows.Scan(db.Time{T: &t})
			at = append(at, t)
			return err
		})
		if err != nil {
			return err
		}
		values[name] = metric.ByMonth(now, at)
	}
	return s.refs.SetMetrics(ctx, tx, of, values)
}
