package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/db"
)

// Prepare brings a database to a version of the schema, so that a copy can be
// filled in. One that holds a portal is ErrPortal, unless force, which removes
// it when its schema is newer; a copy that was not finished is none.
func Prepare(ctx context.Context, d *db.DB, version int64, force bool) error {
	latest, err := db.Latest()
	if err != nil {
		return err
	}
	if version > latest {
		return fmt.Errorf("the portal has schema %d, this program knows %d: use the newer program", version, latest)
	}
	state, err := d.State(ctx)
	if err != nil {
		return err
	}
	if state == db.Inhabited && !force {
		return ErrPortal
	}
	now, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if now > version {
		if err := d.Clear(ctx); err != nil {
			return err
		}
	}
	return d.MigrateTo(ctx, version)
}

// ErrPortal: the target holds a portal.
var ErrPortal = errors.New("there is a portal already")

// Restore fills a database that Prepare has prepared, and a store, with an
// archive that Check has found whole. The rows are there when all of them are;
// files come first, and one that is there already is left alone. What the
// database had is gone then.
func Restore(ctx context.Context, r io.Reader, head Head, m Manifest, d *db.DB, files blob.Store, say func(format string, args ...any)) (secret string, err error) {
	tables, err := db.Tables(ctx, head.Schema)
	if err != nil {
		return "", err
	}
	for _, t := range tables {
		if !slices.ContainsFunc(head.Tables, func(h HeadTable) bool { return h.Name == t.Name && slices.Equal(h.Columns, t.Columns) }) {
			return "", fmt.Errorf("the archive's table %s is not that of schema %d", t.Name, head.Schema)
		}
	}
	sums := map[string]string{}
	for _, e := range m.Entries {
		sums[e.Name] = e.SHA256
	}
	err = d.Fill(ctx, func(tx *sql.Tx) error {
		for _, t := range slices.Backward(tables) {
			if err := db.Empty(ctx, tx, t); err != nil {
				return err
			}
		}
		in := &reader{ctx: ctx, tx: tx, tables: tables, files: files, sums: sums, say: say}
		if err := each(ctx, r, in.entry); err != nil {
			return err
		}
		if err := in.end(); err != nil {
			return err
		}
		secret = in.secret
		// What was written is read back before it counts.
		for _, t := range tables {
			sum, err := d.Dump(ctx, tx, t, func([]byte) error { return nil })
			if err != nil {
				return err
			}
			if sum != m.Tables[t.Name] {
				return fmt.Errorf("%s holds %d rows with the checksum %s after it was filled, not %d with %s", t.Name, sum.Rows, sum.SHA256, m.Tables[t.Name].Rows, m.Tables[t.Name].SHA256)
			}
		}
		return nil
	})
	return secret, err
}

// reader takes in an archive.
type reader struct {
	ctx    context.Context
	tx     *sql.Tx
	tables []db.Table // those that are still to come
	files  blob.Store
	sums   map[string]string
	say    func(format string, args ...any)
	secret string

	name string // of the table that is being filled
	load *db.Loader
	put  int
}

func (in *reader) entry(e Entry, body io.Reader) error {
	// The archive is read for the second time: it must be what it was.
	h := sha256.New()
	body = io.TeeReader(body, h)
	var err error
	switch {
	case strings.HasPrefix(e.Name, filesPrefix):
		err = in.file(e, strings.TrimPrefix(e.Name, filesPrefix), body)
	case strings.HasPrefix(e.Name, rowsPrefix):
		err = in.rows(e, body)
	case e.Name == secretName:
		var b []byte
		b, err = io.ReadAll(io.LimitReader(body, 1<<16))
		in.secret = string(b)
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return damaged("%s: %w", e.Name, err)
	}
	if e.Name != manifestName && hex.EncodeToString(h.Sum(nil)) != in.sums[e.Name] {
		return damaged("%s changed while it was read", e.Name)
	}
	return nil
}

func (in *reader) file(e Entry, key string, body io.Reader) error {
	in.put++
	if in.put%1000 == 0 {
		in.say("%d files", in.put)
	}
	there, err := in.files.Stat(in.ctx, key)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	if err == nil && there.Size == e.Size {
		sum, err := sumOf(in.ctx, in.files, key)
		if err != nil || sum == in.sums[e.Name] {
			return err
		}
	}
	return in.files.Put(in.ctx, key, body, "")
}

func sumOf(ctx context.Context, s blob.Store, key string) (string, error) {
	o, err := s.Open(ctx, key)
	if err != nil {
		return "", err
	}
	defer o.Close()
	h := sha256.New()
	_, err = io.Copy(h, o)
	return hex.EncodeToString(h.Sum(nil)), err
}

func (in *reader) rows(e Entry, body io.Reader) error {
	name, _, _ := strings.Cut(strings.TrimPrefix(e.Name, rowsPrefix), "/")
	if name != in.name {
		if err := in.end(); err != nil {
			return err
		}
		i := slices.IndexFunc(in.tables, func(t db.Table) bool { return t.Name == name })
		if i < 0 {
			return damaged("the table %s is not where it should be", name)
		}
		t := in.tables[i]
		in.tables = in.tables[i+1:]
		load, err := db.Load(in.ctx, in.tx, t)
		if err != nil {
			return err
		}
		in.name, in.load = name, load
	}
	lines := bufio.NewReaderSize(body, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		if err != nil {
			return damaged("%s: %w", e.Name, err)
		}
		if err := in.load.Add(line); err != nil {
			return err
		}
	}
}

// end ends the table that is being filled.
func (in *reader) end() error {
	if in.load == nil {
		return nil
	}
	sum, err := in.load.End()
	if err == nil {
		in.say("%s: %d rows", in.name, sum.Rows)
	}
	in.load = nil
	return err
}
