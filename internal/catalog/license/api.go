package license

import (
	"context"
	"database/sql"
	"net/http"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Class is the noun's class.
const Class = "License"

var model = &schema.Model{
	Name: "License",
	Doc:  "What may be done with the data.",
	Fields: []schema.Field{
		{Name: "alternate_titles", Type: schema.List(schema.Text()), Doc: "Other names"},
		{Name: "alternate_urls", Type: schema.List(schema.Text()), Doc: "Other addresses of its text"},
		{Name: "flags", Type: schema.List(schema.Text()), Doc: "What it is made for"},
		{Name: "id", Type: schema.Text(), Required: true, Example: "lov2"},
		{Name: "maintainer", Type: schema.Text(), Doc: "Who wrote it"},
		{Name: "title", Type: schema.Text(), Required: true},
		{Name: "url", Type: schema.Text(), Doc: "Its text"},
	},
}

// Noun is what other nouns may ask of licences. They have no slug, no page and
// no counters, and belong to nobody.
func (s *Service) Noun() ref.Noun {
	return ref.Noun{
		Class: Class,
		Card:  model,
		Render: func(ctx context.Context, q db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
			found, err := byIDs(ctx, q, ids)
			out := make(map[string]wire.Fragment, len(found))
			for id, l := range found {
				out[id] = l.write()
			}
			return out, err
		},
		Find: func(ctx context.Context, q db.Querier, ids []string) (map[string]ref.Object, error) {
			found, err := byIDs(ctx, q, ids)
			out := make(map[string]ref.Object, len(found))
			for id, l := range found {
				out[id] = l.object()
			}
			return out, err
		},
		Resolve: func(ctx context.Context, q db.Querier, key string) (ref.Object, error) {
			found, err := byIDs(ctx, q, []string{key})
			if err != nil {
				return ref.Object{}, err
			}
			if found[key] == nil {
				return ref.Object{}, errs.NotFound()
			}
			return found[key].object(), nil
		},
		SetMetrics: func(context.Context, *sql.Tx, string, map[string]any) error { return nil },
		Describe:   s.describe,
	}
}

func (l *License) object() ref.Object {
	return ref.Object{Ref: ref.Ref{Class: Class, ID: l.ID}, Title: l.Title}
}

func (l *License) write() wire.Fragment {
	w := wire.NewWriter(512)
	texts := func(list []string) {
		w.Strings(list)
	}
	w.Open('{')
	w.Key("alternate_titles")
	texts(l.Doc.AlternateTitles)
	w.Key("alternate_urls")
	texts(l.Doc.AlternateURLs)
	w.Key("flags")
	texts(l.Doc.Flags)
	w.Key("id")
	w.String(l.ID)
	w.Key("maintainer")
	w.StringOrNull(l.Doc.Maintainer)
	w.Key("title")
	w.String(l.Title)
	w.Key("url")
	w.StringOrNull(l.Doc.URL)
	w.Close('}')
	return w.Fragment()
}

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	return []api.Route{{
		Method: http.MethodGet, Path: "/api/1/datasets/licenses/", ID: "list_licenses", Tag: "datasets", Access: api.Anyone,
		Summary: "List the licences that datasets may have", Result: schema.List(schema.Of(model)), Handle: s.list,
	}}
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	all, err := s.All(ctx)
	if err != nil {
		return nil, err
	}
	items := []wire.Fragment{}
	for i := range all {
		if !all[i].Doc.Inactive {
			items = append(items, all[i].write())
		}
	}
	return api.List(r, items), nil
}
