package post

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/markdown"
	"ouvert/internal/kernel/permalink"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/sitemap"
)

var slugs = permalink.Table{Name: "post", Class: ref.Post}

const columns = "p.id, p.slug, p.name, p.headline, p.kind, p.owner, p.published, p.created_at, p.last_modified, p.doc, p.revision"

func scan(rows *sql.Rows) (*Post, error) {
	p := &Post{}
	var doc string
	err := rows.Scan(&p.ID, &p.Slug, &p.Name, db.Text{S: &p.Headline}, &p.Kind, db.Text{S: &p.Owner}, db.Time{T: &p.Published},
		db.Time{T: &p.CreatedAt}, db.Time{T: &p.LastModified}, &doc, &p.Revision)
	if err != nil {
		return nil, err
	}
	return p, json.Unmarshal([]byte(doc), &p.Doc)
}

func load(ctx context.Context, q db.Querier, query string, args ...any) (list []*Post, err error) {
	err = db.Each(ctx, q, query, args, func(rows *sql.Rows) error {
		p, err := scan(rows)
		list = append(list, p)
		return err
	})
	return list, err
}

func byIDs(ctx context.Context, q db.Querier, ids []string) (list []*Post, err error) {
	err = db.EachIn(ctx, q, "SELECT "+columns+" FROM post p WHERE p.id IN {ids}", ids, func(rows *sql.Rows) error {
		p, err := scan(rows)
		list = append(list, p)
		return err
	})
	return list, err
}

// byID loads one post; errs.NotFound when there is none.
func byID(ctx context.Context, q db.Querier, oid string) (*Post, error) {
	list, err := byIDs(ctx, q, []string{oid})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errs.NotFound()
	}
	return list[0], nil
}

// searchText is what a search looks into.
func (p *Post) searchText() string {
	text := p.Name + "\n" + p.Headline + "\n"
	switch p.Doc.BodyType {
	case HTML:
		text += markdown.TextOfHTML(p.Doc.Content)
	case Markdown:
		text += markdown.Text(p.Doc.Content)
	}
	return fold.Text(text + "\n" + bloc.Text(p.Doc.Blocs))
}

// save writes the post, new or not.
func save(ctx context.Context, tx *sql.Tx, p *Post) error {
	doc, err := json.Marshal(p.Doc)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO post (id, slug, name, headline, kind, owner, published, created_at, last_modified, doc,
		name_plain, search, revision) VALUES `+db.Values(1, 13)+`
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name, headline = excluded.headline, kind = excluded.kind,
		owner = excluded.owner, published = excluded.published, created_at = excluded.created_at,
		last_modified = excluded.last_modified, doc = excluded.doc, name_plain = excluded.name_plain, search = excluded.search,
		revision = post.revision + 1`,
		p.ID, p.Slug, p.Name, db.Null(p.Headline), p.Kind, db.Null(p.Owner), db.Micros(p.Published), p.CreatedAt.UnixMicro(),
		p.LastModified.UnixMicro(), string(doc), fold.Text(p.Name), p.searchText(), 1)
	if err != nil {
		return fmt.Errorf("saving the post %s: %w", p.ID, err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM post_tag WHERE post = $1", p.ID); err != nil {
		return err
	}
	rows := make([][]any, 0, len(p.Doc.Tags))
	for _, t := range p.Doc.Tags {
		rows = append(rows, []any{p.ID, t})
	}
	return db.InsertMany(ctx, tx, "post_tag (post, tag)", rows, "ON CONFLICT DO NOTHING")
}

func remove(ctx context.Context, tx *sql.Tx, oid string) error {
	for _, statement := range []string{
		"DELETE FROM post_tag WHERE post = $1",
		"DELETE FROM post WHERE id = $1",
		"DELETE FROM old_slug WHERE object = $1",
	} {
		if _, err := tx.ExecContext(ctx, statement, oid); err != nil {
			return err
		}
	}
	return nil
}

// Sitemap are the pages of the posts that everybody may read.
var Sitemap = sitemap.Section{
	Name: "posts", From: "FROM post p WHERE p.published IS NOT NULL", ID: "p.id", Path: "'/posts/' || p.slug", Modified: "p.last_modified",
}
