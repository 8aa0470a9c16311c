// Package permalink keeps the slugs of a noun's table: unique, stable, and
// found again after they changed.
//
// It works on any table with the columns id and slug, and on old_slug.
package permalink

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/slug"
)

// Table is where a noun's slugs stand.
type Table struct {
	// Name is the SQL table.
	Name string
	// Class is the noun's class, the key in old_slug.
	Class string
}

// Free returns the first free slug for a title: the slug itself, or with the
// smallest free number from -1 on. self is the object that asks, "" when it
// is new; its own slug counts as free. A title without a letter or a digit
// gets fallback.
func (t Table) Free(ctx context.Context, q db.Querier, title, fallback, self string) (string, error) {
	base := slug.Make(title)
	if base == "" {
		base = fallback
	}
	free, err := t.isFree(ctx, q, base, self)
	if err != nil || free {
		return base, err
	}
	// One statement finds the numbers in use; asking for each number in turn
	// would cost one a number.
	used := map[int]bool{}
	prefix := base + "-"
	err = db.Each(ctx, q, "SELECT slug FROM "+t.Name+" WHERE slug >= $1 AND slug < $2 AND id <> $3",
		[]any{prefix, prefix + ":", self}, func(rows *sql.Rows) error { // ':' comes after '9'
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			if n, err := strconv.Atoi(strings.TrimPrefix(s, prefix)); err == nil {
				used[n] = true
			}
			return nil
		})
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		if used[n] {
			continue
		}
		s := slug.Numbered(base, n)
		if strings.HasPrefix(s, prefix) {
			return s, nil
		}
		// The base was cut to make room for the number.
		if free, err := t.isFree(ctx, q, s, self); err != nil || free {
			return s, err
		}
	}
}

func (t Table) isFree(ctx context.Context, q db.Querier, s, self string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Name+" WHERE slug = $1 AND id <> $2", s, self).Scan(&n)
	return n == 0, err
}

// Remember keeps a slug that the object no longer has.
func (t Table) Remember(ctx context.Context, tx db.Execer, old, object string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO old_slug (class, slug, object) VALUES ($1, $2, $3)
		ON CONFLICT (class, slug) DO UPDATE SET object = excluded.object`, t.Class, old, object)
	return err
}

// Rename returns the slug of an object's new title, and keeps current, the one
// that it had, when it is another. fallback is as for Free.
func (t Table) Rename(ctx context.Context, tx *sql.Tx, title, fallback, object, current string) (string, error) {
	fresh, err := t.Free(ctx, tx, title, fallback, object)
	if err != nil || fresh == current {
		return current, err
	}
	return fresh, t.Remember(ctx, tx, current, object)
}

// Forget drops all slugs that an object had before.
func (t Table) Forget(ctx context.Context, tx db.Execer, object string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM old_slug WHERE object = $1 AND class = $2", object, t.Class)
	return err
}

// Resolve finds an object by its id, its slug, the text that its slug would
// be made from, or a slug that it had before – udata's order
// (routing.py, ModelConverter). errs.Moved, with the current slug, when key is
// not what the object is called now; errs.NotFound when there is none.
func (t Table) Resolve(ctx context.Context, q db.Querier, key string) (object string, err error) {
	object, moved, err := t.find(ctx, q, key)
	if err == nil && moved != "" {
		return "", errs.Moved(moved)
	}
	return object, err
}

// find is Resolve; moved is the current slug when key is another.
func (t Table) find(ctx context.Context, q db.Querier, key string) (object, moved string, err error) {
	if !isPlain(key) {
		return "", "", errs.NotFound()
	}
	if oid, ok := id.Parse(key); ok {
		err := q.QueryRowContext(ctx, "SELECT id FROM "+t.Name+" WHERE id = $1", oid).Scan(&object)
		if !errors.Is(err, sql.ErrNoRows) {
			return object, "", err
		}
	}
	canonical := slug.Make(key)
	found := ""
	err = db.Each(ctx, q, "SELECT id, slug FROM "+t.Name+" WHERE slug = $1 OR slug = $2", []any{key, canonical}, func(rows *sql.Rows) error {
		var oid, s string
		if err := rows.Scan(&oid, &s); err != nil {
			return err
		}
		if found == "" || s == key {
			object, found = oid, s
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	if found == key {
		return object, "", nil
	}
	if found != "" {
		return object, found, nil
	}
	err = q.QueryRowContext(ctx, "SELECT o.object, t.slug FROM old_slug o JOIN "+t.Name+
		" t ON t.id = o.object WHERE o.class = $1 AND o.slug = $2", t.Class, key).Scan(&object, &moved)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", errs.NotFound()
	}
	return object, moved, err
}

// isPlain tells whether the database may be asked for key at all: PostgreSQL
// refuses NUL and what is not UTF-8.
func isPlain(key string) bool {
	return key != "" && len(key) <= 1024 && utf8.ValidString(key) && !strings.ContainsRune(key, 0)
}
