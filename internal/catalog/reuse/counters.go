package reuse

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
)

// visible is Visible in SQL, for the table reuse as r. A reuse without a
// dataset does not count, as in udata (core/reuse/models.py).
const visible = `NOT r.private AND r.deleted IS NULL
	AND EXISTS (SELECT 1 FROM reuse_dataset x WHERE x.reuse = r.id)`

// public is what counts for a dataservice: there, a dataset is not asked for.
const public = "NOT r.private AND r.deleted IS NULL"

// A link is a class whose objects count their reuses, and how those are
// found.
type link struct {
	class string
	// column holds the id of the object; from are the tables, with reuse as r.
	column, from string
	// counts says which reuses count.
	counts string
	of     func(r *Reuse) []string
}

var links = []link{
	{ref.Dataset, "l.dataset", "reuse_dataset l JOIN reuse r ON r.id = l.reuse", visible, func(r *Reuse) []string { return r.Datasets }},
	{ref.Dataservice, "l.dataservice", "reuse_dataservice l JOIN reuse r ON r.id = l.reuse", public, func(r *Reuse) []string { return r.Dataservices }},
	{ref.User, "r.owner", "reuse r", visible, func(r *Reuse) []string { return one(r.Owner) }},
	{ref.Organization, "r.organization", "reuse r", visible, func(r *Reuse) []string { return one(r.Organization) }},
}

func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// recount brings the counters of all that the reuse is, or was, linked with
// up to date. before is nil for a new reuse.
func (s *Service) recount(ctx context.Context, tx *sql.Tx, before, after *Reuse, now time.Time) error {
	if before != nil && sameCount(before, after) {
		return nil
	}
	for _, l := range links {
		affected := map[string]bool{}
		for _, r := range []*Reuse{before, after} {
			if r == nil {
				continue
			}
			for _, oid := range l.of(r) {
				affected[oid] = true
			}
		}
		for oid := range affected {
			if err := s.recountOne(ctx, tx, l, oid, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameCount tells whether nothing changed that a counter depends on.
func sameCount(a, b *Reuse) bool {
	if a.Visible() != b.Visible() || a.Hidden() != b.Hidden() {
		return false
	}
	for _, l := range links {
		if !slices.Equal(l.of(a), l.of(b)) {
			return false
		}
	}
	return true
}

func (s *Service) recountOne(ctx context.Context, tx *sql.Tx, l link, oid string, now time.Time) error {
	if !s.refs.Has(l.class) {
		return nil
	}
	where := " FROM " + l.from + " WHERE " + l.column + " = $1 AND " + l.counts
	var total int64
	if err := tx.QueryRowContext(ctx, "SELECT count(DISTINCT r.id)"+where, oid).Scan(&total); err != nil {
		return err
	}
	months, err := instants(ctx, tx, "SELECT DISTINCT r.id, r.created_at"+where+" AND r.created_at >= $2", oid, metric.Months(now).UnixMicro())
	if err != nil {
		return err
	}
	values := map[string]any{"reuses": total}
	switch l.class {
	case ref.Dataset, ref.Organization:
		values["reuses_by_months"] = metric.ByMonth(now, months)
	}
	if l.class == ref.Organization {
		follows, err := instants(ctx, tx, `SELECT f.id, f.since FROM follow f JOIN reuse r ON r.id = f.object
			WHERE r.organization = $1 AND f.until IS NULL AND `+visible+" AND f.since >= $2", oid, metric.Months(now).UnixMicro())
		if err != nil {
			return err
		}
		values["reuses_followers_by_months"] = metric.ByMonth(now, follows)
	}
	return s.refs.SetMetrics(ctx, tx, ref.Ref{Class: l.class, ID: oid}, values)
}

// instants runs a query of an id and an instant, and returns the instants.
func instants(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]time.Time, error) {
	var out []time.Time
	err := db.Each(ctx, tx, query, args, func(rows *sql.Rows) error {
		var oid string
		var t time.Time
		err := rows.Scan(&oid, db.Time{T: &t})
		out = append(out, t)
		return err
	})
	return out, err
}
