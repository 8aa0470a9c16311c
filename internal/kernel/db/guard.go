package db

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// Generation returns the number of the catalogue's generation as a transaction
// or another reader sees it. While it stands, nothing has changed.
func Generation(ctx context.Context, q Querier) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, "SELECT n FROM generation").Scan(&n)
	return n, err
}

// Guarded runs a guard in the first transaction of Write that is made with its
// context, before what is to be written: both are durable, or neither is.
type Guarded struct {
	guard func(ctx context.Context, tx *sql.Tx) error
	done  atomic.Bool
}

type guardKey struct{}

// WithGuard returns a context for Write with a guard, whose error keeps
// anything from being written.
func WithGuard(ctx context.Context, guard func(ctx context.Context, tx *sql.Tx) error) (context.Context, *Guarded) {
	g := &Guarded{guard: guard}
	return context.WithValue(ctx, guardKey{}, g), g
}

// Passed tells whether a transaction that the guard was in is durable.
func (g *Guarded) Passed() bool { return g.done.Load() }

// guarded returns f with the context's guard before it, if there is one left.
func guarded(ctx context.Context, f func(tx *sql.Tx) error) (run func(tx *sql.Tx) error, committed func()) {
	g, _ := ctx.Value(guardKey{}).(*Guarded)
	if g == nil || g.done.Load() {
		return f, func() {}
	}
	return func(tx *sql.Tx) error {
		if err := g.guard(ctx, tx); err != nil {
			return err
		}
		return f(tx)
	}, func() { g.done.Store(true) }
}
