package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/job"
)

// jobs are the work that recurs.
func (a *App) jobs() []job.Job {
	day := 24 * time.Hour
	return []job.Job{
		{Name: "site-metrics", Doc: "counts the portal's figures", Every: day, Run: func(ctx context.Context) error { return a.Site.Recount(ctx) }},
		{Name: "sessions", Doc: "removes sessions, links of mails and tries to sign in that have run out", Every: time.Hour, Run: func(ctx context.Context) error { return a.Users.Sweep(ctx) }},
		{Name: "oauth2-tokens", Doc: "removes OAuth 2 tokens that have run out", Every: day, Run: func(ctx context.Context) error { return a.OAuth2.Sweep(ctx) }},
		{Name: "notifications", Doc: "removes notifications that were handled long ago", Every: day, Run: func(ctx context.Context) error { return a.Notifications.Expire(ctx) }},
		{Name: "reindex", Doc: "writes the search's index anew, while the portal serves", Every: 30 * day, Run: a.Reindex},
		{Name: "unfinished-files", Doc: "removes what nodes that died left of uploads", Every: day, Run: func(ctx context.Context) error { return blob.Sweep(ctx, a.Blobs) }},
	}
}

// Jobs are the names of the jobs, with what they do.
func Jobs() []job.Job { return (&App{}).jobs() }

// Background does what is not asked for until the context ends: the readers of
// the event log and mails as they come, and jobs when they are due. Of several
// nodes, each piece is done by one.
func (a *App) Background(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	for _, r := range a.readers() {
		running.Go(func() { r.Run(ctx) })
	}
	running.Go(func() { a.Outbox.Run(ctx) })
	running.Go(func() { a.Notifications.RunDigests(ctx) })
	running.Go(func() { a.Runner().Run(ctx) })
	running.Go(func() { a.Search.Run(ctx) })
	running.Go(func() {
		if err := a.Search.Build(ctx, indexed(ctx)); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "filling the search's index failed", "error", err)
		}
	})
}

// Runner runs the jobs.
func (a *App) Runner() *job.Runner { return job.NewRunner(a.DB, a.clock, a.jobs()) }

// ReaderState tells how far a reader of the event log is.
type ReaderState struct {
	Name   string `json:"name"`
	Behind int64  `json:"behind"`
}

// Readers tells how far the readers of the event log are: how many events they
// have yet to look at that are for them.
func (a *App) Readers(ctx context.Context) (list []ReaderState, err error) {
	for _, r := range a.readers() {
		n, err := r.Waiting(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, ReaderState{r.Name(), n})
	}
	return list, nil
}
