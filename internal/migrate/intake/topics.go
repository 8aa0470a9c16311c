package intake

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"ouvert/internal/catalog/topic"
	"ouvert/internal/kernel/ref"
)

func (r *Run) topic(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	t := &topic.Topic{
		ID: oid, Slug: rec.Text("slug"), Name: rec.Needed("name"), Private: rec.OptionalBool("private"),
		Featured: rec.Bool("featured"), CreatedAt: rec.Created(oid, "created_at"),
	}
	t.LastModified = rec.Changed(t.CreatedAt, "last_modified")
	t.Doc = topic.Doc{
		Description: rec.Text("description"), Tags: tags(rec), Color: rec.Int("color"), Spatial: spatialCoverage(rec), Extras: rec.Raw("extras"),
	}
	elements := listed(rec, oid)
	it := &item{
		class: ref.Topic, slug: &t.Slug, title: t.Name,
		write: func(ctx context.Context, tx *sql.Tx) error {
			if err := r.target.Topics.Import(ctx, tx, t); err != nil {
				return err
			}
			return r.target.Topics.ImportElements(ctx, tx, elements)
		},
	}
	t.Owner, t.Organization = owned(rec, it)
	for _, e := range elements {
		it.refer(e.Object.Class, "its element", e.Object.ID)
	}
	t.Doc.Kept = rec.Rest()
	return it, nil
}

// listed are the elements of a topic of before 2025, which held lists of
// datasets and reuses. Their ids follow from what they name, so that the next
// run of the import finds them again.
func listed(rec *Record, oid string) []*topic.Element {
	var out []*topic.Element
	seen := map[string]bool{}
	for _, l := range []struct{ key, class string }{{"datasets", ref.Dataset}, {"reuses", ref.Reuse}} {
		for _, object := range rec.Refs(l.key) {
			if seen[object] {
				continue
			}
			seen[object] = true
			sum := sha256.Sum256([]byte(oid + l.class + object))
			out = append(out, &topic.Element{ID: oid[:8] + hex.EncodeToString(sum[:8]), Topic: oid, Object: ref.Ref{Class: l.class, ID: object}})
		}
	}
	return out
}

func (r *Run) topicElement(rec *Record, _ string) (*item, error) {
	oid, err := objectID(rec)
	if err != nil {
		return nil, err
	}
	e := &topic.Element{ID: oid, Topic: rec.Ref("topic")}
	if e.Topic == "" {
		return nil, errors.New("it is in no topic")
	}
	it := &item{
		needs: []mention{{ref.Topic, e.Topic, "its topic"}},
		write: func(ctx context.Context, tx *sql.Tx) error {
			return r.target.Topics.ImportElements(ctx, tx, []*topic.Element{e})
		},
	}
	if e.Object.Class, e.Object.ID = rec.Generic("element"); e.Object.Class == "" || e.Object.ID == "" {
		e.Object = ref.Ref{}
	}
	if r.nouns[e.Object.Class].Find != nil {
		it.refer(e.Object.Class, "its element", e.Object.ID)
	}
	e.Doc = topic.ElementDoc{
		Title: rec.Text("title"), Description: rec.Text("description"), Tags: tags(rec), Extras: rec.Raw("extras"), Kept: rec.Rest(),
	}
	return it, nil
}
