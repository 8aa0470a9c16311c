package event_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

var at = time.Date(2026, 11, 24, 12, 0, 0, 123456000, time.UTC)

func one() event.Event {
	return event.Event{At: at, Key: "reuse:created", Subject: ref.Ref{Class: ref.Reuse, ID: "r"}}
}

// since reads the numbers of the events after one.
func since(ctx context.Context, d *db.DB, after int64) (seqs []int64, err error) {
	err = db.Each(ctx, d.Read(), "SELECT seq FROM event WHERE seq > $1 ORDER BY seq", []any{after}, func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		seqs = append(seqs, seq)
		return err
	})
	return seqs, err
}

// TestAppend: what is told is what is read, in the order of the telling.
func TestAppend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if seq, err := event.Generation(ctx, d.Read()); seq != 0 || err != nil {
			t.Fatalf("an empty log is at %d, %v", seq, err)
		}
		full := one()
		full.Actor, full.Organization, full.Changes = "ada", "town", []string{"title", "url"}
		full.Extras, full.Hidden, full.Origin = json.RawMessage(`{"a":1}`), true, "o"
		err := d.Write(ctx, func(tx *sql.Tx) error {
			for want, e := range []event.Event{one(), full, one()} {
				if seq, err := event.Append(ctx, tx, e); seq != int64(want+1) || err != nil {
					t.Errorf("event %d has the number %d, %v", want+1, seq, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if seq, err := event.Generation(ctx, d.Read()); seq != 3 || err != nil {
			t.Errorf("the log is at %d, %v", seq, err)
		}
		var got event.Event
		var changes, extras string
		row := d.Read().QueryRowContext(ctx, "SELECT at, key, class, object, actor, organization, changes, extras, hidden, origin FROM event WHERE seq = 2")
		if err := row.Scan(db.Time{T: &got.At}, &got.Key, &got.Subject.Class, &got.Subject.ID, &got.Actor, &got.Organization, &changes, &extras, &got.Hidden, &got.Origin); err != nil {
			t.Fatal(err)
		}
		if !got.At.Equal(at) || got.Key != full.Key || got.Subject != full.Subject || got.Actor != "ada" || got.Organization != "town" ||
			changes != `["title","url"]` || extras != `{"a":1}` || !got.Hidden || got.Origin != "o" {
			t.Errorf("it reads %+v, %s, %s", got, changes, extras)
		}
		var nulls int
		if err := d.Read().QueryRowContext(ctx, `SELECT count(*) FROM event
			WHERE actor IS NULL AND organization IS NULL AND extras IS NULL AND origin IS NULL AND changes = '[]' AND NOT hidden`).Scan(&nulls); err != nil || nulls != 2 {
			t.Errorf("%d events say nothing, %v", nulls, err)
		}
	})
}

// TestOrder: many append at once, some of them in vain. The numbers have no
// gap, and a reader that polls the log sees them in their order and misses
// none.
func TestOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const writers, each, every = 8, 50, 5
		const total = writers * (each - each/every)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		inVain := errors.New("in vain")
		var wait sync.WaitGroup
		for range writers {
			wait.Go(func() {
				for i := range each {
					err := d.Write(ctx, func(tx *sql.Tx) error {
						if _, err := event.Append(ctx, tx, one()); err != nil {
							return err
						}
						if i%every == 0 {
							return inVain
						}
						return nil
					})
					if err != nil && !errors.Is(err, inVain) {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		var last int64
		for polls := 0; last < total && ctx.Err() == nil; polls++ {
			seqs, err := since(ctx, d, last)
			if err != nil {
				t.Fatal(err)
			}
			for _, seq := range seqs {
				if seq != last+1 {
					t.Fatalf("poll %d saw %d after %d", polls, seq, last)
				}
				last = seq
			}
		}
		wait.Wait()
		if seq, err := event.Generation(t.Context(), d.Read()); last != total || seq != total || err != nil {
			t.Errorf("the reader saw %d, the log is at %d, %v, want %d", last, seq, err, total)
		}
	})
}

// TestOrigins: an import that runs again tells nothing twice.
func TestOrigins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		e := one()
		e.Origin = "activity 1"
		tell := func() error {
			return d.Write(t.Context(), func(tx *sql.Tx) error {
				_, err := event.Append(t.Context(), tx, e)
				return err
			})
		}
		if err := tell(); err != nil {
			t.Fatal(err)
		}
		if err := tell(); !db.IsUnique(err, "origin") {
			t.Errorf("again: %v", err)
		}
		if seqs, err := since(t.Context(), d, 0); len(seqs) != 1 || err != nil {
			t.Errorf("the log holds %v, %v", seqs, err)
		}
	})
}
