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
	for _, l := range links {
		for _, oid := range l.changed(before, after) {
			if err := s.recountOne(ctx, tx, l, oid, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted are the objects of the class for which the reuse counts.
func (l link) counted(r *Reuse) []string {
	if r == nil || r.Hidden() || l.counts == visible && !r.Visible() {
		return nil
	}
	return l.of(r)
}

// changed are the objects of the class for which the reuse counts now and did
// not before, or the other way round. A draft moves nobody's counter.
func (l link) changed(before, after *Reuse) []string {
	was, is := l.counted(before), l.counted(after)
	var out []string
	for _, x := range []struct{ in, notIn []string }{{was, is}, {is, was}} {
		for _, oid := range x.in {
			if !slices.Contains(x.notIn, oid) && !slices.Contains(out, oid) {
				out = append(out, oid)
			}
		}
	}
	return out
}

// count says how the reuses of a class follow from the tables.
func (l link) count() metric.Count {
	where := " FROM " + l.from + " WHERE " + l.column + " IN {ids} AND " + l.counts
	distinct := "*"
	if l.from != "reuse r" {
		distinct = "DISTINCT r.id"
	}
	c := metric.Statements{
		Totals: map[string]string{"reuses": "SELECT " + l.column + ", count(" + distinct + ")" + where + " GROUP BY " + l.column},
		Months: map[string]string{},
	}
	switch l.class {
	case ref.Dataset, ref.Organization:
		c.Months["reuses_by_months"] = "SELECT u.target, u.created_at FROM (SELECT DISTINCT " + l.column + " AS target, r.id, r.created_at" + where +
			" AND r.created_at >= {since}) u"
	}
	if l.class == ref.Organization {
		c.Months["reuses_followers_by_months"] = `SELECT r.organization, f.since FROM follow f JOIN reuse r ON r.id = f.object
			WHERE f.class = 'Reuse' AND r.organization IN {ids} AND f.until IS NULL AND ` + visible + " AND f.since >= {since}"
	}
	return c.Count(l.class)
}

// Counts are the counters that follow from reuses.
func (s *Service) Counts() []metric.Count {
	out := []metric.Count{metric.Statements{Totals: map[string]string{
		"datasets": "SELECT reuse, count(*) FROM reuse_dataset WHERE reuse IN {ids} GROUP BY reuse",
	}}.Count(ref.Reuse)}
	for _, l := range links {
		out = append(out, l.count())
	}
	return out
}

func (s *Service) recountOne(ctx context.Context, tx *sql.Tx, l link, oid string, now time.Time) error {
	if !s.refs.Has(l.class) {
		return nil
	}
	values, err := l.count().Of(ctx, tx, []string{oid}, now)
	if err != nil {
		return err
	}
	return s.refs.SetMetrics(ctx, tx, ref.Ref{Class: l.class, ID: oid}, values[oid])
}

// recountOwners counts anew for the organizations of reuses; see
// ref.Noun.Recount.
func (s *Service) recountOwners(ctx context.Context, tx *sql.Tx, ids []string) error {
	var owners []string
	err := db.EachIn(ctx, tx, "SELECT DISTINCT organization FROM reuse WHERE id IN {ids} AND organization IS NOT NULL", ids, func(rows *sql.Rows) error {
		var org string
		err := rows.Scan(&org)
		if !slices.Contains(owners, org) {
			owners = append(owners, org)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.class != ref.Organization {
			continue
		}
		for _, org := range owners {
			if err := s.recountOne(ctx, tx, l, org, s.clock()); err != nil {
				return err
			}
		}
	}
	return nil
}
