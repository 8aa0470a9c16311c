package keep

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"ouvert/internal/kernel/db"
)

// List is a list.
type List struct {
	// Class is the class of its objects.
	Class string
	// Table is their table, with the alias that all columns are given with:
	// "reuse r". It has the columns id and created_at.
	Table string
	Where *db.Where
	// Key is the column that is sorted by, then created_at and id; all in one
	// direction. "" is created_at.
	Key        string
	Descending bool
	// Text tells that the key is no number.
	Text bool
	// Classes are those of other objects that decide what the list holds.
	Classes []string
	// Personal tells that the list is that of one caller, and of no use to
	// others.
	Personal bool
}

func (q List) alias() string { return q.Table[strings.LastIndexByte(q.Table, ' ')+1:] }

// Order is the order of the list in SQL, " ORDER BY …".
func (q List) Order() string {
	a, direction := q.alias(), " ASC"
	if q.Descending {
		direction = " DESC"
	}
	order := " ORDER BY "
	if key := q.key(); key != a+".created_at" {
		order += key + direction + ", "
	}
	return order + a + ".created_at" + direction + ", " + a + ".id" + direction
}

func (q List) key() string {
	if q.Key == "" {
		return q.alias() + ".created_at"
	}
	return q.Key
}

// Limits of what is kept.
const (
	// A list of more is asked of the database page by page.
	maxItems = 1 << 20
	// When more objects were touched, the list is read anew.
	maxPatched = 256
)

// Lists keeps the order of lists: which objects a list holds, in which order.
// So page 2 000 costs what page 1 costs, the total costs nothing, and no list
// has a window that it ends at.
//
// A list is read once, as ids and sort keys. When objects were touched since
// (db.Touched), only they are looked at again and put where they belong now. A
// nil Lists keeps none.
type Lists struct {
	db     *db.DB
	kept   *otter.Cache[string, *list]
	flight singleflight.Group
}

// newLists returns room for size bytes of lists.
func newLists(d *db.DB, size int64) *Lists {
	return &Lists{db: d, kept: otter.Must(&otter.Options[string, *list]{
		MaximumWeight: uint64(size),
		Weigher: func(key string, l *list) uint32 {
			return uint32(256 + len(key) + len(l.items)*itemSize) //nolint:gosec // bounded by maxItems
		},
	})}
}

// item is an object in its place. Ids of objects are 12 bytes in hexadecimals.
type item struct {
	key, created int64
	id           [12]byte
}

const itemSize = 32

func compare(a, b item) int {
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c
	}
	if c := cmp.Compare(a.created, b.created); c != 0 {
		return c
	}
	return slices.Compare(a.id[:], b.id[:])
}

// list is the order of a list as of a stamp: ascending, so that it serves both
// directions; in the direction asked for when the key is a text, which only the
// database can compare. It is never changed.
type list struct {
	at    uint64
	items []item
	// large tells that it cannot be kept: it has more than maxItems, or ids of
	// another kind.
	large bool
}

// Page returns the ids of a page of a list, and how many the whole list has.
// No limit gives all.
func (l *Lists) Page(ctx context.Context, d *db.DB, q List, limit, offset int) (ids []string, total int, err error) {
	if l == nil || q.Personal {
		return direct(ctx, d, q, limit, offset)
	}
	found, err := l.list(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	if found.large {
		return direct(ctx, d, q, limit, offset)
	}
	total = len(found.items)
	first, last := min(offset, total), total
	if limit > 0 {
		last = min(first+limit, total)
	}
	ids = make([]string, 0, last-first)
	for i := first; i < last; i++ {
		at := i
		if q.Descending && !q.Text {
			at = total - 1 - i
		}
		ids = append(ids, hex.EncodeToString(found.items[at].id[:]))
	}
	return ids, total, nil
}

// direct asks the database for a page and the total.
func direct(ctx context.Context, d *db.DB, q List, limit, offset int) (ids []string, total int, err error) {
	if err := d.Read().QueryRowContext(ctx, "SELECT count(*) FROM "+q.Table+q.Where.String(), q.Where.Args()...).Scan(&total); err != nil {
		return nil, 0, err
	}
	w := q.Where.Copy()
	query := "SELECT " + q.alias() + ".id FROM " + q.Table + w.String() + q.Order()
	if limit > 0 {
		query += " LIMIT " + w.Arg(limit) + " OFFSET " + w.Arg(offset)
	}
	err = db.Each(ctx, d.Read(), query, w.Args(), func(rows *sql.Rows) error {
		var oid string
		err := rows.Scan(&oid)
		ids = append(ids, oid)
		return err
	})
	return ids, total, err
}
