package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// SQLite's writers are made durable together: those who wait for their turn
// while one writes join its transaction, each within a savepoint of its own, and
// all of them wait for the one flush to the disk that a transaction costs. Who
// writes alone pays nothing for it.
const (
	// joinFor is how long a transaction lets others join.
	joinFor = 5 * time.Millisecond
	// maxJoined bounds how many become durable together.
	maxJoined = 64
)

// together is the queue of writers.
type together struct {
	db      *sql.DB
	mu      sync.Mutex
	waiting []*writer
	busy    bool
}

// writer is somebody who waits for a turn.
type writer struct {
	ctx context.Context
	f   func(tx *sql.Tx) error
	// lead tells it to write for all who wait, done that it has been written
	// for.
	lead, done chan struct{}
	err        error
	panicked   any
}

// write runs f in a transaction and returns when it is durable, or not.
func (t *together) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	w := &writer{ctx: ctx, f: f, lead: make(chan struct{}), done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, w)
	first := !t.busy
	t.busy = true
	t.mu.Unlock()
	if !first {
		select {
		case <-w.done:
			return w.result()
		case <-w.lead:
		}
	}
	t.turn()
	t.mu.Lock()
	if len(t.waiting) > 0 {
		close(t.waiting[0].lead)
	} else {
		t.busy = false
	}
	t.mu.Unlock()
	return w.result()
}

func (w *writer) result() error {
	if w.panicked != nil {
		panic(w.panicked)
	}
	return w.err
}

// next takes the first who waits and has not given up; nil when nobody does.
func (t *together) next() *writer {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.waiting) > 0 {
		w := t.waiting[0]
		t.waiting = t.waiting[1:]
		if w.err = w.ctx.Err(); w.err == nil {
			return w
		}
		close(w.done)
	}
	return nil
}

// turn writes for those who wait, in one transaction when nothing is in the
// way.
func (t *together) turn() {
	var durable []*writer // when the transaction is
	ended := func(w *writer, err error) {
		w.err = err
		close(w.done)
	}
	w := t.next()
	if w == nil {
		return
	}
	// Not the context of one of them: a transaction ends with its context.
	tx, err := t.db.BeginTx(context.Background(), nil)
	if err != nil {
		ended(w, err)
		return
	}
	if err := w.run(tx); err != nil {
		_ = tx.Rollback()
		ended(w, err)
		return
	}
	durable = append(durable, w)
	for end := time.Now().Add(joinFor); len(durable) < maxJoined && time.Now().Before(end); {
		if w = t.next(); w == nil {
			break
		}
		if whole := join(tx, w); !whole {
			// Some errors end the whole transaction. Those who had written in
			// it write again, each alone; w knows what became of its own.
			_ = tx.Rollback()
			for _, w := range durable {
				ended(w, t.alone(w))
			}
			close(w.done)
			return
		}
		if w.err != nil {
			close(w.done)
			continue
		}
		durable = append(durable, w)
	}
	err = tx.Commit()
	for _, w := range durable {
		ended(w, err)
	}
}

// join runs a writer in a transaction of others. whole tells whether the others
// are still in it.
func join(tx *sql.Tx, w *writer) (whole bool) {
	ctx := context.Background()
	if _, w.err = tx.ExecContext(ctx, "SAVEPOINT joined"); w.err != nil {
		return false
	}
	if w.err = w.run(tx); w.err == nil {
		_, w.err = tx.ExecContext(ctx, "RELEASE joined")
		return w.err == nil
	}
	for _, end := range []string{"ROLLBACK TO joined", "RELEASE joined"} {
		if _, err := tx.ExecContext(ctx, end); err != nil {
			return false
		}
	}
	return true
}

// alone writes in a transaction of its own.
func (t *together) alone(w *writer) error {
	tx, err := t.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if err := w.run(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// run runs the writer's part. A panic is its own, and ends nobody else's write.
func (w *writer) run(tx *sql.Tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.panicked, err = v, fmt.Errorf("panic: %v", v)
		}
	}()
	return w.f(tx)
}
