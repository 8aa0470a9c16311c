package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/legal"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

func (s *Service) subject(ctx context.Context, r *api.Request) error {
	d, err := s.resolve(ctx, s.db.Read(), r.PathValue("dataset"))
	if err != nil {
		return api.Redirect(r, "dataset", err)
	}
	r.Subject = d
	return nil
}

// seen is subject for who only reads: what everybody may see is not loaded when
// it is kept.
func (s *Service) seen(ctx context.Context, r *api.Request) error {
	shown, known, err := s.refs.Keep.Forms.Seen(ctx, ref.Dataset, r.PathValue("dataset"), func() (string, error) {
		if err := s.subject(ctx, r); err != nil {
			return "", err
		}
		d := r.Subject.(*Dataset)
		if d.Private || !d.Deleted.IsZero() {
			return "", nil
		}
		return d.ID, nil
	})
	if known {
		r.Subject = shown
	}
	return err
}

func (s *Service) organizationSubject(ctx context.Context, r *api.Request) error {
	found, err := s.refs.Resolve(ctx, s.db.Read(), ref.Organization, r.PathValue("org"))
	if err != nil {
		return api.Redirect(r, "org", err)
	}
	r.Subject = found
	return nil
}

// A writer writes loaded datasets in one of their forms.
type writer func(ctx context.Context, q db.Querier, found map[string]*Dataset) (map[string]wire.Fragment, error)

// answer writes one dataset.
func (s *Service) answer(ctx context.Context, r *api.Request, d *Dataset, write writer) (*api.Response, error) {
	f, err := s.render(ctx, []*Dataset{d}, write)
	if err != nil {
		return nil, err
	}
	return api.JSON(r, f[0]), nil
}

// pageIDs are the datasets of a page, and how many the whole list has.
func (s *Service) pageIDs(ctx context.Context, f Filter, scope Scope, a *auth.Actor, limit, offset int) ([]string, int, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f, scope, a, f.where(scope, a))
		return search.Page(ids, offset, limit), len(ids), err
	}
	return s.refs.Keep.Lists.Page(ctx, s.db, f.listed(scope, a), limit, offset)
}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, scope Scope, form form, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOfKept(r, s.links, extra,
		func(p api.Page) ([]string, int, error) {
			return s.pageIDs(ctx, f, scope, r.Actor, p.Limit(), p.Offset())
		},
		func(ids []string) ([]wire.Fragment, error) { return s.forms(ctx, form, ids) })
}

func (s *Service) list(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Listed, s.wholeForm(), nil)
}

func (s *Service) create(ctx context.Context, r *api.Request) (*api.Response, error) {
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	d, err := s.Publish(ctx, r.Actor, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, d, s.whole)
}

// visibleTo returns what the caller is told who may not see the dataset.
func visibleTo(r *api.Request, d *Dataset) error {
	return hide(d.Private, !d.Deleted.IsZero(), d.Owned(), r.Actor)
}

func (s *Service) get(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.show(ctx, r, s.wholeForm())
}

// show answers with the dataset that the request is about.
func (s *Service) show(ctx context.Context, r *api.Request, form form) (*api.Response, error) {
	oid, ok := r.Subject.(keep.Shown)
	if !ok {
		d := r.Subject.(*Dataset)
		if err := visibleTo(r, d); err != nil {
			return nil, err
		}
		oid = keep.Shown(d.ID)
	}
	found, err := s.forms(ctx, form, []string{string(oid)})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errs.NotFound() // it went away meanwhile
	}
	return api.JSON(r, found[0]), nil
}

func (s *Service) update(ctx context.Context, r *api.Request) (*api.Response, error) {
	d := r.Subject.(*Dataset)
	if d.Deleted.IsZero() && !r.Actor.CanEdit(d.Owned()) {
		return nil, errs.Forbidden() // before the body is looked at
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	updated, err := s.Update(ctx, r.Actor, d.ID, o, r.Lang.T)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, r, updated, s.whole)
}

func (s *Service) delete(ctx context.Context, r *api.Request) (*api.Response, error) {
	notice, err := legal.Asked(r)
	if err != nil {
		return nil, err
	}
	if err := s.Delete(ctx, r.Actor, r.Subject.(*Dataset).ID, notice); err != nil {
		return nil, err
	}
	return api.NoContent(), nil
}

func (s *Service) feature(featured bool) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		d, err := s.Feature(ctx, r.Actor, r.Subject.(*Dataset).ID, featured)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, d, s.whole)
	}
}

// labels answers with a list of choices, in the caller's language.
func labels(list []Label, key string) func(context.Context, *api.Request) (*api.Response, error) {
	return func(_ context.Context, r *api.Request) (*api.Response, error) {
		w := wire.NewWriter(1024)
		w.Open('[')
		for _, l := range list {
			w.Open('{')
			w.Key(key)
			w.String(l.ID)
			w.Key("label")
			w.String(r.Lang.T(l.Label))
			w.Close('}')
		}
		w.Close(']')
		return api.JSON(r, w.Fragment()), nil
	}
}

func frequencyLabels() []Label {
	out := make([]Label, len(Frequencies))
	for i, f := range Frequencies {
		out[i] = Label{f.ID, f.Label}
	}
	return out
}

func listExtensions(_ context.Context, r *api.Request) (*api.Response, error) {
	w := wire.NewWriter(1024)
	w.Strings(Extensions)
	return api.JSON(r, w.Fragment()), nil
}

func noSchemas(_ context.Context, r *api.Request) (*api.Response, error) {
	return api.List(r, nil), nil
}

// suggestion reads the parameters of a completion.
func suggestion(q api.Query) (text string, size int, err error) {
	text, ok := q.Get("q")
	if !ok {
		return "", 0, errs.Query("q", "The string to autocomplete/suggest Missing required parameter in the query string")
	}
	size = 10
	if v, ok := q.Get("size"); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return "", 0, errs.Query("size", "The amount of suggestion to fetch (optional) invalid literal for int() with base 10: '%s'", clip(v))
		}
		// As the database of udata reads it: 0 is no limit, the sign is none.
		size = max(n, -n)
		if size <= 0 || size > maxSuggestions {
			size = maxSuggestions
		}
	}
	return text, size, nil
}

// maxSuggestions is how many suggestions are answered at most.
const maxSuggestions = 1000

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, size, err := suggestion(r.Query)
	if err != nil {
		return nil, err
	}
	ids, err := s.index.Suggest(ctx, ref.Dataset, q, size, []string{search.Seen})
	if err != nil {
		return nil, err
	}
	found, err := s.inOrder(ctx, ids, (*Dataset).Visible)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(found))
	pictures, err := s.pictures(ctx, found)
	if err != nil {
		return nil, err
	}
	for i, d := range found {
		items[i] = d.suggestion(s.links, pictures[orElse(d.Organization, d.Owner)])
	}
	return api.List(r, items), nil
}

// pictures are the addresses of the publishers' pictures, as their cards say
// them, by the publishers' ids.
func (s *Service) pictures(ctx context.Context, list []*Dataset) (map[string]string, error) {
	users, organizations := set{}, set{}
	for _, d := range list {
		users.add(d.Owner)
		organizations.add(d.Organization)
	}
	out := map[string]string{}
	for class, ids := range map[string]set{ref.User: users, ref.Organization: organizations} {
		cards, err := s.refs.Render(ctx, s.db.Read(), class, ref.Card, ids.list())
		if err != nil {
			return nil, err
		}
		for oid, card := range cards {
			var of struct {
				Avatar string `json:"avatar_thumbnail"`
				Logo   string `json:"logo_thumbnail"`
			}
			if err := json.Unmarshal(card.Text, &of); err != nil {
				return nil, err
			}
			out[oid] = orElse(of.Logo, of.Avatar)
		}
	}
	return out, nil
}

// suggestTexts completes what stands in a column of the resources of datasets
// that everybody may see, the most used first.
func (s *Service) suggestTexts(column string) func(context.Context, *api.Request) (*api.Response, error) {
	return func(ctx context.Context, r *api.Request) (*api.Response, error) {
		q, size, err := suggestion(r.Query)
		if err != nil {
			return nil, err
		}
		w := wire.NewWriter(256)
		w.Open('[')
		err = db.Each(ctx, s.db.Read(), "SELECT x."+column+", count(*) FROM dataset_resource x JOIN dataset d ON d.id = x.dataset WHERE "+visible+
			" AND lower(x."+column+`) LIKE $1 ESCAPE '\' GROUP BY x.`+column+" ORDER BY 2 DESC, 1 LIMIT $2",
			[]any{"%" + db.Like(fold.Sought(q)) + "%", size}, func(rows *sql.Rows) error {
				var text string
				var n int
				if err := rows.Scan(&text, &n); err != nil {
					return err
				}
				w.Open('{')
				w.Key("text")
				w.String(text)
				w.Close('}')
				return nil
			})
		w.Close(']')
		return api.JSON(r, w.Fragment()), err
	}
}

// ofOrganization lists an organization's datasets, the oldest first when no
// order is asked for, as udata does.
func (s *Service) ofOrganization(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.filter(ctx, r)
	if err != nil {
		return nil, err
	}
	org := r.Subject.(ref.Object)
	f.Organization = org.Ref.ID
	if f.Sort == "" {
		f.Sort = "created"
	}
	scope := NotHidden
	if r.Actor.IsSysadmin() || r.Actor.MemberOf(org.Ref.ID) {
		scope = Everything
	}
	r.URL.Path = "/api/1/organizations/" + org.Slug + "/datasets/" // what the links of the pages name, as in udata
	r.URL.RawPath = ""
	return s.page(ctx, r, f, scope, s.wholeForm(), nil)
}

func (s *Service) mine(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.array(ctx, r, Filter{Owner: r.Actor.ID})
}

func (s *Service) mineAndOrganizations(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, _ := r.Query.Get("q")
	return s.array(ctx, r, Filter{MyOrganizations: r.Actor.ID, Title: q})
}

// array answers with a whole list of what is the caller's, as these old
// operations do. It holds at most api.MaxPageSize datasets, the newest.
func (s *Service) array(ctx context.Context, r *api.Request, f Filter) (*api.Response, error) {
	f.Limit = api.MaxPageSize
	found, err := s.List(ctx, f, Everything, r.Actor)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, found, s.whole)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}
