package app

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/metric"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/verify"
)

// Checks are all that must hold of the portal, for `ouvert verify`.
func (a *App) Checks() []verify.Check {
	var counts []metric.Count
	for _, noun := range []interface{ Counts() []metric.Count }{a.Datasets, a.Dataservices, a.Reuses, a.Organizations, a.Follows, a.Discussions} {
		counts = append(counts, noun.Counts()...)
	}
	var checks []verify.Check
	for _, class := range a.Refs.With(func(n ref.Noun) bool { return n.Counters != nil }) {
		n, err := a.Refs.Noun(class)
		if err != nil {
			continue // With told of it
		}
		checks = append(checks, verify.Counters(class, n.Counters, counts))
	}
	for _, noun := range []interface{ Checks() []verify.Check }{a.Datasets, a.Dataservices, a.Reuses, a.Topics, a.Organizations, a.Follows} {
		checks = append(checks, noun.Checks()...)
	}
	checks = append(checks,
		verify.Rows("event.seq", "the event log has no gap and ends at its position", "Event", "seq", "the number after the one before",
			"SELECT CAST(seq AS TEXT), 'the next is missing' FROM event e WHERE NOT EXISTS (SELECT 1 FROM event n WHERE n.seq = e.seq + 1) AND e.seq <> (SELECT seq FROM log_position)"),
		verify.Check{Name: "damage", Doc: "the database finds nothing wrong with its own files", Run: func(ctx context.Context, r *verify.Run) error {
			return r.DB.Damage(ctx, func(what string) error {
				return r.Found(verify.Finding{Check: "damage", Class: "Database", Field: "file", Stands: what, Facts: "ok"})
			})
		}},
	)
	checks = append(checks, verify.Check{
		Name: "search", Doc: "the search's index holds what the objects say",
		Run: func(ctx context.Context, r *verify.Run) error {
			found, err := a.Search.Verify(ctx)
			if err != nil {
				return err
			}
			for _, d := range found {
				f := verify.Finding{Check: "search", Class: d.Class, ID: d.ID, Field: d.What, Stands: "the index", Facts: "the object"}
				if r.Repair {
					f.Repaired = true
					if err := a.Search.Repair(ctx, d); err != nil {
						return err
					}
				}
				if err := r.Found(f); err != nil {
					return err
				}
			}
			return nil
		},
	})
	checks = append(checks, verify.FileChecks(a.Blobs, []verify.Files{a.Reuses.Files(), a.Organizations.Files(), a.Users.Files(), a.Datasets.Files(), a.Posts.Files()})...)
	slices.SortStableFunc(checks, func(x, y verify.Check) int { return strings.Compare(x.Name, y.Name) })
	return checks
}

// Verify runs the checks whose name begins with one of names; all when there
// are none. It returns how many things differ and are not repaired.
func (a *App) Verify(ctx context.Context, r *verify.Run, names ...string) (differ int, err error) {
	found := r.Found
	r.DB, r.Now = a.DB, a.clock
	r.Found = func(f verify.Finding) error {
		if !f.Repaired {
			differ++
		}
		return found(f)
	}
	// The kept answers of every node go by the log.
	r.Changed = func(ctx context.Context, tx *sql.Tx) error {
		_, err := event.Append(ctx, tx, event.Event{At: a.clock(), Key: "verify:repaired", Subject: ref.Ref{Class: "Site", ID: "default"}, Hidden: true})
		return err
	}
	for _, c := range a.Checks() {
		if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(c.Name, n) }) {
			continue
		}
		if err := c.Run(ctx, r); err != nil {
			return differ, err
		}
	}
	return differ, nil
}
