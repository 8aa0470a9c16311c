package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"ouvert/internal/app"
)

type backupCmd struct {
	settings
	Check bool   `help:"Write nothing: read an archive to its end and tell what is in it." env:"-"`
	File  string `arg:"" help:"The archive to make; FILE.tar.zst says what it is." type:"path"`
}

// Run writes or checks the archive.
func (c *backupCmd) Run(ctx context.Context) error {
	if c.Check {
		head, m, err := app.CheckBackup(ctx, c.File)
		if err != nil {
			return err
		}
		var rows int64
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, t := range head.Tables {
			rows += m.Tables[t.Name].Rows
			fmt.Fprintf(w, "%s\t%d rows\t%.16s\n", t.Name, m.Tables[t.Name].Rows, m.Tables[t.Name].SHA256)
		}
		fmt.Fprintf(w, "whole: %s, schema %d of %s, %d rows, %d files, %d bytes\n", head.Date.Format("2006-01-02 15:04:05Z"), head.Schema, head.Engine, rows, m.Files, m.Bytes)
		return w.Flush()
	}
	c.logger()
	m, err := app.Backup(ctx, c.config(), c.File, app.SayTo(os.Stderr))
	if err != nil {
		return err
	}
	var rows int64
	for _, sum := range m.Tables {
		rows += sum.Rows
	}
	_, err = fmt.Fprintf(os.Stdout, "%s: %d rows, %d files, %d bytes of files\n", c.File, rows, m.Files, m.Bytes)
	return err
}

type restoreCmd struct {
	settings
	Force bool   `help:"Remove the portal that is there and put the archive's in its place." env:"-"`
	File  string `arg:"" help:"The archive." type:"existingfile"`
}

// Run restores the archive.
func (c *restoreCmd) Run(ctx context.Context) error {
	c.logger()
	head, m, err := app.Restore(ctx, c.config(), c.File, c.Force, app.SayTo(os.Stderr))
	if err != nil {
		return err
	}
	var rows int64
	for _, sum := range m.Tables {
		rows += sum.Rows
	}
	_, err = fmt.Fprintf(os.Stdout, "restored the portal of %s: %d rows, %d files\n", head.Date.Format("2006-01-02 15:04:05Z"), rows, m.Files)
	return err
}

type moveCmd struct {
	From      string `required:"" help:"Where the portal is: sqlite:DIR or postgres://…" placeholder:"DATABASE"`
	FromBlobs string `help:"Where its files are; the folder files in DIR by default." placeholder:"ADDRESS"`
	To        string `required:"" help:"Where it goes: sqlite:DIR or postgres://…" placeholder:"DATABASE"`
	Blobs     string `help:"Where its files go: s3://BUCKET… or a folder; the folder files in DIR by default." placeholder:"ADDRESS"`
	Again     bool   `help:"Make a portal that is there equal to the source: what was written there is lost." env:"-"`
}

// Run moves the portal and prints what was moved.
func (c *moveCmd) Run(ctx context.Context) error {
	settings{}.logger()
	moved, err := app.Move(ctx, app.Address{Database: c.From, Blobs: c.FromBlobs}, app.Address{Database: c.To, Blobs: c.Blobs}, c.Again, app.SayTo(os.Stderr))
	if errors.Is(err, context.Canceled) {
		return errors.New("the move was stopped: run it again to go on")
	}
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	var rows int64
	for _, t := range moved.Tables {
		rows += t.Rows
		fmt.Fprintf(w, "%s\t%d rows\t%.16s\n", t.Name, t.Rows, t.SHA256)
	}
	fmt.Fprintf(w, "moved and verified: %d rows, %s\n", rows, tell(moved.Files))
	return w.Flush()
}
