package keep

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"ouvert/internal/kernel/clock"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/wire"
)

// Forms keeps the wire forms of objects, so that each is rendered once and not
// once a request: a page is a join of bytes.
//
// What is kept is used as long as nothing that it was made of has been touched
// (db.Untouched). What that is nobody has to list: while a form is rendered,
// every object that is asked of another noun is noted (Mention). A nil Forms
// keeps nothing.
type Forms struct {
	db    *db.DB
	clock clock.Clock
	kept  *otter.Cache[string, *entry]
	// names lead from what stands in a path to the id of an object that
	// everybody may see.
	names *otter.Cache[string, *name]
	// Check has each kept form rendered anew before it is used, and panics
	// when it is not the same: for tests, so that none can pass on stale bytes.
	Check bool

	hits, misses atomic.Int64
}

// keptFor bounds the age of what is kept by the clock: some members follow
// from the time of asking (whether a dataset is late), which no write tells
// of.
const keptFor = 30 * time.Second

// overhead is what an entry takes beside its bytes, about.
const overhead = 256

// newForms returns room for size bytes of wire forms.
func newForms(d *db.DB, c clock.Clock, size int64) *Forms {
	return &Forms{
		db: d, clock: c,
		kept: otter.Must(&otter.Options[string, *entry]{
			MaximumWeight: uint64(size),
			Weigher: func(key string, e *entry) uint32 {
				return uint32(overhead + len(key) + len(e.form.Text)) //nolint:gosec // an object has its limits
			},
		}),
		names: otter.Must(&otter.Options[string, *name]{MaximumSize: int(max(1000, size/4096))}),
	}
}

// made is what a batch of forms was made of, and when.
type made struct {
	at    uint64
	until time.Time
	of    []db.Object
	// fresh is the last stamp at which all of it was found untouched.
	fresh atomic.Uint64
}

func (m *made) holds(d *db.DB, stamp uint64, now time.Time) bool {
	if !now.Before(m.until) {
		return false
	}
	if m.fresh.Load() == stamp {
		return true
	}
	if !d.Untouched(m.at, m.of) {
		return false
	}
	m.fresh.Store(stamp)
	return true
}

// entry is a form, which stands and falls with its batch and its own object.
type entry struct {
	batch, own *made
	form       wire.Fragment
}

func (e *entry) holds(d *db.DB, stamp uint64, now time.Time) bool {
	return e.batch.holds(d, stamp, now) && e.own.holds(d, stamp, now)
}

type name struct {
	made
	id Shown
}

// Render writes forms that are not kept, by id, from the database's Read door
// and with the context that it is given.
type Render func(ctx context.Context, ids []string) (map[string]wire.Fragment, error)

// Mask takes members out of a form, to the end of dst.
type Mask interface {
	Append(dst, form []byte) []byte
}

// Of returns the forms of those of the ids that exist, in their order. form
// names the wire form among those of the class, with all that decides it (its
// language).
func (c *Forms) Of(ctx context.Context, class, form string, ids []string, render Render) ([]wire.Fragment, error) {
	found, err := c.of(ctx, class, form, ids, render)
	return slices.DeleteFunc(found, func(f wire.Fragment) bool { return f.Text == nil }), err
}

// Masked is Of for forms of which an anonymous caller wants a part; name is what
// the mask is known by. What is masked is kept too. The permissions in it are
// those of anybody.
func (c *Forms) Masked(ctx context.Context, class, form string, ids []string, m Mask, name string, render Render) ([]wire.Fragment, error) {
	if c == nil || m == nil {
		return c.Of(ctx, class, form, ids, render)
	}
	stamp, err := c.db.Stamp(ctx)
	if err != nil {
		return nil, err
	}
	now, part := c.clock(), form+name+"\x00"
	out := make([]wire.Fragment, len(ids))
	var missing []string
	var where []int
	for i, oid := range ids {
		if e, ok := c.kept.GetIfPresent(part + oid); ok && !c.Check && e.holds(c.db, stamp, now) {
			out[i] = e.form
		} else {
			missing, where = append(missing, oid), append(where, i)
		}
	}
	if len(missing) > 0 {
		whole, err := c.of(ctx, class, form, missing, render)
		if err != nil {
			return nil, err
		}
		for j, f := range whole {
			oid := missing[j]
			if f.Text != nil {
				f = wire.Fragment{Text: Clipped(m.Append(nil, f.Text))}
				// It stands as long as what it is a part of.
				if e, ok := c.kept.GetIfPresent(form + oid); ok && e.holds(c.db, stamp, now) {
					c.kept.Set(part+oid, &entry{batch: e.batch, own: e.own, form: f})
				}
			}
			out[where[j]] = f
		}
	}
	return slices.DeleteFunc(out, func(f wire.Fragment) bool { return f.Text == nil }), nil
}

// of returns the forms of ids in their order, an empty one for an id that there
// is not.
func (c *Forms) of(ctx context.Context, class, form string, ids []string, render Render) ([]wire.Fragment, error) {
	out := make([]wire.Fragment, len(ids))
	if c == nil {
		found, err := render(ctx, ids)
		for i, oid := range ids {
			out[i] = found[oid]
		}
		return out, err
	}
	stamp, err := c.db.Stamp(ctx)
	if err != nil {
		return nil, err
	}
	now := c.clock()
	var missing []string
	for i, oid := range ids {
		if e, ok := c.kept.GetIfPresent(form + oid); ok && e.holds(c.db, stamp, now) {
			out[i] = e.form
		} else {
			missing = append(missing, oid)
		}
	}
	c.hits.Add(int64(len(ids) - len(missing)))
	c.misses.Add(int64(len(missing)))
	if c.Check {
		if err := c.check(ctx, form, ids, out, render); err != nil {
			return nil, err
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	ctx, noted := record(ctx)
	found, err := render(ctx, missing)
	if err != nil {
		return nil, err
	}
	until := now.Add(keptFor)
	batch := &made{at: stamp, until: until, of: noted.list()}
	for i, oid := range ids {
		f, ok := found[oid]
		if out[i].Text != nil || !ok {
			continue
		}
		f.Text = Clipped(f.Text)
		out[i] = f
		c.kept.Set(form+oid, &entry{batch: batch, form: f, own: &made{at: stamp, until: until, of: []db.Object{{Class: class, ID: oid}}}})
	}
	return out, nil
}

// Shown is the id of an object that everybody may see, as the subject of a
// request which therefore need not load it.
type Shown string

// Seen returns what a text in a path leads to when everybody may see it, that
// is known, and the object has not been touched since. Else it calls load,
// which loads the object and returns its id, "" when not everybody may see it.
func (c *Forms) Seen(ctx context.Context, class, text string, load func() (oid string, err error)) (shown Shown, known bool, err error) {
	if c == nil {
		_, err = load()
		return "", false, err
	}
	stamp, err := c.db.Stamp(ctx) // before it is read
	if err != nil {
		return "", false, err
	}
	key := class + "/" + text
	if n, ok := c.names.GetIfPresent(key); ok && n.holds(c.db, stamp, c.clock()) {
		return n.id, true, nil
	}
	oid, err := load()
	if err == nil && oid != "" && len(text) <= maxText {
		c.names.Set(key, &name{id: Shown(oid), made: made{at: stamp, until: c.clock().Add(keptFor), of: []db.Object{{Class: class, ID: oid}}}})
	}
	return "", false, err
}

// maxText bounds the texts that are kept; no slug is longer.
const maxText = 512

// Figures are how many forms were kept and how many not, and how many bytes are
// kept.
func (c *Forms) Figures() (hits, misses, size int64) {
	if c == nil {
		return 0, 0, 0
	}
	return c.hits.Load(), c.misses.Load(), int64(c.kept.WeightedSize()) //nolint:gosec // far below
}

func (c *Forms) check(ctx context.Context, form string, ids []string, kept []wire.Fragment, render Render) error {
	found, err := render(ctx, ids)
	if err != nil {
		return err
	}
	for i, oid := range ids {
		fresh := found[oid]
		if kept[i].Text == nil || bytes.Equal(kept[i].Text, fresh.Text) && slices.Equal(kept[i].Holes, fresh.Holes) {
			continue
		}
		stale, err := c.stands(ctx, form+oid)
		if err != nil {
			return err
		}
		if stale {
			panic(fmt.Sprintf("keep: %s%s is stale:\n%s\n%s", form, oid, kept[i].Text, fresh.Text))
		}
	}
	return nil
}

// stands tells whether what is kept is still held for good a while later: who
// wrote meanwhile may not have been told so yet, and is right to change it.
func (c *Forms) stands(ctx context.Context, key string) (bool, error) {
	for range 100 {
		stamp, err := c.db.Stamp(ctx)
		if err != nil {
			return false, err
		}
		if e, ok := c.kept.GetIfPresent(key); !ok || !e.holds(c.db, stamp, c.clock()) {
			return false, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true, nil
}

// Clipped is a text that holds no more memory than it has bytes.
func Clipped(text []byte) []byte {
	if cap(text)-len(text) > len(text)/8 {
		return bytes.Clone(text)
	}
	return text
}
