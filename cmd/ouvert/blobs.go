package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"ouvert/internal/kernel/blob"
)

type blobsCmd struct {
	Copy blobsCopyCmd `cmd:"" help:"Copy all files from one place to another, verified; running it again copies what is missing."`
}

type blobsCopyCmd struct {
	From string `arg:"" help:"Where the files are: a folder or s3://BUCKET…"`
	To   string `arg:"" help:"Where they go: a folder or s3://BUCKET…"`
}

// Run copies the files and says how many.
func (c *blobsCopyCmd) Run(ctx context.Context) error {
	if c.From == c.To {
		return usageError{errors.New("blobs copy: both are the same place")}
	}
	from, err := blob.OpenExisting(ctx, c.From)
	if err != nil {
		return err
	}
	to, err := blob.Open(ctx, c.To)
	if err != nil {
		return err
	}
	say := every(os.Stderr, 2*time.Second)
	done, err := blob.Copy(ctx, from, to, func(d blob.Copied) { say("%s\n", tell(d)) })
	if err != nil {
		return fmt.Errorf("%w (%s; run it again to go on)", err, tell(done))
	}
	_, err = fmt.Fprintf(os.Stdout, "%s, verified\n", tell(done))
	return err
}

func tell(d blob.Copied) string {
	return fmt.Sprintf("%d files, %d bytes; of them copied %d files, %d bytes", d.Files, d.Bytes, d.New, d.Sent)
}

// every returns a Printf that says something once in a while at most.
func every(w io.Writer, d time.Duration) func(format string, args ...any) {
	var mu sync.Mutex
	last := time.Now()
	return func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) < d {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, format, args...)
	}
}
