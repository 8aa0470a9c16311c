package post

import (
	"context"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/bloc"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Filter is which posts a list holds. Empty fields filter nothing.
type Filter struct {
	Query string
	Kind  string
	// Tags must all be there.
	Tags []string
	// ModifiedSince is when a post was changed last, at the earliest.
	ModifiedSince time.Time
	// Drafts are in the list too.
	Drafts bool

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// sortColumns are the keys of `sort`. A draft was published before
// everything.
var sortColumns = map[string]string{
	"created_at":    "p.created_at",
	"modified":      "p.last_modified",
	"created":       "p.created_at",
	"last_modified": "p.last_modified",
	"name":          "p.name",
	"headline":      "coalesce(p.headline, '')",
	"published":     "coalesce(p.published, 0)",
}

// sortKeys in udata's order; search knows fewer.
var (
	sortKeys       = []string{"created_at", "modified", "created", "last_modified", "name", "headline", "published"}
	searchSortKeys = []string{"created", "last_modified", "published"}
)

func (f Filter) where() *db.Where {
	w := &db.Where{}
	if !f.Drafts {
		w.And("p.published IS NOT NULL")
	}
	if f.Kind != "" {
		w.And("p.kind = ?", f.Kind)
	}
	for _, t := range f.Tags {
		w.And("p.id IN (SELECT post FROM post_tag WHERE tag = ?)", t)
	}
	if !f.ModifiedSince.IsZero() {
		w.And("p.last_modified >= ?", f.ModifiedSince.UnixMicro())
	}
	w.Words("p.search", f.Query)
	return w
}

// order is that of `sort`. Without it, those that have what is looked for in
// their name come first, and the newest come first among them.
func (f Filter) order(w *db.Where, otherwise string) string {
	if column := sortColumns[f.Sort]; column != "" {
		direction := map[bool]string{true: " DESC", false: " ASC"}[f.Descending]
		return " ORDER BY " + column + direction + ", p.id" + direction
	}
	order := " ORDER BY "
	if words, _ := fold.Words(f.Query); len(words) > 0 {
		var named []string
		for _, word := range words {
			named = append(named, "p.name_plain LIKE "+w.Arg("%"+db.Like(word)+"%")+` ESCAPE '\'`)
		}
		order += "CASE WHEN " + strings.Join(named, " AND ") + " THEN 0 ELSE 1 END, "
	}
	return order + sortColumns[otherwise] + " DESC, p.id DESC"
}

// Count returns how many posts there are.
func (s *Service) Count(ctx context.Context, f Filter) (int, error) {
	w := f.where()
	var total int
	err := s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM post p"+w.String(), w.Args()...).Scan(&total)
	return total, err
}

// List returns the posts of a list; otherwise is what it is sorted by when
// the filter says nothing.
func (s *Service) List(ctx context.Context, f Filter, otherwise string) ([]*Post, error) {
	w := f.where()
	conditions := w.String()
	query := "SELECT " + columns + " FROM post p" + conditions + f.order(w, otherwise)
	query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	return load(ctx, s.db.Read(), query, w.Args()...)
}

// render writes posts as the actor may see them, with what they mention: a
// constant number of statements, however many they are.
func (s *Service) render(ctx context.Context, a *auth.Actor, list []*Post, blocs bool) ([]wire.Fragment, error) {
	return s.renderFrom(ctx, s.db.Read(), a, list, blocs)
}

// renderFrom is render through a door of the caller's.
func (s *Service) renderFrom(ctx context.Context, q db.Querier, a *auth.Actor, list []*Post, blocs bool) ([]wire.Fragment, error) {
	var named []ref.Ref
	var users []string
	var composed [][]bloc.Bloc
	for _, p := range list {
		if p.Owner != "" && !slices.Contains(users, p.Owner) {
			users = append(users, p.Owner)
		}
		for _, oid := range p.Doc.Datasets {
			named = append(named, ref.Ref{Class: ref.Dataset, ID: oid})
		}
		for _, oid := range p.Doc.Reuses {
			named = append(named, ref.Ref{Class: ref.Reuse, ID: oid})
		}
		if blocs {
			composed = append(composed, p.Doc.Blocs)
		}
	}
	found, err := s.refs.FindAll(ctx, q, named)
	if err != nil {
		return nil, err
	}
	seen := map[string][]string{}
	for key, o := range found {
		if (!o.Private && !o.Deleted) || a.CanReadHidden(o.Owned) {
			seen[key.Class] = append(seen[key.Class], key.ID)
		}
	}
	var x parts
	for _, part := range []struct {
		class string
		form  ref.Form
		ids   []string
		into  *map[string]wire.Fragment
	}{
		{ref.User, ref.Card, users, &x.users},
		{ref.Dataset, ref.Full, seen[ref.Dataset], &x.datasets},
		{ref.Reuse, ref.Card, seen[ref.Reuse], &x.reuses},
	} {
		if *part.into, err = s.refs.Render(ctx, q, part.class, part.form, part.ids); err != nil {
			return nil, err
		}
	}
	if x.shown, err = (bloc.Reader{Refs: s.refs, Query: q, Actor: a}).Show(ctx, composed...); err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, p := range list {
		out[i] = p.full(s.links, x, blocs)
	}
	return out, nil
}

// lastUpdateRanges are the choices of udata's search.
var lastUpdateRanges = []string{"last_30_days", "last_12_months", "last_3_years"}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, otherwise string, blocs bool, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOf(r, s.links, extra,
		func() (int, error) { return s.Count(ctx, f) },
		func(p api.Page) ([]*Post, error) {
			f.Limit, f.Offset = p.Limit(), p.Offset()
			return s.List(ctx, f, otherwise)
		},
		func(list []*Post) ([]wire.Fragment, error) {
			return s.render(ctx, r.Actor, list, blocs)
		})
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	var f Filter
	var err error
	if f.Kind, err = r.Query.Choice("kind", "", Kinds...); err != nil {
		return nil, err
	}
	if f.Sort, f.Descending, err = r.Query.Sort(sortKeys...); err != nil {
		return nil, err
	}
	drafts, _, err := r.Query.Bool("with_drafts")
	if err != nil {
		return nil, err
	}
	f.Drafts = drafts && r.Actor.IsSysadmin()
	f.Query, _ = r.Query.Get("q")
	return s.page(ctx, r, f, "published", r.Asks("data", "blocs"), nil)
}

// search finds what is published, for sysadmins too.
func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	var f Filter
	var err error
	if f.Sort, f.Descending, err = r.Query.Sort(searchSortKeys...); err != nil {
		return nil, err
	}
	within, err := r.Query.Choice("last_update_range", "", lastUpdateRanges...)
	if err != nil {
		return nil, err
	}
	switch within {
	case "last_30_days":
		f.ModifiedSince = r.Now.AddDate(0, 0, -30)
	case "last_12_months":
		f.ModifiedSince = r.Now.AddDate(-1, 0, 0)
	case "last_3_years":
		f.ModifiedSince = r.Now.AddDate(-3, 0, 0)
	}
	f.Query, _ = r.Query.Get("q")
	f.Tags = r.Query.All("tag")
	return s.page(ctx, r, f, "created", true, func(w *wire.Writer) {
		w.Key("facets")
		w.Raw([]byte("{}"))
	})
}
