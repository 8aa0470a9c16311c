// Package event is the catalogue's one ordered log of facts.
//
// An event is appended in the same transaction as the fact it tells of, so
// there is never one without the other. Whatever follows from a fact –
// activity streams, notifications, indexes, caches of other nodes – reads the
// log; nothing else is sent.
//
// The sequence number comes from one row that each appending transaction
// updates. The row's lock makes transactions commit in the order of their
// numbers, on both engines, so a reader that has seen N never misses a
// smaller one. The same number is the catalogue's generation.
package event

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/ref"
)

// Event is a fact.
type Event struct {
	// Seq orders the events; it is set by Append.
	Seq int64
	At  time.Time
	// Key is what happened, "reuse:created"; the keys of activities are
	// udata's.
	Key string
	// Subject is what it happened to.
	Subject ref.Ref
	// Actor is the person who did it, "" when nobody did.
	Actor string
	// Organization is the subject's organization, if any.
	Organization string
	// Changes names the fields that an update changed.
	Changes []string
	// Extras is a JSON object of more, or nil.
	Extras json.RawMessage
	// Hidden events are no part of anyone's activity: they are there for the
	// readers of the log alone.
	Hidden bool
	// Origin is the id under which another portal knew the event, so that an
	// import can be run again; "" for our own.
	Origin string
}

// Append adds the event to the log, and returns its number.
func Append(ctx context.Context, tx *sql.Tx, e Event) (int64, error) {
	if e.Changes == nil {
		e.Changes = []string{}
	}
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return 0, err
	}
	var seq int64
	if err := tx.QueryRowContext(ctx, "UPDATE log_position SET seq = seq + 1 RETURNING seq").Scan(&seq); err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO event
		(seq, at, key, class, object, actor, organization, changes, extras, hidden, origin)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		seq, e.At.UnixMicro(), e.Key, e.Subject.Class, e.Subject.ID, db.Null(e.Actor), db.Null(e.Organization),
		string(changes), db.Null(string(e.Extras)), e.Hidden, db.Null(e.Origin))
	return seq, err
}

// Generation returns the number of the newest event. It changes with every
// fact, so whatever is kept under it is never stale.
func Generation(ctx context.Context, q db.Querier) (int64, error) {
	var seq int64
	err := q.QueryRowContext(ctx, "SELECT seq FROM log_position").Scan(&seq)
	return seq, err
}
