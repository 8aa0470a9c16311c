package dataservice

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
)

// visible is Visible in SQL, for the table dataservice as d.
const visible = "NOT d.private AND d.deleted IS NULL AND d.archived IS NULL"

// Visible tells whether the dataservice counts for those that it is linked
// with.
func (d *Dataservice) Visible() bool { return !d.Private && d.Deleted.IsZero() && d.Archived.IsZero() }

// A link is a class whose objects count their dataservices, and how those are
// found.
type link struct {
	class string
	// column holds the id of the object; from are the tables, with
	// dataservice as d.
	column, from string
	of           func(d *Dataservice) []string
}

var linked = []link{
	{ref.Dataset, "l.dataset", "dataservice_dataset l JOIN dataservice d ON d.id = l.dataservice", func(d *Dataservice) []string { return d.Datasets }},
	{ref.User, "d.owner", "dataservice d", func(d *Dataservice) []string { return one(d.Owner) }},
	{ref.Organization, "d.organization", "dataservice d", func(d *Dataservice) []string { return one(d.Organization) }},
}

func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// recount brings the counters of all that the dataservice is, or was, linked
// with up to date. before is nil for a new one.
func (s *Service) recount(ctx context.Context, tx *sql.Tx, before, after *Dataservice, now time.Time) error {
	for _, l := range linked {
		if before != nil && before.Visible() == after.Visible() && slices.Equal(l.of(before), l.of(after)) {
			continue
		}
		affected := set{}
		affected.add(l.of(after)...)
		if before != nil {
			affected.add(l.of(before)...)
		}
		for oid := range affected {
			if err := s.recountOne(ctx, tx, l, oid, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// count says how the dataservices of a class follow from the tables.
func (l link) count() metric.Count {
	where := " FROM " + l.from + " WHERE " + l.column + " IN {ids} AND " + visible
	c := metric.Statements{Totals: map[string]string{"dataservices": "SELECT " + l.column + ", count(DISTINCT d.id)" + where + " GROUP BY " + l.column}}
	if l.class == ref.Organization {
		c.Months = map[string]string{"dataservices_by_months": "SELECT " + l.column + ", d.created_at" + where + " AND d.created_at >= {since}"}
	}
	return c.Count(l.class)
}

// Counts are the counters that follow from dataservices.
func (s *Service) Counts() []metric.Count {
	out := make([]metric.Count, 0, len(linked))
	for _, l := range linked {
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
