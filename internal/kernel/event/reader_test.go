package event_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/event"
	"ouvert/internal/kernel/ref"
)

// portal is a database with a reader's place, and a table of its effects.
func portal(t *testing.T, d *db.DB) {
	t.Helper()
	write(t, d, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "CREATE TABLE effect (n BIGINT NOT NULL, seq BIGINT NOT NULL)"); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), "INSERT INTO event_reader (name, seq) VALUES ('test', 0)")
		return err
	})
}

func write(t *testing.T, d *db.DB, f func(tx *sql.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func fact(t *testing.T, d *db.DB, key, origin string) {
	t.Helper()
	write(t, d, func(tx *sql.Tx) error {
		_, err := event.Append(t.Context(), tx, event.Event{
			At: time.Now(), Key: key, Subject: ref.Ref{Class: ref.Reuse, ID: "5e00000000000000000000c9"}, Actor: "a", Organization: "o",
			Changes: []string{"title"}, Extras: []byte(`{"x":1}`), Origin: origin,
		})
		return err
	})
}

// note is a handler that writes what it saw, in the order in which it did.
func note(ctx context.Context, tx *sql.Tx, e event.Event) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO effect (n, seq) SELECT count(*) + 1, CAST($1 AS BIGINT) FROM effect", e.Seq)
	return err
}

func effects(t *testing.T, d *db.DB) []int64 {
	t.Helper()
	var out []int64
	err := db.Each(t.Context(), d.Read(), "SELECT seq FROM effect ORDER BY n", nil, func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		out = append(out, seq)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t *testing.T, d *db.DB, seqs ...int64) {
	t.Helper()
	if got := effects(t, d); !slices.Equal(got, seqs) {
		t.Fatalf("handled %v, want %v", got, seqs)
	}
}

func upTo(n int64) (out []int64) {
	for i := int64(1); i <= n; i++ {
		out = append(out, i)
	}
	return out
}

func TestReaderHandlesEachFactOnceAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		portal(t, d)
		var last event.Event
		r := event.NewReader(d, "test", map[string]event.Handler{"a": func(ctx context.Context, tx *sql.Tx, e event.Event) error {
			last = e
			return note(ctx, tx, e)
		}})
		fact(t, d, "a", "")
		fact(t, d, "b", "")                 // has no handler
		fact(t, d, "a", "another portal's") // an import brought it
		fact(t, d, "a", "")
		for range 3 {
			if err := r.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want(t, d, 1, 4)
		if last.Key != "a" || last.Subject.Class != ref.Reuse || last.Actor != "a" || last.Organization != "o" ||
			!slices.Equal(last.Changes, []string{"title"}) || string(last.Extras) != `{"x":1}` || last.At.IsZero() {
			t.Errorf("the fact is %+v", last)
		}
		// Another one with the same name goes on where this one stopped.
		fact(t, d, "a", "")
		if err := event.NewReader(d, "test", map[string]event.Handler{"a": note}).CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, d, 1, 4, 5)
	})
}

func TestReaderReadsMoreThanABatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		portal(t, d)
		const facts = 250
		write(t, d, func(tx *sql.Tx) error {
			for range facts {
				if _, err := event.Append(t.Context(), tx, event.Event{At: time.Now(), Key: "a"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err := event.NewReader(d, "test", map[string]event.Handler{"a": note}).CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, d, upTo(facts)...)
	})
}

func TestReaderThatFallsInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name string
		fall func(cancel context.CancelFunc) error
	}{
		{"error", func(context.CancelFunc) error { return errors.New("no") }},
		{"panic", func(context.CancelFunc) error { panic("power cut") }},
		{"cancelled", func(cancel context.CancelFunc) error { cancel(); return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				portal(t, d)
				for range 5 {
					fact(t, d, "a", "")
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				broken := event.NewReader(d, "test", map[string]event.Handler{"a": func(ctx context.Context, tx *sql.Tx, e event.Event) error {
					if err := note(ctx, tx, e); err != nil {
						return err
					}
					if e.Seq >= 3 {
						return c.fall(cancel)
					}
					return nil
				}})
				func() {
					defer func() { _ = recover() }()
					if err := broken.CatchUp(ctx); err == nil {
						t.Error("want an error")
					}
				}()
				// What was not acknowledged left no trace.
				if got := effects(t, d); len(got) > 2 {
					t.Fatalf("handled %v although it fell", got)
				}
				if err := event.NewReader(d, "test", map[string]event.Handler{"a": note}).CatchUp(t.Context()); err != nil {
					t.Fatal(err)
				}
				want(t, d, upTo(5)...)
			})
		})
	}
}

func TestReaderComesAsFarAsItCan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		portal(t, d)
		for range 5 {
			fact(t, d, "a", "")
		}
		bad := true
		r := event.NewReader(d, "test", map[string]event.Handler{"a": func(ctx context.Context, tx *sql.Tx, e event.Event) error {
			if e.Seq == 4 && bad {
				return errors.New("not yet")
			}
			return note(ctx, tx, e)
		}})
		if err := r.CatchUp(t.Context()); err == nil {
			t.Fatal("want an error")
		}
		want(t, d, 1, 2, 3)
		bad = false
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, d, upTo(5)...)
	})
}

// Several nodes read while several write: each fact is handled once, in order.
func TestReadersOfSeveralNodes(t *testing.T) {
	nodes := func(t *testing.T, open func() *db.DB) {
		d := open()
		portal(t, d)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var readers, writers sync.WaitGroup
		for range 3 {
			node := open()
			r := event.NewReader(node, "test", map[string]event.Handler{"a": note})
			readers.Go(func() { r.Run(ctx) })
			writers.Go(func() {
				for range 20 {
					if err := node.Write(t.Context(), func(tx *sql.Tx) error {
						_, err := event.Append(t.Context(), tx, event.Event{At: time.Now(), Key: "a"})
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		if err := event.NewReader(d, "test", map[string]event.Handler{"a": note}).CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		stop()
		readers.Wait()
		want(t, d, upTo(60)...)
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		nodes(t, func() *db.DB { return open(t, dir, "") })
	})
	t.Run("postgresql", func(t *testing.T) {
		address := dbtest.PostgreSQLAddress(t)
		nodes(t, func() *db.DB { return open(t, "", address) })
	})
}

func open(t *testing.T, dir, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dir, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReaderRunsAtOnceAfterAWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		portal(t, d)
		seen := make(chan int64, 10)
		failed := false
		r := event.NewReader(d, "test", map[string]event.Handler{"a": func(_ context.Context, _ *sql.Tx, e event.Event) error {
			if e.Seq == 2 && !failed {
				failed = true
				return fmt.Errorf("once") // it is tried again soon
			}
			seen <- e.Seq
			return nil
		}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		for want := int64(1); want <= 3; want++ {
			start := time.Now()
			fact(t, d, "a", "")
			select {
			case got := <-seen:
				if got != want {
					t.Errorf("handled %d, want %d", got, want)
				}
			case <-time.After(5 * time.Second):
				t.Fatalf("fact %d is not handled", want)
			}
			if took := time.Since(start); took > 1500*time.Millisecond {
				t.Errorf("fact %d waited %s: it was found by polling", want, took)
			}
		}
		stop()
		<-done
	})
}

// What is nothing to a reader costs it no write, and its row follows in the
// end.
func TestReaderWithNothingToDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		portal(t, d)
		fact(t, d, "b", "")
		commits := 0
		d.AfterWrite(func() { commits++ })
		r := event.NewReader(d, "test", map[string]event.Handler{"a": note})
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Behind(t.Context()); n != 0 || err != nil || commits != 0 {
			t.Errorf("behind %d, %v, after %d writes", n, err, commits)
		}
		// So far behind that starting again would be slow.
		write(t, d, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE log_position SET seq = 20000")
			return err
		})
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		var at int64
		if err := d.Read().QueryRowContext(t.Context(), "SELECT seq FROM event_reader WHERE name = 'test'").Scan(&at); err != nil || at != 20000 {
			t.Errorf("the row stands at %d, %v", at, err)
		}
		fact(t, d, "a", "")
		if n, err := r.Behind(t.Context()); n != 1 || err != nil {
			t.Errorf("behind %d, %v", n, err)
		}
		if err := r.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, d, 20001)
	})
}
