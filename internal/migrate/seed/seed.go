package seed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/follow"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/reuse"
	"ouvert/internal/catalog/site"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// Target is the portal to fill. New objects in bulk go through the nouns'
// InsertMany, which need no service, so that DB and Site are all that Fill uses
// today.
type Target struct {
	DB            *db.DB
	Users         *user.Service
	Organizations *organization.Service
	Licenses      *license.Service
	Datasets      *dataset.Service
	Dataservices  *dataservice.Service
	Reuses        *reuse.Service
	Follows       *follow.Service
	Site          *site.Service
}

// Options says how much to make.
type Options struct {
	Reuses int
	// Datasets is how many there are, three a reuse when it is 0.
	Datasets int
	// ResourcesPerDataset is how many resources each dataset has.
	ResourcesPerDataset int
	// Organizations and Users are at least 1.
	Organizations, Users int
	// Seed is the number that everything follows from, together with Now.
	Seed uint64
	// Now is the end of the ten years in which all this happened; the current
	// time when it is zero.
	Now time.Time
	// Add adds to a catalogue that has content.
	Add bool
	// Progress is told what is done, a line at a time; nil for nobody.
	Progress io.Writer
}

// Counts is what was made.
type Counts struct {
	Users, Organizations, Datasets, Resources, Dataservices, Reuses, Follows, Topics, Posts int
}

// ErrNotEmpty is returned when the portal has a catalogue already.
var ErrNotEmpty = errors.New("the portal has a catalogue already: fill an empty one, or add to this one (--add)")

// Fill makes up a catalogue and writes it, all or nothing. People who are
// there already may stay: a portal with only its administrator is empty.
//
// It returns ErrNotEmpty, and an error for options that make no sense.
func Fill(ctx context.Context, t Target, o Options) (Counts, error) {
	if err := o.complete(); err != nil {
		return Counts{}, err
	}
	start := time.Now()
	var c Counts
	err := t.DB.Write(ctx, func(tx *sql.Tx) error {
		w, err := newWriter(ctx, tx, t.DB.Dialect, o)
		if err != nil {
			return err
		}
		if err := w.writeAll(ctx); err != nil {
			return err
		}
		c = w.made
		return nil
	})
	if err != nil {
		return Counts{}, fmt.Errorf("filling the portal: %w", err)
	}
	if err := t.Site.Recount(ctx); err != nil {
		return c, fmt.Errorf("the portal is filled, but its figures could not be counted: %w", err)
	}
	fmt.Fprintf(o.Progress, "made up %d reuses, %d datasets with %d resources, %d dataservices, %d topics, %d organizations, %d people and %d follows in %s\n",
		c.Reuses, c.Datasets, c.Resources, c.Dataservices, c.Topics, c.Organizations, c.Users, c.Follows, time.Since(start).Round(10*time.Millisecond))
	return c, nil
}

func (o *Options) complete() error {
	if o.Reuses < 0 || o.Datasets < 0 || o.ResourcesPerDataset < 0 {
		return errors.New("seed: a number of things to make is negative")
	}
	if o.Organizations < 1 || o.Users < 1 {
		return errors.New("seed: at least one organization and one person are needed")
	}
	if o.Datasets == 0 {
		o.Datasets = 3 * o.Reuses
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Now = o.Now.UTC().Truncate(time.Microsecond)
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	return nil
}

// writer writes a plan in one transaction.
type writer struct {
	*plan
	tx      *sql.Tx
	dialect db.Dialect
	slugs   map[kind]*namer
	// addresses are those of reuses that are there already, as their hashes.
	addresses map[string]bool
	emails    map[string]bool
	made      Counts
	said      time.Time
}

func newWriter(ctx context.Context, tx *sql.Tx, dialect db.Dialect, o Options) (*writer, error) {
	s := streams{o.Seed}
	switch full, err := hasContent(ctx, tx); {
	case err != nil:
		return nil, err
	case full && !o.Add:
		return nil, ErrNotEmpty
	case full:
		// The same seed again must give other ids.
		n, err := event.Generation(ctx, tx)
		if err != nil {
			return nil, err
		}
		s.seed = mix(s.seed ^ uint64(n)<<32)
	}
	w := &writer{plan: newPlan(s, o), tx: tx, dialect: dialect, slugs: map[kind]*namer{}, said: time.Now()}
	for k, table := range slugTables {
		slugs, err := textSet(ctx, tx, "SELECT slug FROM "+table)
		if err != nil {
			return nil, err
		}
		w.slugs[k] = &namer{used: slugs, next: map[string]int{}}
	}
	var err error
	if w.addresses, err = textSet(ctx, tx, "SELECT urlhash FROM reuse"); err != nil {
		return nil, err
	}
	w.emails, err = textSet(ctx, tx, "SELECT email FROM person")
	return w, err
}

// slugTables hold the slugs of each kind.
var slugTables = map[kind]string{
	people: "person", organizations: "organization", datasets: "dataset", dataservices: "dataservice", reuses: "reuse",
}

// hasContent tells whether somebody published something.
func hasContent(ctx context.Context, q db.Querier) (bool, error) {
	for _, table := range []string{"reuse", "dataset", "dataservice", "organization"} {
		var found bool
		if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+")").Scan(&found); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

func textSet(ctx context.Context, q db.Querier, query string) (map[string]bool, error) {
	list, err := db.Strings(ctx, q, query)
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set, err
}

func (w *writer) writeAll(ctx context.Context) error {
	if err := license.InsertMany(ctx, w.tx, license.Builtin); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		w.writePeople, w.writeOrganizations, w.writeDatasets, w.writeDataservices, w.writeReuses, w.writeFollows, w.writeTopics, w.writePosts, w.writeEvents,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// parameters is how many a statement has at about its best. SQLite looks each
// one up in a list of all, so that few are quickest; PostgreSQL answers each
// statement, so that many are.
var parameters = map[db.Dialect]int{db.SQLite: 100, db.PostgreSQL: 3000}

// batches builds the n objects of a kind and hands them to insert, some at a
// time; width is how many parameters the widest table takes an object.
func batches[T any](ctx context.Context, w *writer, what string, n, width int,
	build func(i int) (T, error), insert func(context.Context, *sql.Tx, []T) error,
) error {
	size := max(1, parameters[w.dialect]/width)
	list := make([]T, 0, size)
	for i := range n {
		x, err := build(i)
		if err != nil {
			return err
		}
		if list = append(list, x); len(list) < size && i < n-1 {
			continue
		}
		if err := insert(ctx, w.tx, list); err != nil {
			return fmt.Errorf("writing %s: %w", what, err)
		}
		list = list[:0]
		w.say(what, i+1, n)
	}
	return nil
}

// say tells what was done: at the end, and every two seconds.
func (w *writer) say(what string, done, all int) {
	if now := time.Now(); done == all || now.Sub(w.said) > 2*time.Second {
		w.said = now
		fmt.Fprintf(w.Progress, "seed: %d of %d %s\n", done, all, what)
	}
}

// visibleEvents is how many of the newest reuses the activity page shows.
const visibleEvents = 200

// writeEvents tells the log of the newest reuses, and that the catalogue
// changed, so that nothing that was kept before is answered any more.
func (w *writer) writeEvents(ctx context.Context) error {
	var newest []int
	for i := len(w.reuses) - 1; i >= 0 && len(newest) < visibleEvents; i-- {
		if w.reuses[i].counts() {
			newest = append(newest, i)
		}
	}
	for n := len(newest) - 1; n >= 0; n-- { // the log is in the order of time
		x := &w.reuses[newest[n]]
		e := event.Event{At: x.created, Key: "reuse:created", Subject: ref.Ref{Class: ref.Reuse, ID: x.id}}
		if x.organization >= 0 {
			b := &w.organizations[x.organization]
			e.Organization = b.id
			e.Actor = w.people[b.members[newest[n]%len(b.members)].person].id
		} else {
			e.Actor = w.people[x.person].id
		}
		if _, err := event.Append(ctx, w.tx, e); err != nil {
			return err
		}
	}
	_, err := event.Append(ctx, w.tx, event.Event{
		At: w.Now, Key: "catalogue:seeded", Subject: ref.Ref{Class: "Site", ID: "default"}, Hidden: true,
	})
	return err
}
