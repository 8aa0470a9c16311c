package verify

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/wire"
)

// Files are what a noun keeps in a bucket.
type Files struct {
	Class, Bucket string
	// Stay tells that files which nothing names are no fault.
	Stay bool
	// Named calls f with each file that an object names, by its key in the
	// bucket.
	Named func(ctx context.Context, q db.Querier, f func(oid, key string) error) error
}

// Pictures calls f with the files of the picture that each object of a table
// has in its column doc, of the type D.
func Pictures[D any](ctx context.Context, q db.Querier, table string, of func(D) *wire.Picture, f func(oid, key string) error) error {
	return db.Each(ctx, q, "SELECT id, doc FROM "+table, nil, func(rows *sql.Rows) error {
		var oid, text string
		if err := rows.Scan(&oid, &text); err != nil {
			return err
		}
		var doc D
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			return fmt.Errorf("%s %s: %w", table, oid, err)
		}
		return Picture(oid, of(doc), f)
	})
}

// Picture calls f with the files of a picture.
func Picture(oid string, p *wire.Picture, f func(oid, key string) error) error {
	for _, key := range p.Keys() {
		if strings.Contains(key, "://") {
			continue // udata's fixtures name pictures of other hosts
		}
		if err := f(oid, key); err != nil {
			return err
		}
	}
	return nil
}

// young is the age below which a file may belong to a write that is going on.
const young = time.Hour

// FileChecks compares the files that objects name with those that there are.
func FileChecks(store blob.Store, all []Files) []Check {
	c := files{store: store, all: all, seed: maphash.MakeSeed()}
	return []Check{{Name: "files", Doc: "files that objects name are there, and each file is named by one", Run: c.run}}
}

type files struct {
	store blob.Store
	all   []Files
	seed  maphash.Seed
}

func (c files) hash(key string) uint64 { return maphash.String(c.seed, key) }

// run keeps eight bytes a file and no names: a million files take 8 MB, and
// that two of them have one hash, so that a fault is overlooked, is a matter of
// one in 37 million.
func (c files) run(ctx context.Context, r *Run) error {
	// Whether files that nothing names stay in a bucket.
	buckets := map[string]bool{}
	for _, f := range c.all {
		buckets[f.Bucket] = f.Stay
	}
	var there []uint64
	for bucket := range buckets {
		for info, err := range c.store.List(ctx, bucket+"/") {
			if err != nil {
				return err
			}
			there = append(there, c.hash(info.Key))
		}
	}
	slices.Sort(there)
	r.Progress("files", len(there))
	named := make([]uint64, 0, len(there))
	for _, f := range c.all {
		err := f.Named(ctx, r.DB.Read(), func(oid, key string) error {
			key = f.Bucket + "/" + key
			h := c.hash(key)
			named = append(named, h)
			if _, ok := slices.BinarySearch(there, h); ok {
				return nil
			}
			// It may have come since.
			if _, err := c.store.Stat(ctx, key); !errors.Is(err, blob.ErrNotFound) {
				return err
			}
			return r.Found(Finding{Check: "files", Class: f.Class, ID: oid, Field: "file", Stands: key, Facts: "there is no such file"})
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(named)
	for bucket, stay := range buckets {
		if stay {
			continue
		}
		for info, err := range c.store.List(ctx, bucket+"/") {
			if err != nil {
				return err
			}
			if _, ok := slices.BinarySearch(named, c.hash(info.Key)); ok || time.Since(info.ModTime) < young {
				continue
			}
			if err := r.Found(Finding{Check: "files", Class: "File", ID: info.Key, Field: "file", Stands: info.Size, Facts: "nothing names it"}); err != nil {
				return err
			}
		}
	}
	return nil
}
