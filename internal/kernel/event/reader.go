package event

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"ouvert/internal/kernel/db"
)

// Handler does what follows from a fact, in the transaction that also moves
// the reader on. It is called again for the same fact only when that
// transaction did not become durable, so it must change nothing but the
// database.
type Handler func(ctx context.Context, tx *sql.Tx, e Event) error

// Reader reads the log in order, each fact once, and remembers in the table
// event_reader how far it came (docs/adr/0004-readers-of-the-log.md). Its row
// is made by a migration. Any number of nodes may run the same reader: the
// row's lock lets one of them read at a time.
type Reader struct {
	name     string
	db       *db.DB
	handlers map[string]Handler
	keys     []string
	wake     chan struct{}

	// mu lets one goroutine of this process read at a time. done is the number
	// up to which nothing is left to do, as far as this process knows; saved is
	// what it knows to stand in the row, which may be less.
	mu          sync.Mutex
	done, saved int64
}

const (
	// batch bounds the facts of one transaction.
	batch = 100
	// lag is how far the row may stay behind the log while there is nothing to
	// do: a write that is nothing to the reader should not cost another write.
	lag = 10_000
	// poll is how often the facts of other nodes are looked for.
	poll = 2 * time.Second
	// gather is how long facts gather before they are handled together.
	gather = 50 * time.Millisecond
	// A fact that cannot be handled is tried again after firstWait, and later
	// and later, until lastWait.
	firstWait, lastWait = 100 * time.Millisecond, time.Minute
)

// NewReader returns a reader that hands facts to the handlers by their key;
// facts without a handler, and those that an import brought, are passed over.
func NewReader(d *db.DB, name string, handlers map[string]Handler) *Reader {
	r := &Reader{name: name, db: d, handlers: handlers, wake: make(chan struct{}, 1)}
	for key := range handlers {
		r.keys = append(r.keys, key)
	}
	slices.Sort(r.keys)
	if d == nil {
		return r // the nouns of a description of the API, which never run
	}
	d.AfterWrite(func() {
		select {
		case r.wake <- struct{}{}:
		default: // it will look anyway
		}
	})
	return r
}

// CatchUp reads until every fact that was in the log when it was called has
// been handled, by this node or another. It costs one short query when there
// is nothing new.
func (r *Reader) CatchUp(ctx context.Context) error {
	head, err := Generation(ctx, r.db.Read())
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for limit := batch; r.done < head; {
		idle, err := r.idle(ctx, head)
		if err != nil {
			return fmt.Errorf("the reader %s: %w", r.name, err)
		}
		if idle {
			r.done = head
			return nil
		}
		switch err := r.step(ctx, limit); {
		case err == nil:
		case limit > 1 && ctx.Err() == nil:
			limit = 1 // so that the facts before the one that failed come through
		default:
			return fmt.Errorf("the reader %s: %w", r.name, err)
		}
	}
	return nil
}

// Name is what its row is called.
func (r *Reader) Name() string { return r.name }

// Behind is how many facts the log has after the last one that this process
// knows to be done with.
func (r *Reader) Behind(ctx context.Context) (int64, error) {
	head, err := Generation(ctx, r.db.Read())
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, head-r.done), err
}

// idle tells whether no fact up to head is for the reader, so that nothing
// need be written.
func (r *Reader) idle(ctx context.Context, head int64) (bool, error) {
	q := r.db.Read()
	if r.done == 0 {
		if err := q.QueryRowContext(ctx, "SELECT seq FROM event_reader WHERE name = $1", r.name).Scan(&r.saved); err != nil {
			return false, err
		}
		r.done = r.saved
	}
	if head-r.saved >= lag {
		return false, nil
	}
	list, err := r.load(ctx, q, r.done, head, 1)
	return len(list) == 0, err
}

// step handles the next facts, limit of them at most, in one transaction.
func (r *Reader) step(ctx context.Context, limit int) error {
	var done int64
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		// The row is locked before anything is read, so that two nodes never
		// handle the same fact.
		var from, head int64
		err := tx.QueryRowContext(ctx, "UPDATE event_reader SET seq = seq WHERE name = $1 RETURNING seq", r.name).Scan(&from)
		if err != nil {
			return err
		}
		// The log's head is read before its facts: all up to it are durable.
		if head, err = Generation(ctx, tx); err != nil {
			return err
		}
		list, err := r.load(ctx, tx, from, head, limit)
		if err != nil {
			return err
		}
		done = max(from, head)
		if len(list) == limit {
			done = list[len(list)-1].Seq
		}
		for _, e := range list {
			if err := r.handlers[e.Key](ctx, tx, e); err != nil {
				return fmt.Errorf("event %d, %s: %w", e.Seq, e.Key, err)
			}
		}
		if done == from {
			return nil
		}
		_, err = tx.ExecContext(ctx, "UPDATE event_reader SET seq = $1 WHERE name = $2", done, r.name)
		return err
	})
	if err == nil {
		r.done, r.saved = done, done
	}
	return err
}

func (r *Reader) load(ctx context.Context, q db.Querier, from, head int64, limit int) ([]Event, error) {
	w := &db.Where{}
	w.And("seq > ?", from)
	w.And("seq <= ?", head)
	w.And("origin IS NULL")
	keys, args := db.In(3, r.keys)
	query := "SELECT seq, at, key, class, object, actor, organization, changes, extras, hidden FROM event" + w.String() +
		" AND key IN " + keys + fmt.Sprintf(" ORDER BY seq LIMIT %d", limit)
	var list []Event
	err := db.Each(ctx, q, query, append(w.Args(), args...), func(rows *sql.Rows) error {
		var e Event
		var changes, extras string
		err := rows.Scan(&e.Seq, db.Time{T: &e.At}, &e.Key, &e.Subject.Class, &e.Subject.ID, db.Text{S: &e.Actor},
			db.Text{S: &e.Organization}, &changes, db.Text{S: &extras}, &e.Hidden)
		if err != nil {
			return err
		}
		if extras != "" {
			e.Extras = json.RawMessage(extras)
		}
		err = json.Unmarshal([]byte(changes), &e.Changes)
		list = append(list, e)
		return err
	})
	return list, err
}

// Run reads until the context ends: soon after each write of this process, and
// every poll for those of others. Who must know at once calls CatchUp. A fact that cannot be handled holds up
// those after it, and is tried again and again.
func (r *Reader) Run(ctx context.Context) {
	wait := time.Duration(0)
	for {
		if err := r.CatchUp(ctx); err != nil && ctx.Err() == nil {
			wait = min(max(2*wait, firstWait), lastWait)
			slog.ErrorContext(ctx, "reading the event log failed", "reader", r.name, "error", err, "again_in", wait)
			if !sleep(ctx, wait, nil) {
				return
			}
			continue
		}
		wait = 0
		if !sleep(ctx, poll, r.wake) || !sleep(ctx, gather, nil) {
			return
		}
	}
}

// sleep waits, or until it is woken; false when the context ended.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-wake:
	}
	return true
}
