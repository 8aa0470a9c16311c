package search

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/markdown"
)

// Document is what is found of an object.
type Document struct {
	Class, ID string
	// Title is what the object is called, as people read it.
	Title, Acronym string
	Tags           []string
	// Description is Markdown.
	Description string
	// Keys are what the object can be filtered by and counted for, as
	// "name:value". Names are those of facets.
	Keys []string
	// Links are the ids of organizations and of other objects whose words the
	// document has too, as long as everybody may see them; of a topic, those of
	// what it holds, which borrows nothing but can be filtered by it.
	Links []string
	// Public tells whether everybody may see the object, and so find others
	// by its title.
	Public             bool
	Featured, Archived bool
	Created, Updated   time.Time
	// Counts are the counters that results are sorted and ranked by; see
	// counters.
	Counts map[string]int64
}

// counters are the counters that a document has, by the names of `metrics`.
var counters = []string{"followers", "views", "reuses", "datasets"}

// record is a row of the table.
type record struct {
	version                             int64
	class, id, label                    string
	title, acronym, tags, body          string
	keys, links                         string
	removed, public, featured, archived bool
	numbers                             [numbers]int64
}

// The numbers of a document, in the order of the table's columns.
const (
	created = iota
	updated
	followers
	views
	reuses
	datasets
	numbers
)

// sortable are the numbers by the names of sorts.
var sortable = map[string]int{
	"created": created, "updated": updated, "followers": followers, "views": views, "reuses": reuses, "datasets": datasets,
}

const columns = `version, class, object, removed, label, title, acronym, tags, body, keys, links, public, featured, archived, created, updated,
	followers, views, reuses, datasets`

func (r *record) fields() []any {
	return []any{
		&r.version, &r.class, &r.id, &r.removed, &r.label, &r.title, &r.acronym, &r.tags, &r.body, &r.keys, &r.links, &r.public, &r.featured,
		&r.archived, &r.numbers[created], &r.numbers[updated], &r.numbers[followers], &r.numbers[views], &r.numbers[reuses],
		&r.numbers[datasets],
	}
}

// values are what fields point to, for the database.
func (r *record) values() []any {
	return []any{
		r.version, r.class, r.id, r.removed, r.label, r.title, r.acronym, r.tags, r.body, r.keys, r.links, r.public, r.featured, r.archived,
		r.numbers[created], r.numbers[updated], r.numbers[followers], r.numbers[views], r.numbers[reuses], r.numbers[datasets],
	}
}

// record cuts the document into words.
func (d *Document) record() *record {
	r := &record{
		class: d.Class, id: d.ID, label: d.Title,
		title: cut(d.Title), acronym: cut(d.Acronym), tags: cut(strings.Join(d.Tags, " ")), body: cut(markdown.Text(d.Description)),
		keys: list(d.Keys), links: list(d.Links),
		public: d.Public, featured: d.Featured, archived: d.Archived,
	}
	r.numbers[created], r.numbers[updated] = d.Created.UnixMicro(), d.Updated.UnixMicro()
	for i, name := range counters {
		r.numbers[followers+i] = d.Counts[name]
	}
	return r
}

func cut(text string) string { return strings.Join(words(text), " ") }

// list joins values, each once: lines of a text.
func list(values []string) string {
	seen := make(map[string]bool, len(values))
	var b strings.Builder
	for _, v := range values {
		v = strings.ReplaceAll(v, "\n", " ")
		if v == "" || seen[v] {
			continue
		}
		seen[v] = true
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(v)
	}
	return b.String()
}

func split(text, separator string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, separator)
}

// Write writes documents, new or not, in the transaction of their objects.
func Write(ctx context.Context, tx db.Execer, documents ...*Document) error {
	if len(documents) == 0 {
		return nil
	}
	records := make([]*record, len(documents))
	for i, d := range documents {
		records[i] = d.record()
	}
	return write(ctx, tx, records)
}

// perStatement is how many documents one statement writes at most.
const perStatement = 10

func write(ctx context.Context, tx db.Execer, records []*record) error {
	version, err := move(ctx, tx)
	if err != nil {
		return err
	}
	for len(records) > 0 {
		n := min(len(records), perStatement)
		var args []any
		for _, r := range records[:n] {
			r.version = version
			args = append(args, r.values()...)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO search_document ("+columns+") VALUES "+db.Values(n, len(args)/n)+overwrite, args...)
		if err != nil {
			return fmt.Errorf("writing documents of the search: %w", err)
		}
		records = records[n:]
	}
	return nil
}

// Remove takes an object's document away in the transaction that removes the
// object. Objects that are only marked as deleted keep theirs.
func Remove(ctx context.Context, tx db.Execer, class, id string) error {
	version, err := move(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE search_document SET removed = true, version = $1 WHERE class = $2 AND object = $3", version, class, id)
	return err
}

const overwrite = ` ON CONFLICT (class, object) DO UPDATE SET version = excluded.version, removed = excluded.removed,
	label = excluded.label, title = excluded.title, acronym = excluded.acronym, tags = excluded.tags, body = excluded.body,
	keys = excluded.keys, links = excluded.links, public = excluded.public, featured = excluded.featured,
	archived = excluded.archived, created = excluded.created, updated = excluded.updated, followers = excluded.followers,
	views = excluded.views, reuses = excluded.reuses, datasets = excluded.datasets`

// move takes the number of the next change. Writers take turns (see
// db.DB.Write), so numbers come in the order of the commits.
func move(ctx context.Context, tx db.Execer) (version int64, err error) {
	err = tx.QueryRowContext(ctx, "UPDATE search_position SET seq = seq + 1 RETURNING seq").Scan(&version)
	return version, err
}

// Count sets counters of an object's document in the transaction that moved
// them; values is what metric.Counters.Set takes. Counters that documents do
// not have cost nothing. at, when it is not zero, is when the object was
// updated by it.
func Count(ctx context.Context, tx db.Execer, class, id string, values map[string]any, at time.Time) error {
	var set []string
	args := []any{nil} // the version, once it is known
	for _, name := range counters {
		if n, ok := values[name].(int64); ok {
			args = append(args, n)
			set = append(set, fmt.Sprintf("%s = $%d", name, len(args)))
		}
	}
	if !at.IsZero() {
		args = append(args, at.UnixMicro())
		set = append(set, fmt.Sprintf("updated = $%d", len(args)))
	}
	if len(set) == 0 {
		return nil
	}
	var err error
	if args[0], err = move(ctx, tx); err != nil {
		return err
	}
	args = append(args, class, id)
	_, err = tx.ExecContext(ctx, fmt.Sprintf("UPDATE search_document SET version = $1, %s WHERE class = $%d AND object = $%d",
		strings.Join(set, ", "), len(args)-1, len(args)), args...)
	return err
}
