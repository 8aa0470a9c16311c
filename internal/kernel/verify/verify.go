// Package verify compares what a portal has counted, linked and named with the
// facts: `ouvert verify`.
//
// A noun says what must hold of its tables as a list of checks; the rule itself
// stands where the noun's writes have it, never a second time. Checks run
// while the portal serves: each looks at one instant, a few hundred objects at
// a time, so that it needs little memory, and what is repaired is counted once
// more in the transaction that sets it.
package verify

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/metric"
)

// Finding is something that is not as the facts say.
type Finding struct {
	// Check is the check that found it.
	Check string `json:"check"`
	// Class and ID name the object; ID is a key for a file.
	Class string `json:"class"`
	ID    string `json:"id"`
	// Field is what differs.
	Field string `json:"field"`
	// Stands is what stands there, Facts what should.
	Stands any `json:"stands"`
	Facts  any `json:"facts"`
	// Repaired tells that it is right now.
	Repaired bool `json:"repaired"`
}

// Run is one verification.
type Run struct {
	DB *db.DB
	// Now is the portal's clock.
	Now func() time.Time
	// Repair has what can be counted set right.
	Repair bool
	// Found is told of each finding; an error ends the check.
	Found func(Finding) error
	// Note is told what else there is to say, which is no difference.
	Note func(text string)
	// Progress is told how many objects a check has looked at.
	Progress func(check string, done int)
	// Changed is called in each transaction that repaired something.
	Changed func(ctx context.Context, tx *sql.Tx) error
}

// Check is one thing that must hold.
type Check struct {
	// Name is what it is asked for by: "reuse.counters".
	Name string
	// Doc says in one line what must hold.
	Doc string
	Run func(ctx context.Context, r *Run) error
}

// Rows is a check in one statement. Its rows are what is wrong: the object's
// id and what stands there, as texts.
func Rows(name, doc, class, field, facts, query string) Check {
	return Check{Name: name, Doc: doc, Run: func(ctx context.Context, r *Run) error {
		return db.Each(ctx, r.DB.Read(), query, nil, func(rows *sql.Rows) error {
			var oid, stands string
			if err := rows.Scan(&oid, db.Text{S: &stands}); err != nil {
				return err
			}
			return r.Found(Finding{Check: name, Class: class, ID: oid, Field: field, Stands: stands, Facts: facts})
		})
	}}
}

// Link is a column that names a row of another table.
type Link struct {
	// Table holds the column, and ID names the object that has the link.
	Table, ID, Column string
	// Target is the table of what is named, by its id.
	Target string
	// Where are more conditions, of the table as l; "" for none.
	Where string
}

// Links checks that what a class names exists. Links that led nowhere when
// they came from another portal are passed over.
func Links(class string, links ...Link) []Check {
	var out []Check
	for _, l := range links {
		query := "SELECT l." + l.ID + ", l." + l.Column + " FROM " + l.Table + " l WHERE l." + l.Column + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " +
			l.Target + " t WHERE t.id = l." + l.Column + ") AND NOT EXISTS (SELECT 1 FROM missing_link m WHERE m.object = l." + l.ID +
			" AND m.target = l." + l.Column + ")"
		if l.Where != "" {
			query += " AND " + l.Where
		}
		name := l.Table + "." + l.Column
		if l.Where != "" {
			name += "." + l.Target
		}
		out = append(out, Rows(name, l.Column+" of "+l.Table+" is there", class, l.Column, "nothing has this id", query))
	}
	return out
}

// batch is how many objects are looked at at a time, repairs how many are set
// in one transaction, for others wait for it.
const (
	batch   = 500
	repairs = 50
)

// Counters checks the counters of a class against all that is counted for it.
func Counters(class string, c *metric.Counters, counts []metric.Count) Check {
	k := counting{name: c.Table + ".counters", class: class, counters: c}
	for _, x := range counts {
		if x.Class == class {
			k.counts = append(k.counts, x)
		}
	}
	return Check{Name: k.name, Doc: "counters of " + c.Table + " are what the facts say", Run: k.run}
}

type counting struct {
	name, class string
	counters    *metric.Counters
	counts      []metric.Count
}

func (k counting) run(ctx context.Context, r *Run) error {
	after, done := "", 0
	for {
		var ids []string
		var found []Finding
		err := r.DB.Snapshot(ctx, func(q db.Querier) (err error) {
			if ids, err = db.Strings(ctx, q, "SELECT id FROM "+k.counters.Table+" WHERE id > $1 ORDER BY id LIMIT $2", after, batch); err != nil {
				return err
			}
			found, _, err = k.compare(ctx, q, ids, r.Now())
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if r.Repair {
			if found, err = k.repair(ctx, r, found); err != nil {
				return err
			}
		}
		for _, f := range found {
			if err := r.Found(f); err != nil {
				return err
			}
		}
		after, done = ids[len(ids)-1], done+len(ids)
		r.Progress(k.name, done)
	}
}

// compare returns what differs, in the order of the ids, and what was counted.
func (k counting) compare(ctx context.Context, q db.Querier, ids []string, now time.Time) ([]Finding, map[string]metric.Values, error) {
	stands, err := k.counters.Read(ctx, q, ids)
	if err != nil {
		return nil, nil, err
	}
	counted := map[string]metric.Values{}
	var found []Finding
	for _, c := range k.counts {
		values, err := c.Of(ctx, q, ids, now)
		if err != nil {
			return nil, nil, err
		}
		for _, oid := range ids {
			if _, there := stands[oid]; !there {
				continue
			}
			if counted[oid] == nil {
				counted[oid] = metric.Values{}
			}
			for _, name := range c.Names {
				if !k.shown(name) {
					continue
				}
				counted[oid][name] = values[oid][name]
				if metric.Same(stands[oid][name], values[oid][name]) {
					continue
				}
				found = append(found, Finding{
					Check: k.name, Class: k.class, ID: oid, Field: name, Stands: orNull(stands[oid][name]), Facts: values[oid][name],
				})
			}
		}
	}
	return found, counted, nil
}

// shown tells whether objects show the counter.
func (k counting) shown(name string) bool {
	for _, n := range k.counters.Names {
		if n == name {
			return true
		}
	}
	return false
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || !json.Valid(raw) {
		return json.RawMessage("null")
	}
	return raw
}

// repair sets what still differs when nobody else writes, and returns what it
// found then.
func (k counting) repair(ctx context.Context, r *Run, found []Finding) ([]Finding, error) {
	var ids []string
	for _, f := range found {
		if len(ids) == 0 || ids[len(ids)-1] != f.ID {
			ids = append(ids, f.ID)
		}
	}
	ids = unique(ids)
	var out []Finding
	for len(ids) > 0 {
		part := ids[:min(len(ids), repairs)]
		var still []Finding
		err := r.DB.Write(ctx, func(tx *sql.Tx) error {
			differ, counted, err := k.compare(ctx, tx, part, r.Now())
			if err != nil {
				return err
			}
			set := map[string]metric.Values{}
			for i, f := range differ {
				if set[f.ID] == nil {
					set[f.ID] = metric.Values{}
				}
				set[f.ID][f.Field] = counted[f.ID][f.Field]
				differ[i].Repaired = true
			}
			for oid, values := range set {
				if err := k.counters.Set(ctx, tx, oid, values); err != nil {
					return err
				}
			}
			still = differ
			if len(set) == 0 || r.Changed == nil {
				return nil
			}
			return r.Changed(ctx, tx)
		})
		if err != nil {
			return out, err
		}
		out, ids = append(out, still...), ids[len(part):]
	}
	return out, nil
}

func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
