// Package mongodump brings a udata portal in from a mongodump of its database.
//
// A dump is a folder with one file a collection (reuse.bson): the documents,
// one after the other. They are streamed, so that a file of any size takes
// little memory.
package mongodump

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"ouvert/internal/migrate/intake"
	"ouvert/internal/migrate/report"
)

// Target is the portal that an import fills.
type Target = intake.Target

// Options say how to import. The zero value works.
type Options = intake.Options

// usual are collections that every portal has.
var usual = []string{"user", "organization", "dataset", "reuse"}

// Import imports the dump in a folder: the one with the .bson files, or the
// one that mongodump made, with a folder for the database inside. The files
// may be compressed (.bson.gz). Pictures are copied from the folder fs inside
// or beside the dump, which holds udata's folders images and avatars.
//
// It can be run again. The report is nil when nothing was done. The error is
// of the folder, the database, or ctx, or says that a file could not be read
// to its end: all others were imported, then.
func Import(ctx context.Context, dir string, t Target, o Options) (*report.Report, error) {
	d, err := find(dir)
	if err != nil {
		return nil, err
	}
	var pictures fs.FS
	if d.pictures != "" {
		root, err := os.OpenRoot(d.pictures) // no link leads out of it
		if err != nil {
			return nil, err
		}
		defer root.Close()
		pictures = root.FS()
	}
	run, err := intake.Start(ctx, t, o, pictures)
	if err != nil {
		return nil, err
	}
	return run.Finish(ctx, d.load(ctx, run))
}

// load imports all files. Those that are cut off don't keep it from the next.
func (d *dump) load(ctx context.Context, run *intake.Run) error {
	for _, name := range usual {
		if _, ok := d.files[name]; !ok {
			run.Remark("%s.bson is missing", name)
		}
	}
	if _, ok := d.files["role"]; !ok {
		run.Remark("role.bson is missing: nobody becomes a sysadmin")
	}
	for _, path := range d.doubles {
		run.Remark("%s was not read: there is the same file uncompressed", path)
	}
	var torn []error
	for _, name := range intake.Order {
		path, ok := d.files[name]
		if !ok {
			continue
		}
		s := stream{path: path}
		if err := run.Load(ctx, name, s.docs()); err != nil {
			return fmt.Errorf("importing %s: %w", name, err)
		}
		if s.err != nil {
			run.Truncated(name, s.err.Error())
			torn = append(torn, fmt.Errorf("%s: %w", path, s.err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		if slices.Contains(intake.Order, name) || strings.HasPrefix(name, "system.") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		s := stream{path: d.files[name]}
		run.NotServed(name, s.count())
		if s.err != nil {
			run.Truncated(name, s.err.Error())
			torn = append(torn, fmt.Errorf("%s: %w", s.path, s.err))
		}
	}
	if err := run.Pictures(ctx); err != nil {
		return fmt.Errorf("copying the pictures: %w", err)
	}
	return errors.Join(torn...)
}
