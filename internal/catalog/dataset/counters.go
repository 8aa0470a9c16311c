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

const ownCount = "SELECT d.owner, count(*) FROM dataset d WHERE d.owner IN {ids} AND " + visible + " GROUP BY d.owner"

// mine are the datasets of organizations that count.
const mine = "d.organization IN {ids} AND " + visible

// Counts are the counters that follow from datasets.
func (s *Service) Counts() []metric.Count {
	return []metric.Count{
		metric.Statements{Totals: map[string]string{"datasets": ownCount}}.Count(ref.User),
		metric.Statements{
			Totals: map[string]string{"datasets": "SELECT d.organization, count(*) FROM dataset d WHERE " + mine + " GROUP BY d.organization"},
			Months: map[string]string{
				"datasets_by_months": "SELECT d.organization, d.created_at FROM dataset d WHERE " + mine + " AND d.created_at >= {since}",
				"datasets_followers_by_months": `SELECT d.organization, f.since FROM follow f JOIN dataset d ON d.id = f.object
					WHERE f.class = 'Dataset' AND f.until IS NULL AND ` + mine + " AND f.since >= {since}",
				// A reuse counts once, however many of the datasets it uses.
				"datasets_reuses_by_months": `SELECT u.organization, u.created_at FROM (SELECT DISTINCT d.organization, r.id, r.created_at
					FROM reuse r JOIN reuse_dataset x ON x.reuse = r.id JOIN dataset d ON d.id = x.dataset
					WHERE NOT r.private AND r.deleted IS NULL AND ` + mine + " AND r.created_at >= {since}) u",
			},
		}.Count(ref.Organization),
	}
}

func (s *Service) recountOne(ctx context.Context, tx *sql.Tx, of ref.Ref, now time.Time) error {
	if !s.refs.Has(of.Class) {
		return nil
	}
	for _, c := range s.Counts() {
		if c.Class != of.Class {
			continue
		}
		values, err := c.Of(ctx, tx, []string{of.ID}, now)
		if err != nil {
			return err
		}
		if err := s.refs.SetMetrics(ctx, tx, of, values[of.ID]); err != nil {
			return err
		}
	}
	return nil
}

// recountOwners counts anew for the organizations of datasets; see
// ref.Noun.Recount.
func (s *Service) recountOwners(ctx context.Context, tx *sql.Tx, ids []string) error {
	owners := set{}
	err := db.EachIn(ctx, tx, "SELECT DISTINCT organization FROM dataset WHERE id IN {ids} AND organization IS NOT NULL", ids, func(rows *sql.Rows) error {
		var org string
		err := rows.Scan(&org)
		owners.add(org)
		return err
	})
	if err != nil {
		return err
	}
	for org := range owners {
		if err := s.recountOne(ctx, tx, ref.Ref{Class: ref.Organization, ID: org}, s.clock()); err != nil {
			return err
		}
	}
	return nil
}
