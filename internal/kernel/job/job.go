// Package job runs work that recurs, each piece on one node at a time however
// many serve the portal (docs/adr/0012-jobs-are-leased.md).
//
// A job has a row. A node that finds it due writes its name and an end of its
// lease into the row, moves that end on while it works, and says when the job
// is next due once it is done. When the node dies the lease runs out and
// another does the work again, so a job must bear to be begun anew; when the
// node stops it gives the job back. What fails is tried again, later and later.
package job

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
)

// Job is work that recurs.
type Job struct {
	// Name is its row's name, for good.
	Name string
	// Doc says in one line what it does.
	Doc string
	// Every is how long after it began it is due again.
	Every time.Duration
	// Run does the work. It may be begun again after a part of it was done, and
	// ends when its context does: then another node has the job.
	Run func(ctx context.Context) error
}

// Lease is how long a job stays with a node that is not heard of. Clocks of
// nodes must not differ by more than half of it.
const Lease = time.Minute

const (
	// poll is how often the rows are looked at when nothing is known to be due.
	poll = 30 * time.Second
	// A job that failed is due again after firstWait, then later and later, up
	// to the time between two runs.
	firstWait = time.Minute
	maxError  = 500
)

// Runner runs jobs on this node.
type Runner struct {
	db    *db.DB
	clock clock.Clock
	jobs  []Job
	node  string
	lease time.Duration
}

// NewRunner returns a runner of jobs.
func NewRunner(d *db.DB, c clock.Clock, jobs []Job) *Runner {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	// Several nodes may be on one machine, or in containers with one process id.
	return &Runner{db: d, clock: c, jobs: jobs, node: fmt.Sprintf("%s/%d/%.6s", host, os.Getpid(), rand.Text()), lease: Lease}
}

// Jobs are those that it runs.
func (r *Runner) Jobs() []Job { return r.jobs }

// Node is what this node calls itself in the rows.
func (r *Runner) Node() string { return r.node }

// ErrHeld: another node has the job.
var ErrHeld = errors.New("job: another node has it")

// Run runs what is due until the context ends; one job does not wait for
// another.
func (r *Runner) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	for _, j := range r.jobs {
		running.Go(func() { r.loop(ctx, j) })
	}
}

func (r *Runner) loop(ctx context.Context, j Job) {
	for {
		wait, err := r.Try(ctx, j)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "a job failed", "job", j.Name, "error", err)
		}
		t := time.NewTimer(min(max(wait, 10*time.Millisecond), poll))
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// Try runs a job when it is due and nobody has it, and returns how long it is
// until it may be. The error is the job's, or the database's.
func (r *Runner) Try(ctx context.Context, j Job) (wait time.Duration, err error) {
	var due, until time.Time
	now := r.clock()
	err = r.db.Read().QueryRowContext(ctx, "SELECT due_at, held_until FROM job WHERE name = $1", j.Name).Scan(db.Time{T: &due}, db.Time{T: &until})
	if errors.Is(err, sql.ErrNoRows) {
		return j.Every, r.begin(ctx, j, now)
	}
	if err != nil {
		return poll, err
	}
	if now.Before(due) {
		return due.Sub(now), nil
	}
	if now.Before(until) {
		return until.Sub(now), nil
	}
	switch mine, err := r.claim(ctx, j.Name, now, false); {
	case err != nil:
		return poll, err
	case !mine:
		return time.Second, nil
	}
	return 0, r.work(ctx, j, now)
}

// Now runs a job whether it is due or not; ErrHeld when another node does.
func (r *Runner) Now(ctx context.Context, name string) error {
	for _, j := range r.jobs {
		if j.Name != name {
			continue
		}
		now := r.clock()
		if err := r.begin(ctx, j, now); err != nil {
			return err
		}
		mine, err := r.claim(ctx, name, now, true)
		if err != nil {
			return err
		}
		if !mine {
			return ErrHeld
		}
		return r.work(ctx, j, now)
	}
	return fmt.Errorf("job: there is no %q", name)
}

// begin makes the row of a job that is new. Its first run is as far off as
// every later one: what a portal begins with needs no counting or removing.
func (r *Runner) begin(ctx context.Context, j Job, now time.Time) error {
	return r.db.WriteAside(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO job (name, due_at, failures) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING",
			j.Name, now.Add(j.Every).UnixMicro())
		return err
	})
}

// claim takes a job for this node, and tells whether it could. The row may have
// changed since it was looked at: the statement looks again.
func (r *Runner) claim(ctx context.Context, name string, now time.Time, early bool) (mine bool, err error) {
	due := now.UnixMicro()
	if early {
		due = 1<<63 - 1
	}
	err = r.db.WriteAside(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE job SET holder = $1, held_until = $2, started_at = $3
			WHERE name = $4 AND due_at <= $5 AND (held_until IS NULL OR held_until <= $3)`,
			r.node, now.Add(r.lease).UnixMicro(), now.UnixMicro(), name, due)
		mine, err = one(res, err)
		return err
	})
	return mine, err
}

func one(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// work does the work of a job that this node has, and says how it went.
func (r *Runner) work(ctx context.Context, j Job, began time.Time) error {
	working, stop := context.WithCancel(ctx)
	beating := make(chan struct{})
	lost := false
	go func() {
		defer close(beating)
		if !r.hold(working, j.Name) {
			lost = true
			stop() // another may have it by now
		}
	}()
	err := run(working, j)
	stop()
	<-beating
	if lost {
		return fmt.Errorf("job %s: the lease was lost: %w", j.Name, errors.Join(err, ErrHeld))
	}
	// Also when the node stops: the row says at once that the job is free.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, r.end(ending, j, began, err, ctx.Err() != nil))
}

// run makes an error of a panic, which would take the whole node down, on one
// node after the other.
func run(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.Run(ctx)
}

// hold moves the end of the lease on until the context ends; false when the
// lease is lost.
func (r *Runner) hold(ctx context.Context, name string) bool {
	beat := time.NewTicker(r.lease / 4)
	defer beat.Stop()
	heard := time.Now()
	for {
		select {
		case <-ctx.Done():
			return true
		case <-beat.C:
		}
		var mine bool
		err := r.db.WriteAside(ctx, func(tx *sql.Tx) error {
			res, err := tx.ExecContext(ctx, "UPDATE job SET held_until = $1 WHERE name = $2 AND holder = $3",
				r.clock().Add(r.lease).UnixMicro(), name, r.node)
			mine, err = one(res, err)
			return err
		})
		switch {
		case ctx.Err() != nil:
			return true
		case err == nil && !mine:
			return false
		case err == nil:
			heard = time.Now()
		case time.Since(heard) > r.lease*3/4:
			return false // the database is away, and others may see it before us
		}
	}
}

// end gives a job back. One that was interrupted is due as it was.
func (r *Runner) end(ctx context.Context, j Job, began time.Time, failed error, interrupted bool) error {
	return r.db.WriteAside(ctx, func(tx *sql.Tx) error {
		if failed != nil && interrupted {
			_, err := tx.ExecContext(ctx, "UPDATE job SET holder = NULL, held_until = NULL WHERE name = $1 AND holder = $2", j.Name, r.node)
			return err
		}
		now := r.clock()
		if failed == nil {
			_, err := tx.ExecContext(ctx, `UPDATE job SET holder = NULL, held_until = NULL, ended_at = $1, due_at = $2, failures = 0, error = NULL
				WHERE name = $3 AND holder = $4`, now.UnixMicro(), began.Add(j.Every).UnixMicro(), j.Name, r.node)
			return err
		}
		var failures int64
		err := tx.QueryRowContext(ctx, "SELECT failures FROM job WHERE name = $1 AND holder = $2", j.Name, r.node).Scan(&failures)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		wait := min(firstWait<<min(failures, 20), j.Every)
		_, err = tx.ExecContext(ctx, `UPDATE job SET holder = NULL, held_until = NULL, due_at = $1, failures = $2, error = $3
			WHERE name = $4 AND holder = $5`, now.Add(wait).UnixMicro(), failures+1, clip(failed.Error()), j.Name, r.node)
		return err
	})
}

// clip shortens a text to what fits into the row.
func clip(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?") // else PostgreSQL refuses it
	if len(s) <= maxError {
		return s
	}
	for s = s[:maxError]; !utf8.ValidString(s) && s != ""; {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// State is what a row says.
type State struct {
	Name string    `json:"name"`
	Due  time.Time `json:"due"`
	// Holder is the node that has the job until HeldUntil, unless it died; ""
	// when none has.
	Holder    string    `json:"holder,omitempty"`
	HeldUntil time.Time `json:"held_until,omitzero"`
	// Started is when the last run began, Ended when the last one that was good
	// did end.
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	// Failures are those in a row, Error is the last one.
	Failures int64  `json:"failures"`
	Error    string `json:"error,omitempty"`
}

// List returns the rows, by name.
func List(ctx context.Context, q db.Querier) (list []State, err error) {
	err = db.Each(ctx, q, "SELECT name, due_at, holder, held_until, started_at, ended_at, failures, error FROM job ORDER BY name", nil, func(rows *sql.Rows) error {
		var s State
		err := rows.Scan(&s.Name, db.Time{T: &s.Due}, db.Text{S: &s.Holder}, db.Time{T: &s.HeldUntil}, db.Time{T: &s.Started}, db.Time{T: &s.Ended},
			&s.Failures, db.Text{S: &s.Error})
		list = append(list, s)
		return err
	})
	return list, err
}
