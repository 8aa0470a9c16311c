package search

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"ouvert/internal/kernel/db"
)

// Source makes the documents of a class.
type Source struct {
	Class string
	// Documents returns those of the objects whose ids come after one, at most
	// limit, in the order of their ids.
	Documents func(ctx context.Context, q db.Querier, after string, limit int) ([]*Document, error)
}

// Register adds a source. Each class is registered once, before anything is
// rebuilt.
func (ix *Index) Register(s Source) { ix.sources[s.Class] = s }

// Complete tells whether all objects of a class have a document. Until then,
// a database from before the search finds what has been written so far, and
// lists without a text are better read from the tables.
func (ix *Index) Complete(ctx context.Context, class string) (bool, error) {
	if _, ok := ix.built.Load(class); ok {
		return true, nil
	}
	var done bool
	err := ix.db.Read().QueryRowContext(ctx, "SELECT done FROM search_rebuild WHERE class = $1", class).Scan(&done)
	if done {
		ix.built.Store(class, true)
	}
	return done, err
}

// batch is how many documents are written in one transaction, so that others
// need not wait long for their turn.
const batch = 100

// Progress is told how many documents of a class have been written, and
// whether these are all.
type Progress func(class string, written int, last bool)

// Build writes the documents that are missing: of objects from before the
// search, and of all after the analyser changed. It goes on where it was
// interrupted, and may run on several nodes at once. Everything is served
// meanwhile.
func (ix *Index) Build(ctx context.Context, progress Progress) error {
	for _, class := range Classes {
		err := ix.db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE search_rebuild SET analyser = $1, position = '', done = false WHERE class = $2 AND analyser <> $3",
				Analyser, class, Analyser)
			return err
		})
		if err != nil {
			return err
		}
		if done, err := ix.Complete(ctx, class); err != nil {
			return err
		} else if done {
			continue
		}
		if err := ix.build(ctx, class, progress); err != nil {
			return fmt.Errorf("writing the documents of %s: %w", class, err)
		}
	}
	return nil
}

// Rebuild writes all documents anew.
func (ix *Index) Rebuild(ctx context.Context, progress Progress) error {
	err := ix.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE search_rebuild SET position = ''")
		return err
	})
	if err != nil {
		return err
	}
	for _, class := range Classes {
		if err := ix.build(ctx, class, progress); err != nil {
			return fmt.Errorf("writing the documents of %s: %w", class, err)
		}
	}
	return nil
}

func (ix *Index) build(ctx context.Context, class string, progress Progress) error {
	source, ok := ix.sources[class]
	if !ok {
		return fmt.Errorf("nobody makes documents of %s", class)
	}
	written := 0
	for {
		last := false
		err := ix.db.Write(ctx, func(tx *sql.Tx) error {
			// The row is locked first, so that of two nodes one writes a batch.
			var from string
			err := tx.QueryRowContext(ctx, "UPDATE search_rebuild SET position = position WHERE class = $1 RETURNING position", class).Scan(&from)
			if err != nil {
				return err
			}
			list, err := source.Documents(ctx, tx, from, batch)
			if err != nil {
				return err
			}
			last = len(list) < batch
			to := ""
			if !last {
				to = list[len(list)-1].ID
			}
			if err := removeStrangers(ctx, tx, class, from, to, list); err != nil {
				return err
			}
			if err := Write(ctx, tx, list...); err != nil {
				return err
			}
			if last {
				_, err = tx.ExecContext(ctx, "UPDATE search_rebuild SET position = '', done = true WHERE class = $1", class)
			} else {
				_, err = tx.ExecContext(ctx, "UPDATE search_rebuild SET position = $1 WHERE class = $2", to, class)
			}
			written += len(list)
			return err
		})
		if err != nil {
			return err
		}
		if progress != nil {
			progress(class, written, last)
		}
		if last {
			ix.built.Store(class, true)
			return nil
		}
	}
}

// removeStrangers marks the documents between two ids as removed whose objects
// are no more; to is "" for no end.
func removeStrangers(ctx context.Context, tx *sql.Tx, class, from, to string, list []*Document) error {
	w := &db.Where{}
	w.And("class = ? AND object > ? AND NOT removed", class, from)
	if to != "" {
		w.And("object <= ?", to)
	}
	there, err := db.Strings(ctx, tx, "SELECT object FROM search_document"+w.String(), w.Args()...)
	if err != nil {
		return err
	}
	for _, id := range there {
		if slices.ContainsFunc(list, func(d *Document) bool { return d.ID == id }) {
			continue
		}
		if err := Remove(ctx, tx, class, id); err != nil {
			return err
		}
	}
	return nil
}

// Difference is a document that is not what its object is.
type Difference struct {
	Class, ID string
	// What is "missing" for an object without a document, "left over" for a
	// document without an object, or the column that differs.
	What string
}

// Repair writes what Verify found to differ anew, or takes it away.
func (ix *Index) Repair(ctx context.Context, d Difference) error {
	return ix.db.Write(ctx, func(tx *sql.Tx) error {
		before := beforeID(d.ID)
		list, err := ix.sources[d.Class].Documents(ctx, tx, before, 1)
		if err != nil {
			return err
		}
		if len(list) == 1 && list[0].ID == d.ID {
			return Write(ctx, tx, list[0])
		}
		return Remove(ctx, tx, d.Class, d.ID)
	})
}

// beforeID returns a text that comes before an id and after all other ids that
// do: ids are made of digits and letters.
func beforeID(id string) string {
	if id == "" {
		return ""
	}
	last := id[len(id)-1]
	return id[:len(id)-1] + string(rune(last-1)) + "~"
}

// Verify compares the documents with their objects and returns what differs.
// Writes may go on meanwhile: what differs is looked at again in the turn of a
// writer.
func (ix *Index) Verify(ctx context.Context) ([]Difference, error) {
	var out []Difference
	for _, class := range Classes {
		source, ok := ix.sources[class]
		if !ok {
			return nil, fmt.Errorf("nobody makes documents of %s", class)
		}
		for from := ""; ; {
			found, to, err := compare(ctx, ix.db.Read(), source, from)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				err = ix.db.Write(ctx, func(tx *sql.Tx) error {
					found, to, err = compare(ctx, tx, source, from)
					return err
				})
				if err != nil {
					return nil, err
				}
			}
			out = append(out, found...)
			if from = to; to == "" {
				break
			}
		}
	}
	return out, nil
}

// compare compares a batch and returns the id after which the next begins, ""
// when it was the last.
func compare(ctx context.Context, q db.Querier, source Source, from string) (out []Difference, to string, err error) {
	list, err := source.Documents(ctx, q, from, batch)
	if err != nil {
		return nil, "", err
	}
	w := &db.Where{}
	w.And("class = ? AND object > ? AND NOT removed", source.Class, from)
	if len(list) == batch {
		to = list[batch-1].ID
		w.And("object <= ?", to)
	}
	there := map[string]*record{}
	err = db.Each(ctx, q, "SELECT "+columns+" FROM search_document"+w.String(), w.Args(), func(rows *sql.Rows) error {
		r := &record{}
		err := rows.Scan(r.fields()...)
		there[r.id] = r
		return err
	})
	if err != nil {
		return nil, "", err
	}
	for _, d := range list {
		r := there[d.ID]
		delete(there, d.ID)
		if what := d.record().differs(r); what != "" {
			out = append(out, Difference{source.Class, d.ID, what})
		}
	}
	left := make([]string, 0, len(there))
	for id := range there {
		left = append(left, id)
	}
	slices.Sort(left)
	for _, id := range left {
		out = append(out, Difference{source.Class, id, "left over"})
	}
	return out, to, nil
}

func (r *record) differs(kept *record) string {
	if kept == nil {
		return "missing"
	}
	for _, c := range []struct{ name, a, b string }{
		{"label", r.label, kept.label},
		{"title", r.title, kept.title},
		{"acronym", r.acronym, kept.acronym},
		{"tags", r.tags, kept.tags},
		{"body", r.body, kept.body},
		{"keys", r.keys, kept.keys},
		{"links", r.links, kept.links},
	} {
		if c.a != c.b {
			return c.name
		}
	}
	for _, c := range []struct {
		name string
		same bool
	}{
		{"public", r.public == kept.public},
		{"featured", r.featured == kept.featured},
		{"archived", r.archived == kept.archived},
		{"created", r.numbers[created] == kept.numbers[created]},
		{"updated", r.numbers[updated] == kept.numbers[updated]},
		{"followers", r.numbers[followers] == kept.numbers[followers]},
		{"views", r.numbers[views] == kept.numbers[views]},
		{"reuses", r.numbers[reuses] == kept.numbers[reuses]},
		{"datasets", r.numbers[datasets] == kept.numbers[datasets]},
	} {
		if !c.same {
			return c.name
		}
	}
	return ""
}
