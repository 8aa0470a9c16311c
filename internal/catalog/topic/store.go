package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
)

var slugs = permalink.Table{Name: "topic", Class: ref.Topic}

const (
	columns        = `id, slug, name, owner, organization, private, featured, created_at, last_modified, doc, revision`
	elementColumns = `id, topic, class, object, doc`
)

func scan(row interface{ Scan(...any) error }) (*Topic, error) {
	t := &Topic{}
	var doc string
	var private sql.NullBool
	err := row.Scan(&t.ID, &t.Slug, &t.Name, db.Text{S: &t.Owner}, db.Text{S: &t.Organization}, &private, &t.Featured,
		db.Time{T: &t.CreatedAt}, db.Time{T: &t.LastModified}, &doc, &t.Revision)
	if err != nil {
		return nil, err
	}
	if private.Valid {
		t.Private = &private.Bool
	}
	return t, json.Unmarshal([]byte(doc), &t.Doc)
}

func scanElement(row interface{ Scan(...any) error }) (*Element, error) {
	e := &Element{}
	var doc string
	err := row.Scan(&e.ID, &e.Topic, db.Text{S: &e.Object.Class}, db.Text{S: &e.Object.ID}, &doc)
	if err != nil {
		return nil, err
	}
	return e, json.Unmarshal([]byte(doc), &e.Doc)
}

// byIDs loads those of the ids that exist.
func byIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Topic, error) {
	out := make(map[string]*Topic, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+columns+" FROM topic WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		t, err := scan(rows)
		if err == nil {
			out[t.ID] = t
		}
		return err
	})
	return out, err
}

// byID loads one topic; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, oid string) (*Topic, error) {
	found, err := byIDs(ctx, q, []string{oid})
	if err == nil && found[oid] == nil {
		err = errs.NotFound()
	}
	return found[oid], err
}

// elementsByIDs loads those of the ids that exist.
func elementsByIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Element, error) {
	out := make(map[string]*Element, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+elementColumns+" FROM topic_element WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		e, err := scanElement(rows)
		if err == nil {
			out[e.ID] = e
		}
		return err
	})
	return out, err
}

// countElements sets how many elements the topics have.
func countElements(ctx context.Context, q db.Querier, list map[string]*Topic) error {
	ids := make([]string, 0, len(list))
	for oid, t := range list {
		ids = append(ids, oid)
		t.Elements = 0
	}
	return db.EachIn(ctx, q, "SELECT topic, count(*) FROM topic_element WHERE topic IN {ids} GROUP BY topic", ids, func(rows *sql.Rows) error {
		var of string
		var n int
		err := rows.Scan(&of, &n)
		list[of].Elements = n
		return err
	})
}

// words is what a search for whole words looks into: each word, folded, between
// blanks.
func words(texts ...string) string {
	text := fold.Text(strings.Join(texts, "\n"))
	list := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	return " " + strings.Join(list, " ") + " "
}

// save writes the topic, new or not.
func save(ctx context.Context, tx *sql.Tx, t *Topic) error {
	doc, err := json.Marshal(t.Doc)
	if err != nil {
		return fmt.Errorf("the topic %s: %w", t.ID, err)
	}
	var private, granularity any
	if t.Private != nil {
		private = *t.Private
	}
	if t.Doc.Spatial != nil {
		granularity = db.Null(t.Doc.Spatial.Granularity)
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO topic ("+columns+", granularity, search) VALUES "+db.Values(1, 13)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, owner = excluded.owner,
		organization = excluded.organization, private = excluded.private, featured = excluded.featured,
		created_at = excluded.created_at, last_modified = excluded.last_modified, doc = excluded.doc,
		granularity = excluded.granularity, search = excluded.search, revision = topic.revision + 1`,
		t.ID, t.Slug, t.Name, db.Null(t.Owner), db.Null(t.Organization), private, t.Featured, t.CreatedAt.UnixMicro(),
		t.LastModified.UnixMicro(), string(doc), 1, granularity, words(t.Name, markdown.Text(t.Doc.Description)))
	if err != nil {
		return fmt.Errorf("saving the topic %s: %w", t.ID, err)
	}
	for _, table := range []string{"topic_tag", "topic_zone"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE topic = $1", t.ID); err != nil {
			return err
		}
	}
	var tags, zones [][]any
	for _, tag := range t.Doc.Tags {
		tags = append(tags, []any{t.ID, tag})
	}
	if t.Doc.Spatial != nil {
		for _, z := range t.Doc.Spatial.Zones {
			zones = append(zones, []any{t.ID, z})
		}
	}
	const once = "ON CONFLICT DO NOTHING"
	if err := db.InsertMany(ctx, tx, "topic_tag (topic, tag)", tags, once); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, "topic_zone (topic, zone)", zones, once)
}

// saveElements writes elements, new or not.
func saveElements(ctx context.Context, tx *sql.Tx, list []*Element) error {
	var tags [][]any
	for _, e := range list {
		doc, err := json.Marshal(e.Doc)
		if err != nil {
			return fmt.Errorf("the element %s: %w", e.ID, err)
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO topic_element ("+elementColumns+`, search) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET topic = excluded.topic, class = excluded.class, object = excluded.object,
			doc = excluded.doc, search = excluded.search`,
			e.ID, e.Topic, db.Null(e.Object.Class), db.Null(e.Object.ID), string(doc), words(e.Doc.Title, markdown.Text(e.Doc.Description)))
		if err != nil {
			return fmt.Errorf("saving the element %s: %w", e.ID, err)
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM topic_element_tag WHERE element = $1", e.ID); err != nil {
			return err
		}
		for _, tag := range e.Doc.Tags {
			tags = append(tags, []any{e.ID, tag})
		}
	}
	return db.InsertMany(ctx, tx, "topic_element_tag (element, tag)", tags, "ON CONFLICT DO NOTHING")
}

// remove takes the topic away with all that is its own.
func remove(ctx context.Context, tx *sql.Tx, oid string) error {
	// The rest goes with it (ON DELETE CASCADE).
	if _, err := tx.ExecContext(ctx, "DELETE FROM topic WHERE id = $1", oid); err != nil {
		return err
	}
	return search.Remove(ctx, tx, ref.Topic, oid)
}

// removeElements takes all elements of a topic away and returns their ids.
func removeElements(ctx context.Context, tx *sql.Tx, topic string) ([]string, error) {
	ids, err := db.Strings(ctx, tx, "SELECT id FROM topic_element WHERE topic = $1 ORDER BY id", topic)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM topic_element WHERE topic = $1", topic)
	return ids, err
}
