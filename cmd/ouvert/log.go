package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// logDelay is how long a line of the log waits at most for others to be written
// with.
const logDelay = 100 * time.Millisecond

// batch writes the lines of the log of requests together, so that not each
// answer costs a call of the system. What warns is written at once.
type batch struct {
	slog.Handler
	out *batchWriter
}

// newBatch returns the handler that format makes, writing to w in batches.
func newBatch(w io.Writer, format func(io.Writer) slog.Handler) batch {
	out := &batchWriter{buf: bufio.NewWriterSize(w, 64<<10)}
	return batch{format(out), out}
}

// Handle implements slog.Handler.
func (b batch) Handle(ctx context.Context, r slog.Record) error {
	err := b.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		b.out.flush()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (b batch) WithAttrs(attrs []slog.Attr) slog.Handler {
	return batch{b.Handler.WithAttrs(attrs), b.out}
}

// WithGroup implements slog.Handler.
func (b batch) WithGroup(name string) slog.Handler { return batch{b.Handler.WithGroup(name), b.out} }

type batchWriter struct {
	mu      sync.Mutex
	buf     *bufio.Writer
	waiting bool
}

func (w *batchWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.waiting {
		w.waiting = true
		time.AfterFunc(logDelay, w.flush)
	}
	return w.buf.Write(line)
}

func (w *batchWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = false
	_ = w.buf.Flush() // there is nowhere to complain to
}
