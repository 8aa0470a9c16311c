package job

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
)

// watch is a clock that the test moves.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

var start = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func row(t *testing.T, d *db.DB) State {
	t.Helper()
	list, err := List(t.Context(), d.Read())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// TestSchedule: a job runs when it is due and not before, on one of the nodes,
// and the next run is counted from when this one began.
func TestSchedule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ran := &watch{now: start}, 0
		j := Job{Name: "count", Every: time.Hour, Run: func(context.Context) error { ran++; w.pass(time.Minute); return nil }}
		a, b := NewRunner(d, w.Now, []Job{j}), NewRunner(d, w.Now, []Job{j})
		try := func(r *Runner, wait time.Duration, runs int) {
			t.Helper()
			got, err := r.Try(t.Context(), j)
			if err != nil || got != wait || ran != runs {
				t.Fatalf("it ran %d times and waits for %v, %v; want %d and %v", ran, got, err, runs, wait)
			}
		}
		try(a, time.Hour, 0)
		try(b, time.Hour, 0)
		w.pass(59 * time.Minute)
		try(a, time.Minute, 0)
		w.pass(2 * time.Minute) // 13:01
		try(b, 0, 1)            // until 13:02
		try(a, 59*time.Minute, 1)
		if s := row(t, d); s.Holder != "" || !s.HeldUntil.IsZero() || !s.Started.Equal(start.Add(61*time.Minute)) || !s.Ended.Equal(start.Add(62*time.Minute)) ||
			!s.Due.Equal(start.Add(121*time.Minute)) || s.Failures != 0 || s.Error != "" {
			t.Errorf("the row is %+v", s)
		}
		// Now is at once, and moves the schedule.
		if err := a.Now(t.Context(), "count"); err != nil || ran != 2 {
			t.Errorf("now: %v", err)
		}
		try(b, 59*time.Minute, 2)
		if err := a.Now(t.Context(), "dance"); err == nil {
			t.Error("a job that is not there was run")
		}
	})
}

// TestOneNodeAtATime: of many nodes that look at once, one does the work, and
// the others have none of it while it goes on, however long.
func TestOneNodeAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var at, most, ran atomic.Int32
		var jobs []Job
		for _, name := range []string{"a", "b"} {
			jobs = append(jobs, Job{Name: name, Every: 40 * time.Millisecond, Run: func(context.Context) error {
				if name == "b" {
					return nil
				}
				most.Store(max(most.Load(), at.Add(1)))
				time.Sleep(2 * time.Second) // longer than the lease: it must be moved on
				at.Add(-1)
				ran.Add(1)
				return nil
			}})
		}
		ctx, stop := context.WithTimeout(t.Context(), 7*time.Second)
		defer stop()
		now := func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
		var nodes sync.WaitGroup
		for range 4 {
			r := NewRunner(d, now, jobs)
			r.lease = 1500 * time.Millisecond // as slow as a busy machine may be
			nodes.Go(func() { r.Run(ctx) })
		}
		nodes.Wait()
		if most.Load() != 1 || ran.Load() < 2 {
			t.Errorf("%d at a time, %d runs", most.Load(), ran.Load())
		}
	})
}

// TestNodeDies: another node does the work again when the lease has run out,
// and what the dead one says afterwards is not heard.
func TestNodeDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ran := &watch{now: start}, 0
		j := Job{Name: "count", Every: time.Hour, Run: func(context.Context) error { ran++; return nil }}
		dead, alive := NewRunner(d, w.Now, []Job{j}), NewRunner(d, w.Now, []Job{j})
		if _, err := dead.Try(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Hour)
		mine, err := dead.claim(t.Context(), j.Name, w.Now(), false)
		if err != nil || !mine {
			t.Fatal(mine, err)
		}
		began := w.Now()
		if wait, err := alive.Try(t.Context(), j); err != nil || wait != Lease || ran != 0 {
			t.Errorf("while it is alive: %v, %v, %d runs", wait, err, ran)
		}
		if err := alive.Now(t.Context(), j.Name); !errors.Is(err, ErrHeld) {
			t.Errorf("now: %v", err)
		}
		if s := row(t, d); s.Holder != dead.Node() || !s.HeldUntil.Equal(began.Add(Lease)) {
			t.Errorf("the row is %+v", s)
		}
		w.pass(Lease)
		if _, err := alive.Try(t.Context(), j); err != nil || ran != 1 {
			t.Errorf("when it is dead: %v, %d runs", err, ran)
		}
		before := row(t, d)
		if err := dead.end(t.Context(), j, began, errors.New("late"), false); err != nil {
			t.Error(err)
		}
		if err := dead.end(t.Context(), j, began, nil, false); err != nil {
			t.Error(err)
		}
		if after := row(t, d); after != before {
			t.Errorf("the dead spoke: %+v, then %+v", before, after)
		}
	})
}

// TestLeaseIsLost: a node that was asleep for too long ends its work when it
// sees that another has the job.
func TestLeaseIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &watch{now: start}
		j := Job{Name: "count", Every: time.Hour, Run: func(ctx context.Context) error {
			err := d.Write(ctx, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE job SET holder = 'another'")
				return err
			})
			if err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}}
		r := NewRunner(d, w.Now, []Job{j})
		r.lease = 40 * time.Millisecond
		if err := r.Now(t.Context(), j.Name); !errors.Is(err, ErrHeld) {
			t.Errorf("it ends with %v", err)
		}
		if s := row(t, d); s.Holder != "another" || s.Failures != 0 {
			t.Errorf("the row is %+v", s)
		}
	})
}

// TestFailuresAreTriedAgain, later and later, panics too.
func TestFailuresAreTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &watch{now: start}
		var fail func() error
		j := Job{Name: "count", Every: time.Hour, Run: func(context.Context) error { return fail() }}
		r := NewRunner(d, w.Now, []Job{j})
		if _, err := r.Try(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Hour)
		fail = func() error { return errors.New("no\x00 luck\xff " + strings.Repeat("é", 600)) }
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			if i == 3 {
				fail = func() error { panic("ouch") }
			}
			if _, err := r.Try(t.Context(), j); err == nil {
				t.Fatal("it failed and nobody knows")
			}
			s := row(t, d)
			if s.Failures != int64(i+1) || !s.Due.Equal(w.Now().Add(want*time.Minute)) || s.Holder != "" || !s.Ended.IsZero() {
				t.Errorf("failure %d: %+v", i+1, s)
			}
			if i == 0 && (!strings.HasPrefix(s.Error, "no luck? é") || len(s.Error) > maxError+3) {
				t.Errorf("the error is %q", s.Error)
			}
			if i == 3 && s.Error != "panic: ouch" {
				t.Errorf("the error is %q", s.Error)
			}
			w.pass(want * time.Minute)
		}
		fail = func() error { return nil }
		if _, err := r.Try(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if s := row(t, d); s.Failures != 0 || s.Error != "" || s.Ended.IsZero() || !s.Due.Equal(w.Now().Add(time.Hour)) {
			t.Errorf("at last: %+v", s)
		}
	})
}

// TestNodeStops: its job is free at once, and due as it was.
func TestNodeStops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &watch{now: start}
		ctx, stop := context.WithCancel(t.Context())
		j := Job{Name: "count", Every: time.Hour, Run: func(ctx context.Context) error { stop(); <-ctx.Done(); return ctx.Err() }}
		r := NewRunner(d, w.Now, []Job{j})
		if _, err := r.Try(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		due := row(t, d).Due
		w.pass(time.Hour)
		if _, err := r.Try(ctx, j); !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
		if s := row(t, d); s.Holder != "" || !s.HeldUntil.IsZero() || !s.Due.Equal(due) || s.Failures != 0 || s.Error != "" {
			t.Errorf("the row is %+v", s)
		}
	})
}
