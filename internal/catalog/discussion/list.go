package discussion

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Filter is which discussions a list holds. Empty fields filter nothing.
type Filter struct {
	Query string
	// About are the ids of what they are about, one of them.
	About []string
	// Class is the class of what they are about.
	Class string
	// Organization is whose objects they are about.
	Organization string
	// Mine is a person: discussions about objects of theirs and of their
	// organizations.
	Mine string
	// Speaker is a person who said something in them.
	Speaker string
	Closed  *bool
	// Title must be in the title, in any case.
	Title string
	// Since is when something was last said in them, at the earliest.
	Since time.Time

	Sort          string
	Descending    bool
	Limit, Offset int
}

var sortKeys, searchSortKeys = []string{"discussion.posted_on", "title", "created", "closed"}, []string{"created", "closed"}

// A missing instant comes first, as in MongoDB; of several messages the first
// one counts upwards and the last one downwards.
func (f Filter) order() string {
	direction := " ASC"
	if f.Descending {
		direction = " DESC"
	}
	column := "d.created_at"
	switch f.Sort {
	case "title":
		column = "d.title"
	case "closed":
		column = "COALESCE(d.closed, 0)"
	case "discussion.posted_on":
		column = "d.first_posted"
		if f.Descending {
			column = "d.last_posted"
		}
	case "":
		direction = " DESC"
	}
	return " ORDER BY " + column + direction + ", d.id" + direction
}

func (s *Service) where(f Filter) *db.Where {
	w := &db.Where{}
	if len(f.About) > 0 {
		ids := make([]any, len(f.About))
		for i, oid := range f.About {
			ids[i] = oid
		}
		w.And("d.object IN (?"+strings.Repeat(", ?", len(ids)-1)+")", ids...)
	}
	if f.Class != "" {
		w.And("d.class = ?", f.Class)
	}
	if f.Organization != "" {
		s.whereSubject(w, "organization = ?", f.Organization)
	}
	if f.Mine != "" {
		s.whereSubject(w, "(owner = ? OR organization IN (SELECT organization FROM organization_member WHERE person = ?))", f.Mine, f.Mine)
	}
	if f.Speaker != "" {
		w.And("d.id IN (SELECT discussion FROM discussion_message WHERE person = ?)", f.Speaker)
	}
	if f.Closed != nil && *f.Closed {
		w.And("d.closed IS NOT NULL")
	} else if f.Closed != nil {
		w.And("d.closed IS NULL")
	}
	if f.Title != "" {
		w.And(`d.title_plain LIKE ? ESCAPE '\'`, "%"+db.Like(fold.Sought(f.Title))+"%")
	}
	if !f.Since.IsZero() {
		w.And("d.last_posted >= ?", f.Since.UnixMicro())
	}
	w.Words("d.search", f.Query)
	return w
}

// whereSubject asks that the subject's row in its noun's table fulfil a
// condition.
func (s *Service) whereSubject(w *db.Where, cond string, args ...any) {
	var either []string
	var all []any
	for _, class := range s.classes() {
		n, err := s.refs.Noun(class)
		if err != nil || n.Table == "" {
			continue
		}
		either = append(either, "(d.class = '"+class+"' AND d.object IN (SELECT id FROM "+n.Table+" WHERE "+cond+"))")
		all = append(all, args...)
	}
	if len(either) == 0 {
		either = []string{"1 = 0"}
	}
	w.And("("+strings.Join(either, " OR ")+")", all...)
}

// maxAbout bounds the objects that a list may be about.
const maxAbout = 100

// Count returns how many discussions there are.
func (s *Service) Count(ctx context.Context, f Filter) (total int, err error) {
	w := s.where(f)
	err = s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM discussion d"+w.String(), w.Args()...).Scan(&total)
	return total, err
}

// List returns the discussions of a list.
func (s *Service) List(ctx context.Context, f Filter) ([]*Discussion, error) {
	w := s.where(f)
	query := "SELECT " + columns + " FROM discussion d" + w.String() + f.order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	var list []*Discussion
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		d, err := scan(rows)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, loadMessages(ctx, s.db.Read(), list)
}

// render writes discussions with what they mention: a constant number of
// statements, however many they are.
func (s *Service) render(ctx context.Context, q db.Querier, list []*Discussion) ([]wire.Fragment, error) {
	var mentions []ref.Ref
	var p parts
	var err error
	for _, d := range list {
		mentions = append(mentions, ref.Ref{Class: ref.User, ID: d.Person}, ref.Ref{Class: ref.Organization, ID: d.Organization},
			ref.Ref{Class: ref.User, ID: d.ClosedBy.Person}, ref.Ref{Class: ref.Organization, ID: d.ClosedBy.Organization})
		for _, m := range d.Messages {
			mentions = append(mentions, ref.Ref{Class: ref.User, ID: m.Person}, ref.Ref{Class: ref.Organization, ID: m.Organization})
		}
	}
	ids := ref.ByClass(mentions)
	if p.users, err = s.refs.Render(ctx, q, ref.User, ref.Card, ids[ref.User]); err != nil {
		return nil, err
	}
	if p.organizations, err = s.refs.Render(ctx, q, ref.Organization, ref.Card, ids[ref.Organization]); err != nil {
		return nil, err
	}
	about := make([]ref.Ref, len(list))
	for i, d := range list {
		about[i] = d.Subject
	}
	if p.subjects, err = s.refs.FindAll(ctx, q, about); err != nil {
		return nil, err
	}
	out := make([]wire.Fragment, len(list))
	for i, d := range list {
		out[i] = d.full(s.links, p)
	}
	return out, nil
}

// page answers with a page of a list.
func (s *Service) page(ctx context.Context, r *api.Request, f Filter, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOf(r, s.links, extra,
		func() (int, error) { return s.Count(ctx, f) },
		func(p api.Page) ([]*Discussion, error) {
			f.Limit, f.Offset = p.Limit(), p.Offset()
			return s.List(ctx, f)
		},
		func(list []*Discussion) ([]wire.Fragment, error) {
			return s.render(ctx, s.db.Read(), list)
		})
}

// array answers with a whole list, at most api.MaxPageSize of it, the newest.
func (s *Service) array(ctx context.Context, r *api.Request, f Filter) (*api.Response, error) {
	f.Limit = api.MaxPageSize
	found, err := s.List(ctx, f)
	if err != nil {
		return nil, err
	}
	items, err := s.render(ctx, s.db.Read(), found)
	if err != nil {
		return nil, err
	}
	return api.List(r, items), nil
}

// filter reads the parameters of the list.
func (s *Service) filter(ctx context.Context, q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if f.Closed, err = closed(q); err != nil {
		return f, err
	}
	for _, v := range q.All("for") {
		oid, ok := id.Parse(v)
		if !ok {
			return f, errs.Query("for", "`for` must be an identifier")
		}
		f.About = append(f.About, oid)
	}
	if len(f.About) > maxAbout {
		return f, errs.Query("for", "at most %d objects may be named", maxAbout)
	}
	if f.Speaker, err = q.ObjectID("user"); err != nil {
		return f, err
	}
	if org, ok := q.Get("org"); ok {
		oid, _ := id.Parse(org)
		found, err := s.refs.Find(ctx, s.db.Read(), ref.Organization, []string{oid})
		if err != nil {
			return f, err
		}
		if len(found) == 0 {
			return f, errs.NotFound()
		}
		f.Organization = oid
	}
	f.Query, _ = q.Get("q")
	return f, nil
}

func closed(q api.Query) (*bool, error) {
	v, given, err := q.Bool("closed")
	if err != nil || !given {
		return nil, err
	}
	return &v, nil
}

var lastUpdateRanges = []string{"last_30_days", "last_12_months", "last_3_years"}

// searchFilter reads the parameters of the search.
func searchFilter(q api.Query, now time.Time) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	if f.Closed, err = closed(q); err != nil {
		return f, err
	}
	within, err := q.Choice("last_update_range", "", lastUpdateRanges...)
	if err != nil {
		return f, err
	}
	switch within {
	case "last_30_days":
		f.Since = now.AddDate(0, 0, -30)
	case "last_12_months":
		f.Since = now.AddDate(-1, 0, 0)
	case "last_3_years":
		f.Since = now.AddDate(-3, 0, 0)
	}
	f.Query, _ = q.Get("q")
	return f, nil
}
