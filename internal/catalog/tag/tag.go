// Package tag is the noun of the words that datasets and reuses are filed
// under: which there are, and how often each is used.
//
// udata counts them once an hour into a collection of its own (`tag`), also
// what nobody may see. Here they are counted when they are asked for, over what
// everybody sees: a tag is there as soon as something carries it, and tells
// nothing of drafts.
package tag

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"net/http"
	"slices"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/csvtable"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/slug"
	"ouvert/internal/kernel/wire"
)

// Tag is a word and how many objects carry it.
type Tag struct {
	Name             string
	Datasets, Reuses int64
}

// Total is how many objects carry the tag.
func (t Tag) Total() int64 { return t.Datasets + t.Reuses }

// suggestions is how many are suggested to who does not say.
const suggestions = 8

// Service answers what is asked of tags.
type Service struct{ db *db.DB }

// New returns the noun.
func New(d *db.DB) *Service { return &Service{db: d} }

// Find returns the tags that have a text in them, the most used first; those
// that are used as often by name.
func (s *Service) Find(ctx context.Context, text string, limit int) ([]Tag, error) {
	pattern := "%" + db.Like(text) + "%"
	// What everybody sees: as for the figures of the portal, an archived dataset
	// is no part of it, an archived reuse is.
	const query = `SELECT tag, sum(datasets), sum(reuses) FROM (
		SELECT x.tag AS tag, count(*) AS datasets, 0 AS reuses FROM dataset_tag x JOIN dataset d ON d.id = x.dataset
		WHERE x.tag LIKE $1 ESCAPE '\' AND NOT d.private AND d.deleted IS NULL AND d.archived IS NULL GROUP BY x.tag
		UNION ALL
		SELECT x.tag, 0, count(*) FROM reuse_tag x JOIN reuse r ON r.id = x.reuse
		WHERE x.tag LIKE $2 ESCAPE '\' AND NOT r.private AND r.deleted IS NULL GROUP BY x.tag
	) counted GROUP BY tag ORDER BY sum(datasets) + sum(reuses) DESC, tag LIMIT $3`
	var out []Tag
	err := db.Each(ctx, s.db.Read(), query, []any{pattern, pattern, limit}, func(rows *sql.Rows) error {
		var t Tag
		err := rows.Scan(&t.Name, &t.Datasets, &t.Reuses)
		out = append(out, t)
		return err
	})
	return out, err
}

var (
	suggestion = &schema.Model{
		Name:   "TagSuggestion",
		Fields: []schema.Field{{Name: "text", Type: schema.Text(), Required: true, Doc: "The tag", Example: "transport"}},
	}
	columns = []string{"name", "datasets", "reuses", "total"}
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/api/1/tags/suggest/", ID: "suggest_tags", Tag: "tags", Access: api.Anyone, Summary: "Suggest tags",
			Doc: "Of all that contain the text, the most used ones; the shortest first.", Query: api.SuggestParams(suggestions),
			Result: schema.List(schema.Of(suggestion)), Handle: s.suggest,
		},
		{
			Method: http.MethodGet, Path: "/api/1/site/tags.csv", ID: "get_site_tags_csv", Tag: "site", Access: api.Anyone, Summary: "The tags as a table",
			Doc: "The most used first. Parameters are not looked at.", Produces: csvtable.Produces, Handle: s.csv,
		},
	}
}

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	text, size, err := r.Query.Suggest(suggestions)
	if err != nil {
		return nil, err
	}
	found, err := s.Find(ctx, sought(text), size)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b Tag) int { return cmp.Compare(len(a.Name), len(b.Name)) })
	items := make([]wire.Fragment, len(found))
	for i, t := range found {
		w := wire.NewWriter(64)
		w.Open('{')
		w.Key("text")
		w.String(t.Name)
		w.Close('}')
		items[i] = w.Fragment()
	}
	return api.List(r, items), nil
}

// sought is the text as a tag would have it; tags have at most 96 characters.
func sought(text string) string {
	const longest = 100
	if len(text) > 4*longest {
		text = text[:4*longest] // half a character at the end is no letter
	}
	text = slug.Tag(text)
	return text[:min(len(text), longest)]
}

func (s *Service) csv(ctx context.Context, r *api.Request) (*api.Response, error) {
	all, err := s.Find(ctx, "", math.MaxInt32)
	if err != nil {
		return nil, err
	}
	names, counts := make([]string, len(all)), make(map[string]Tag, len(all))
	for i, t := range all {
		names[i], counts[t.Name] = t.Name, t
	}
	return csvtable.Answer("tags", r.Now, columns, names, func(names []string, row csvtable.Row) error {
		for _, name := range names {
			t := counts[name]
			if err := row(t.Name, t.Datasets, t.Reuses, t.Total()); err != nil {
				return err
			}
		}
		return nil
	}), nil
}
