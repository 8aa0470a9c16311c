package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/mail"
	"time"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/id"
)

const (
	// lease is how long a node has to send a message before another tries.
	lease = 5 * time.Minute
	// maxTries is how often a message is tried: for a bit more than a day.
	maxTries = 14
	// lookEvery is how often the outbox is looked into without being asked.
	lookEvery = 15 * time.Second
	batch     = 20
)

// Outbox keeps messages until they are sent.
type Outbox struct {
	db        *db.DB
	clock     clock.Clock
	transport Transport
	from      string
	wake      chan struct{}
}

// NewOutbox returns an outbox. from is who writes, "Open data <data@example.org>".
func NewOutbox(d *db.DB, c clock.Clock, t Transport, from string) (*Outbox, error) {
	if _, err := mail.ParseAddress(from); err != nil {
		return nil, fmt.Errorf("the sender's address %q: %w", from, err)
	}
	return &Outbox{db: d, clock: c, transport: t, from: from, wake: make(chan struct{}, 1)}, nil
}

// Put writes a message into the outbox, to be sent when the transaction has
// ended.
func (o *Outbox) Put(ctx context.Context, tx *sql.Tx, m Message) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	now := o.clock()
	_, err = tx.ExecContext(ctx, "INSERT INTO outbox (id, message, tries, due_at) VALUES ($1, $2, 0, $3)", id.New(now), string(b), now.UnixMicro())
	return err
}

// Wake has the outbox looked into soon.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default: // it will be
	}
}

// Run sends what comes until the context ends.
func (o *Outbox) Run(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		if _, err := o.Send(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "the outbox could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-o.wake:
		}
	}
}

// Send sends what is due, and returns how many messages were taken. What
// fails is tried again later; Send's error is the database's.
func (o *Outbox) Send(ctx context.Context) (sent int, err error) {
	for {
		due, err := o.due(ctx)
		if err != nil || len(due) == 0 {
			return sent, err
		}
		for _, m := range due {
			ok, err := o.sendOne(ctx, m)
			if err != nil {
				return sent, err
			}
			if ok {
				sent++
			}
		}
		if len(due) < batch {
			return sent, nil
		}
	}
}

type waiting struct {
	id, message string
	tries       int
	due         int64
}

func (o *Outbox) due(ctx context.Context) (list []waiting, err error) {
	err = db.Each(ctx, o.db.Read(), "SELECT id, message, tries, due_at FROM outbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
		[]any{o.clock().UnixMicro(), batch}, func(rows *sql.Rows) error {
			var m waiting
			err := rows.Scan(&m.id, &m.message, &m.tries, &m.due)
			list = append(list, m)
			return err
		})
	return list, err
}

// sendOne takes a message for this node, sends it, and removes it. A node that
// stops in between leaves it to be sent once more: twice is better than never.
func (o *Outbox) sendOne(ctx context.Context, m waiting) (sent bool, err error) {
	mine := false
	err = o.db.WriteAside(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE outbox SET due_at = $1, tries = tries + 1 WHERE id = $2 AND due_at = $3",
			o.clock().Add(lease).UnixMicro(), m.id, m.due)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		mine = n > 0
		return err
	})
	if err != nil || !mine {
		return false, err
	}
	failed := o.hand(ctx, m.message)
	tries := m.tries + 1
	if failed != nil {
		slog.WarnContext(ctx, "a mail could not be sent", "id", m.id, "try", tries, "of", maxTries, "error", failed)
	}
	return failed == nil, o.db.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		if failed == nil || tries >= maxTries {
			_, err := tx.ExecContext(context.WithoutCancel(ctx), "DELETE FROM outbox WHERE id = $1", m.id)
			return err
		}
		// After 1, 2, 4 … minutes, at most 4 hours.
		wait := min(time.Minute<<min(tries-1, 10), 4*time.Hour)
		_, err := tx.ExecContext(context.WithoutCancel(ctx), "UPDATE outbox SET due_at = $1 WHERE id = $2", o.clock().Add(wait).UnixMicro(), m.id)
		return err
	})
}

func (o *Outbox) hand(ctx context.Context, text string) error {
	var m Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return err
	}
	msg, err := build(m, o.from, o.clock())
	if err != nil {
		return err
	}
	return o.transport.Send(ctx, msg)
}
