package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/event"
	"ouvert/internal/migrate/report"
)

// item is what is to be written of one document.
type item struct {
	id    string
	notes *Notes
	// needs must exist, or the item is skipped; of mentions that do not exist,
	// a note is made.
	needs, mentions []mention
	// class is the noun's, slug where its slug stands; title makes a slug
	// where there is none. Classes without slugs have none of the three.
	class string
	slug  *string
	title string
	// event is what write would append; it is written once, ever.
	event *event.Event
	// write writes the item; nil has nothing to write.
	write func(ctx context.Context, tx *sql.Tx) error

	before *state
}

// state is what trying to write an item changes of it.
type state struct {
	slug  string
	notes Notes
}

// mention is a reference to an object; what says where it stands.
type mention struct{ class, id, what string }

// refer adds a mention of an object, unless it is of none.
func (it *item) refer(class, what string, ids ...string) {
	for _, oid := range ids {
		if oid != "" {
			it.mentions = append(it.mentions, mention{class, oid, what})
		}
	}
}

// begin makes the item as it was before the first try: a transaction may run
// more than once.
func (it *item) begin() {
	if it.before == nil {
		it.before = &state{notes: Notes{slices.Clone(it.notes.list), it.notes.more}}
		if it.slug != nil {
			it.before.slug = *it.slug
		}
		return
	}
	it.notes.list, it.notes.more = slices.Clone(it.before.notes.list), it.before.notes.more
	if it.slug != nil {
		*it.slug = it.before.slug
	}
}

// errLater: what keeps the item from being written may still change.
var errLater = errors.New("it leads to nothing")

// refusal is why an item cannot be written.
type refusal string

func (r refusal) Error() string { return string(r) }

// outcome is what one try at a transaction came to. It counts once the
// transaction is durable.
type outcome struct {
	written []*item
	skipped []skip
	later   []*item
}

// write writes a batch in one transaction and brings the report up to date.
// It returns the items that can't be written yet.
func (r *Run) write(ctx context.Context, row *report.Row, b batch) ([]*item, error) {
	out, err := r.transact(ctx, b.items, r.plainly)
	if err != nil && refused(err) {
		// Something in the batch is refused. What, and that the rest is not,
		// shows with a savepoint around each item – which would cost two
		// statements for every one that is fine.
		out, err = r.transact(ctx, b.items, r.carefully)
	}
	if err != nil {
		return nil, err
	}
	row.Read += b.read
	out.skipped = append(b.skipped, out.skipped...)
	r.settle(row, out)
	r.progress.show(row)
	return out.later, r.skips.Flush()
}

// settle counts what happened.
func (r *Run) settle(row *report.Row, out outcome) {
	for _, s := range out.skipped {
		row.Skipped++
		r.skips.Add(row.Name, s.id, report.Skipped, s.reason)
	}
	for _, it := range out.written {
		row.Written++
		if len(it.notes.list) > 0 {
			row.Damaged++
		}
		for _, line := range it.notes.lines() {
			r.skips.Add(row.Name, it.id, report.Kept, line)
		}
	}
}

// writeLater writes items again as long as one of them helps another: what is
// taken may be given up, what is not there may come. Then it settles for what
// can be had.
func (r *Run) writeLater(ctx context.Context, row *report.Row, items []*item) error {
	for len(items) > 0 {
		left, err := r.writeAll(ctx, row, items)
		if err != nil {
			return err
		}
		if len(left) == len(items) {
			break
		}
		items = left
	}
	r.final = true
	defer func() { r.final = false }()
	_, err := r.writeAll(ctx, row, items)
	return err
}

func (r *Run) writeAll(ctx context.Context, row *report.Row, items []*item) (left []*item, err error) {
	for part := range slices.Chunk(items, batchDocs) {
		more, err := r.write(ctx, row, batch{items: part})
		if err != nil {
			return nil, err
		}
		left = append(left, more...)
	}
	return left, nil
}

// transact writes items in one transaction, each in the given way.
func (r *Run) transact(ctx context.Context, items []*item, way func(context.Context, *sql.Tx, *item) error) (outcome, error) {
	var out outcome
	err := r.target.DB.Write(ctx, func(tx *sql.Tx) error {
		out = outcome{}
		there, err := r.look(ctx, tx, items)
		if err != nil {
			return err
		}
		told, err := toldOf(ctx, tx, items)
		if err != nil {
			return err
		}
		for _, it := range items {
			it.begin()
			if m := there.lacks(it.needs); m != nil {
				out.skipped = append(out.skipped, skip{it.id, fmt.Sprintf("%s %s does not exist", m.what, m.id)})
				continue
			}
			if err := r.keepMissing(ctx, tx, it, there); err != nil {
				return err
			}
			if it.write != nil && (it.event == nil || !told[it.event.Origin]) {
				err = way(ctx, tx, it)
			}
			var no refusal
			switch {
			case err == nil:
				out.written = append(out.written, it)
				if it.event != nil {
					told[it.event.Origin] = true
				}
			case errors.Is(err, errLater) && !r.final:
				out.later = append(out.later, it)
			case errors.Is(err, errLater):
				out.skipped = append(out.skipped, skip{it.id, errLater.Error()})
			case errors.As(err, &no):
				out.skipped = append(out.skipped, skip{it.id, string(no)})
			default:
				return err
			}
			err = nil
		}
		return nil
	})
	return out, err
}

// keepMissing notes which links of an item lead nowhere, in place of what an
// earlier run of the import noted.
func (r *Run) keepMissing(ctx context.Context, tx *sql.Tx, it *item, there found) error {
	if len(it.mentions) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM missing_link WHERE object = $1", it.id); err != nil {
		return err
	}
	var rows [][]any
	for _, m := range it.mentions {
		if !there.has(m) {
			it.notes.Add("%s %s does not exist", m.what, m.id)
			rows = append(rows, []any{it.id, m.id})
		}
	}
	return db.InsertMany(ctx, tx, "missing_link (object, target)", rows, "ON CONFLICT DO NOTHING")
}

// toldOf returns which events of the items the log holds already, by origin.
func toldOf(ctx context.Context, q db.Querier, items []*item) (map[string]bool, error) {
	var origins []string
	for _, it := range items {
		if it.event != nil {
			origins = append(origins, it.event.Origin)
		}
	}
	told := map[string]bool{}
	if len(origins) == 0 {
		return told, nil
	}
	in, args := db.In(1, origins)
	list, err := db.Strings(ctx, q, "SELECT origin FROM event WHERE origin IN "+in, args...)
	for _, origin := range list {
		told[origin] = true
	}
	return told, err
}

// maxSlug is the longest slug that links find, in bytes.
const maxSlug = 1024

// plainly writes an item. When the database refuses it, the transaction is of
// no more use.
func (r *Run) plainly(ctx context.Context, tx *sql.Tx, it *item) error {
	if it.slug != nil && (*it.slug == "" || len(*it.slug) > maxSlug) {
		wrong := "missing"
		if *it.slug != "" {
			wrong = "too long"
		}
		if err := r.freeSlug(ctx, tx, it, it.title); err != nil {
			return err
		}
		it.notes.Add("its slug is %s, it got %q", wrong, *it.slug)
	}
	return it.write(ctx, tx)
}

// carefully writes an item and undoes it when the database refuses it. What
// another has taken is tried again later: a newer dump may have it given up by
// a document that is still to come. At last the item gets another slug, or is
// not written at all.
func (r *Run) carefully(ctx context.Context, tx *sql.Tx, it *item) error {
	err := savepoint(ctx, tx, func() error { return r.plainly(ctx, tx, it) })
	if err == nil || !refused(err) {
		return err
	}
	if !r.final && (errs.As(err) != nil || db.IsUnique(err, "")) {
		return errLater
	}
	if it.slug != nil && db.IsUnique(err, "slug") {
		taken := *it.slug
		if err := r.freeSlug(ctx, tx, it, taken); err != nil {
			return err
		}
		it.notes.Add("its slug %q is taken, it got %q", taken, *it.slug)
		err = savepoint(ctx, tx, func() error { return it.write(ctx, tx) })
	}
	if err != nil && refused(err) {
		return refusal(reason(err))
	}
	return err
}

func (r *Run) freeSlug(ctx context.Context, tx *sql.Tx, it *item, wanted string) error {
	fresh, err := r.nouns[it.class].free(ctx, tx, wanted, it.id)
	*it.slug = fresh
	return err
}

// savepoint runs f and undoes what it did when it fails.
func savepoint(ctx context.Context, tx *sql.Tx, f func() error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT item"); err != nil {
		return err
	}
	failed := f()
	if failed != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT item"); err != nil {
			return fmt.Errorf("undoing what failed (%v): %w", failed, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT item"); err != nil {
		return err
	}
	return failed
}

// SQLite's primary result codes that blame the values.
const (
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
)

// refused tells whether an error blames what was to be written, rather than
// the database or its disk: then the next document may be fine.
func refused(err error) bool {
	if errs.As(err) != nil {
		return true
	}
	var postgres interface{ SQLState() string }
	if errors.As(err, &postgres) {
		switch state := postgres.SQLState(); {
		case strings.HasPrefix(state, "22"), // data exception: a character that it refuses
			strings.HasPrefix(state, "23"), // integrity: taken, missing
			strings.HasPrefix(state, "54"): // program limit: a slug too long for its index
			return true
		}
		return false
	}
	var sqlite interface{ Code() int }
	if errors.As(err, &sqlite) {
		switch sqlite.Code() & 0xff {
		case sqliteTooBig, sqliteConstraint, sqliteMismatch:
			return true
		}
		return false
	}
	return errors.As(err, new(*json.MarshalerError)) || errors.As(err, new(*json.UnsupportedValueError)) ||
		errors.As(err, new(*json.UnmarshalTypeError))
}

// reason says why the database refused a document.
func reason(err error) string {
	switch {
	case errs.As(err) != nil:
		return errs.As(err).Message
	case db.IsUnique(err, "follow"):
		return "the person follows it already"
	case db.IsUnique(err, ""):
		return "it is the double of another: " + err.Error()
	}
	return err.Error()
}
