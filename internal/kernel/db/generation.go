package db

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"
)

// The generation of the catalogue.
//
// What is kept of what was read from the database – whole answers, the wire
// forms of objects, the order of lists – is stamped with the generation that
// stood before the reading began. Write moves it in the same transaction as
// the change, whoever writes: a verb, an import, another process. Triggers
// note which objects the transaction touched, so that what is made of others
// may live on. Nobody has to know which write changes which answer, and no
// write can be forgotten.
//
// A node respects its own writes at once, and those of others when it next
// looks at the row, which it does when something kept is asked for and its last
// look is older than lookEvery.
const (
	lookEvery = 250 * time.Millisecond
	// Nothing kept is used on the word of a look that is older than trust:
	// others may be looking for us, but not for long.
	trust = 750 * time.Millisecond
	// When more objects were touched than this since the last look, all count
	// as touched.
	maxTouched = 20_000
	// How many generations the database remembers what was touched, and how
	// often it is made to forget.
	rememberGenerations = 4096
	forgetEvery         = 512
)

type generation struct {
	// stamp is this node's own count of the generations that it has seen.
	stamp atomic.Uint64
	// wrote counts the writes of this node that ended, known or not known to
	// be durable; seen is that count before the last look.
	wrote, seen atomic.Int64
	// looked is when the last look began, in nanoseconds since began.
	looked atomic.Int64
	// moved is when the generation that was seen last began, in microseconds.
	moved atomic.Int64
	began time.Time
	// looking is held by who looks at the row; number is what was seen, -1
	// before the first look.
	looking sync.Mutex
	number  int64

	touched touched
}

// Stamp returns a number that changes whenever the catalogue may have changed:
// what was read after Stamp returned a number is not stale as long as Stamp
// returns the same. At the time when it returns, all writes of this process
// that were acknowledged are respected, and all of others that are older than
// a second. An error is the database's.
func (d *DB) Stamp(ctx context.Context) (uint64, error) {
	g := &d.generation
	if g.seen.Load() == g.wrote.Load() {
		age := g.age()
		if age < lookEvery {
			return g.stamp.Load(), nil
		}
		if age < trust && !g.looking.TryLock() {
			return g.stamp.Load(), nil // another is looking
		} else if age >= trust {
			g.looking.Lock()
		}
	} else {
		g.looking.Lock()
	}
	defer g.looking.Unlock()
	if g.seen.Load() == g.wrote.Load() && g.age() < lookEvery {
		return g.stamp.Load(), nil // another has just looked
	}
	if err := d.look(ctx); err != nil {
		return 0, err
	}
	return g.stamp.Load(), nil
}

// Moved is when the catalogue last changed, as of the last Stamp.
func (d *DB) Moved() time.Time { return time.UnixMicro(d.generation.moved.Load()).UTC() }

func (g *generation) age() time.Duration { return time.Since(g.began) - time.Duration(g.looked.Load()) }

// look reads the row, and what was touched since the last look.
func (d *DB) look(ctx context.Context) error {
	g := &d.generation
	// Before the look, so that neither is overstated.
	at, wrote := time.Since(g.began), g.wrote.Load()
	var number, moved, floor int64
	if err := d.read.QueryRowContext(ctx, "SELECT n, at, floor FROM generation").Scan(&number, &moved, &floor); err != nil {
		return err
	}
	if number != g.number {
		var objects []Object
		// A smaller number is that of a database that was put back.
		known := g.number >= 0 && number > g.number && floor <= g.number
		if known {
			err := Each(ctx, d.read, "SELECT DISTINCT class, object FROM touched WHERE n > $1 LIMIT $2", []any{g.number, maxTouched + 1}, func(rows *sql.Rows) error {
				var o Object
				err := rows.Scan(&o.Class, &o.ID)
				objects = append(objects, o)
				return err
			})
			if err != nil {
				return err
			}
			known = len(objects) <= maxTouched
		}
		// In this order: who sees the new stamp must not find the old word.
		g.moved.Store(moved)
		g.touched.note(g.stamp.Load()+1, objects, known)
		g.stamp.Add(1)
		g.number = number
	}
	g.looked.Store(int64(at))
	g.seen.Store(wrote)
	return nil
}

// moveGeneration moves the generation in a transaction that writes.
func moveGeneration(ctx context.Context, tx *sql.Tx) error {
	var n int64
	err := tx.QueryRowContext(ctx, "UPDATE generation SET n = n + 1, at = CASE WHEN at < $1 THEN $1 ELSE at + 1000000 END RETURNING n",
		time.Now().UnixMicro()).Scan(&n)
	if err != nil {
		return err
	}
	if n%forgetEvery != 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM touched WHERE n <= $1", n-rememberGenerations); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE generation SET floor = $1", max(0, n-rememberGenerations))
	return err
}
