package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"ouvert/internal/kernel/blob"
	"ouvert/internal/kernel/db"
)

// Moved tells what Move did.
type Moved struct {
	// Tables have rows, or had; Same were there already.
	Tables []MovedTable
	Files  blob.Copied
}

// MovedTable is a table that was moved.
type MovedTable struct {
	Name string
	db.Sum
	Same bool
}

// Move makes the target hold what the source holds: rows of one instant, then
// files. Each table is read back and must have the source's number of rows and
// checksum; so must each file. A move that was cut short is begun again with
// the same call: tables and files that are equal are passed over. Until it is
// whole no node serves the target. The target must be vacant, or an unfinished
// copy, or be what the source was: when again is set, a portal is made equal
// to the source. Without fromFiles the files stay where they are.
func Move(ctx context.Context, from *db.DB, fromFiles blob.Store, to *db.DB, toFiles blob.Store, again bool, say func(format string, args ...any)) (Moved, error) {
	var out Moved
	version, tables, err := schema(ctx, from)
	if err != nil {
		return out, fmt.Errorf("from: %w", err)
	}
	if err := Prepare(ctx, to, version, again); err != nil {
		return out, fmt.Errorf("to: %w", err)
	}
	if err := to.Begin(ctx); err != nil {
		return out, err
	}
	err = from.Snapshot(ctx, func(q db.Querier) error {
		for i := range tables {
			t, err := moveTable(ctx, from, q, to, tables[i:])
			if err != nil {
				return err
			}
			if out.Tables = append(out.Tables, t); t.Rows > 0 {
				what := "moved"
				if t.Same {
					what = "were there already"
				}
				say("%s: %d rows %s", t.Name, t.Rows, what)
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if fromFiles == nil {
		return out, errors.Join(to.Migrate(ctx), to.End(ctx))
	}
	told := time.Now()
	out.Files, err = blob.Copy(ctx, fromFiles, toFiles, func(c blob.Copied) {
		if time.Since(told) > 2*time.Second {
			told = time.Now()
			say("%d files, %d bytes; of them copied %d files", c.Files, c.Bytes, c.New)
		}
	})
	if err != nil {
		return out, err
	}
	return out, errors.Join(to.Migrate(ctx), to.End(ctx))
}

// moveTable moves the first of the tables.
func moveTable(ctx context.Context, from *db.DB, q db.Querier, to *db.DB, tables []db.Table) (MovedTable, error) {
	t := tables[0]
	nobody := func([]byte) error { return nil }
	want, err := from.Dump(ctx, q, t, nobody)
	if err != nil {
		return MovedTable{}, err
	}
	has := func() (sum db.Sum, err error) {
		err = to.Snapshot(ctx, func(q db.Querier) error {
			sum, err = to.Dump(ctx, q, t, nobody)
			return err
		})
		return sum, err
	}
	there, err := has()
	if err != nil || there == want {
		return MovedTable{t.Name, want, true}, err
	}
	err = to.Fill(ctx, func(tx *sql.Tx) error {
		// Rows that name those of this table go first; they come later again.
		for _, child := range slices.Backward(descendants(tables)) {
			if err := db.Empty(ctx, tx, child); err != nil {
				return err
			}
		}
		load, err := db.Load(ctx, tx, t)
		if err != nil {
			return err
		}
		if _, err := from.Dump(ctx, q, t, load.Add); err != nil {
			return err
		}
		_, err = load.End()
		return err
	})
	if err != nil {
		return MovedTable{}, err
	}
	if there, err = has(); err != nil {
		return MovedTable{}, err
	}
	if there != want {
		return MovedTable{}, fmt.Errorf("%s has %d rows with the checksum %s after the move, not %d with %s", t.Name, there.Rows, there.SHA256, want.Rows, want.SHA256)
	}
	return MovedTable{t.Name, want, false}, nil
}

// descendants are the tables whose rows name, through others or not, those of
// the first.
func descendants(tables []db.Table) (out []db.Table) {
	named := map[string]bool{tables[0].Name: true}
	for _, t := range tables[1:] {
		if slices.ContainsFunc(t.Parents, func(p string) bool { return named[p] }) {
			named[t.Name] = true
			out = append(out, t)
		}
	}
	return out
}
