package keep

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"ouvert/internal/kernel/db"
)

// list returns a list as it is now.
func (l *Lists) list(ctx context.Context, q List) (*list, error) {
	stamp, err := l.db.Stamp(ctx) // before anything is read
	if err != nil {
		return nil, err
	}
	key := q.Table + "\x00" + q.Where.Key() + "\x00" + q.key()
	if q.Text {
		key += strconv.FormatBool(q.Descending)
	}
	old, _ := l.kept.GetIfPresent(key)
	if old != nil && old.at == stamp {
		return old, nil
	}
	// Those who ask at the same time wait for one of them, who answers for all
	// and so goes on when his own client is gone.
	v, err, _ := l.flight.Do(strconv.FormatUint(stamp, 36)+" "+key, func() (any, error) {
		ctx := context.WithoutCancel(ctx)
		fresh, err := l.patched(ctx, q, old, stamp)
		if err == nil && fresh == nil {
			fresh, err = l.read(ctx, q, stamp)
		}
		if err != nil {
			return nil, err
		}
		l.kept.Set(key, fresh)
		return fresh, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*list), nil
}

// read reads a whole list.
func (l *Lists) read(ctx context.Context, q List, stamp uint64) (*list, error) {
	out := &list{at: stamp}
	asked := q
	asked.Descending = q.Descending && q.Text
	w := q.Where.Copy()
	query := "SELECT " + q.columns() + " FROM " + q.Table + w.String() + asked.Order() + " LIMIT " + w.Arg(maxItems+1)
	err := db.Each(ctx, l.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		it, ok, err := scan(rows)
		out.large = out.large || !ok
		out.items = append(out.items, it)
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.large = out.large || len(out.items) > maxItems; out.large {
		out.items = nil
	}
	out.items = slices.Clip(out.items)
	return out, nil
}

// patched is an old list with what was touched since put where it belongs now;
// nil when the list must be read anew.
func (l *Lists) patched(ctx context.Context, q List, old *list, stamp uint64) (*list, error) {
	if old == nil || old.large || q.Text {
		return nil, nil
	}
	for _, class := range q.Classes {
		if ids, known := l.db.Touched(old.at, class); !known || len(ids) > 0 {
			return nil, nil
		}
	}
	ids, known := l.db.Touched(old.at, q.Class)
	if !known {
		return nil, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return &list{at: stamp, items: old.items}, nil
	case len(ids) > maxPatched:
		return nil, nil
	}
	gone := make(map[[12]byte]struct{}, len(ids))
	for _, oid := range ids {
		raw, ok := parse(oid)
		if !ok {
			return nil, nil
		}
		gone[raw] = struct{}{}
	}
	// Those of them that the list holds now.
	w := q.Where.Copy()
	args := make([]any, len(ids))
	for i, oid := range ids {
		args[i] = oid
	}
	w.And(q.alias()+".id IN ("+marks(len(ids))+")", args...)
	var now []item
	bad := false
	err := db.Each(ctx, l.db.Read(), "SELECT "+q.columns()+" FROM "+q.Table+w.String(), w.Args(), func(rows *sql.Rows) error {
		it, ok, err := scan(rows)
		bad = bad || !ok
		now = append(now, it)
		return err
	})
	if err != nil || bad {
		return nil, err
	}
	slices.SortFunc(now, compare)
	out := &list{at: stamp, items: make([]item, 0, len(old.items)+len(now))}
	for _, it := range old.items {
		if _, ok := gone[it.id]; ok {
			continue
		}
		for len(now) > 0 && compare(now[0], it) < 0 {
			out.items, now = append(out.items, now[0]), now[1:]
		}
		out.items = append(out.items, it)
	}
	out.items = append(out.items, now...)
	if len(out.items) > maxItems {
		return nil, nil
	}
	return out, nil
}

// columns are what scan reads. A text is no part of an item.
func (q List) columns() string {
	a, key := q.alias(), q.key()
	if q.Text {
		key = "0"
	}
	return key + ", " + a + ".created_at, " + a + ".id"
}

func scan(rows *sql.Rows) (it item, ok bool, err error) {
	var oid string
	if err := rows.Scan(&it.key, &it.created, &oid); err != nil {
		return it, false, fmt.Errorf("reading the order of a list: %w", err)
	}
	it.id, ok = parse(oid)
	return it, ok, nil
}

func parse(oid string) (raw [12]byte, ok bool) {
	if len(oid) != 2*len(raw) {
		return raw, false
	}
	_, err := hex.Decode(raw[:], []byte(oid))
	return raw, err == nil
}

func marks(n int) string {
	b := make([]byte, 0, 2*n)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '?')
	}
	return string(b)
}
