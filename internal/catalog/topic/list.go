package topic

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Filter is which topics a list holds. Empty fields filter nothing.
type Filter struct {
	Query        string
	Owner        string
	Organization string
	Zone         string
	Granularity  string
	// Tags must all be there.
	Tags     []string
	Featured *bool
	Private  *bool
	// Holding are objects; a topic must name each of them.
	Holding []ref.Ref
	// Since is the earliest time of the last change.
	Since time.Time
	// Producer is a kind of publisher, see producers.
	Producer string
	// Mine asks for the topics of this person and of their organizations.
	Mine string

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// visible is what everybody finds. Signed-in people also find, in lists as in
// the search, what is theirs or their organizations'; a sysadmin finds all
// (udata: visible_by_user, core/topic/search.py and apiv2.py).
const visible = "(t.private IS NULL OR NOT t.private)"

// sortColumns are the keys of `sort`.
var sortColumns = map[string]string{"name": "t.name", "created": "t.created_at", "last_modified": "t.last_modified"}

// sortKeys in udata's order.
var sortKeys = []string{"name", "created", "last_modified"}

// producers are the conditions of `producer_type`.
var producers = map[string]string{
	"not-specified":   "t.organization IS NULL AND t.owner IS NULL",
	"user":            "t.organization IS NULL AND t.owner IS NOT NULL",
	"company":         hasBadge + "'company')",
	"public-service":  hasBadge + "'public-service')",
	"association":     hasBadge + "'association')",
	"local-authority": hasBadge + "'local-authority')",
}

const hasBadge = "t.organization IN (SELECT organization FROM organization_badge WHERE kind = "

var producerTypes = []string{"not-specified", "user", "company", "public-service", "association", "local-authority"}

// lastUpdateRanges are how far back `last_update_range` goes, in days.
var lastUpdateRanges = map[string]int{"last_30_days": 30, "last_12_months": 365, "last_3_years": 3 * 365}

var lastUpdateChoices = []string{"last_30_days", "last_12_months", "last_3_years"}

func (f Filter) where(a *auth.Actor) *db.Where {
	w := &db.Where{}
	switch {
	case a.Anonymous():
		w.And(visible)
	case a.IsSysadmin():
	default:
		w.And("("+visible+" OR t.owner = ? OR t.organization IN (SELECT organization FROM organization_member WHERE person = ?))", a.ID, a.ID)
	}
	for _, c := range []struct{ cond, value string }{
		{"t.owner = ?", f.Owner},
		{"t.organization = ?", f.Organization},
		{"t.granularity = ?", f.Granularity},
		{"t.id IN (SELECT topic FROM topic_zone WHERE zone = ?)", f.Zone},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	for _, t := range f.Tags {
		w.And("t.id IN (SELECT topic FROM topic_tag WHERE tag = ?)", t)
	}
	for _, o := range f.Holding {
		w.And("t.id IN (SELECT topic FROM topic_element WHERE object = ? AND class = ?)", o.ID, o.Class)
	}
	if f.Featured != nil {
		w.And("t.featured = ?", *f.Featured)
	}
	if f.Private != nil {
		w.And("coalesce(t.private, FALSE) = ?", *f.Private)
	}
	if !f.Since.IsZero() {
		w.And("t.last_modified >= ?", f.Since.UnixMicro())
	}
	if f.Producer != "" {
		w.And("(" + producers[f.Producer] + ")")
	}
	if f.Mine != "" {
		w.And("(t.owner = ? OR t.organization IN (SELECT organization FROM organization_member WHERE person = ?))", f.Mine, f.Mine)
	}
	f.whereQuery(w)
	return w
}

// whereQuery asks, as udata does, for all words of the query, whole and without
// accents, in the topic or in one of its elements.
func (f Filter) whereQuery(w *db.Where) {
	if f.Query == "" {
		return
	}
	conds, args := []string{}, []any{}
	for _, column := range []string{"t.search", "e.search"} {
		cond := ""
		list := whole(f.Query)
		for i, word := range list {
			if i > 0 {
				cond += " AND "
			}
			cond += column + ` LIKE ? ESCAPE '\'`
			args = append(args, "% "+db.Like(word)+" %")
		}
		if len(list) == 0 {
			cond = "1 = 0" // as in udata: blanks find nothing
		}
		conds = append(conds, cond)
	}
	w.And("("+conds[0]+" OR EXISTS (SELECT 1 FROM topic_element e WHERE e.topic = t.id AND "+conds[1]+"))", args...)
}

// whole is a query's words as the columns `search` hold them.
func whole(query string) []string {
	list := strings.Fields(words(fold.Sought(query)))
	return list[:min(len(list), fold.MaxWords)]
}

// order is that of `sort`; without it the newest come first.
func (f Filter) order() string {
	column, direction := sortColumns[f.Sort], " ASC"
	if column == "" {
		column, f.Descending = "t.created_at", true
	}
	if f.Descending {
		direction = " DESC"
	}
	return " ORDER BY " + column + direction + ", t.id" + direction
}

var prefixed = "t." + strings.Join(strings.Fields(strings.ReplaceAll(columns, ",", " ")), ", t.")

// Count returns how many topics there are.
func (s *Service) Count(ctx context.Context, f Filter, a *auth.Actor) (total int, err error) {
	w := f.where(a)
	err = s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM topic t"+w.String(), w.Args()...).Scan(&total)
	return total, err
}

// List returns the topics of a list.
func (s *Service) List(ctx context.Context, f Filter, a *auth.Actor) ([]*Topic, error) {
	w := f.where(a)
	query := "SELECT " + prefixed + " FROM topic t" + w.String() + f.order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	var list []*Topic
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		t, err := scan(rows)
		list = append(list, t)
		return err
	})
	return list, err
}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOf(r, s.links, extra,
		func() (int, error) { return s.Count(ctx, f, r.Actor) },
		func(p api.Page) ([]*Topic, error) {
			f.Limit, f.Offset = p.Limit(), p.Offset()
			return s.List(ctx, f, r.Actor)
		},
		s.rendered(ctx))
}

// rendered writes out what a page of a list holds.
func (s *Service) rendered(ctx context.Context) func(list []*Topic) ([]wire.Fragment, error) {
	return func(list []*Topic) ([]wire.Fragment, error) {
		return ref.RenderInOrder(list, func(x *Topic) string { return x.ID }, func(byID map[string]*Topic) (map[string]wire.Fragment, error) {
			return s.whole(ctx, s.db.Read(), byID)
		})
	}
}

// filter reads the parameters of the list.
func filter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	for name, into := range map[string]**bool{"private": &f.Private, "featured": &f.Featured} {
		v, given, err := q.Bool(name)
		if err != nil {
			return f, err
		}
		if given {
			*into = &v
		}
	}
	for name, into := range map[string]*string{"owner": &f.Owner, "organization": &f.Organization} {
		if *into, err = q.ObjectID(name); err != nil {
			return f, err
		}
	}
	for _, p := range []struct{ name, class string }{{"dataset", ref.Dataset}, {"reuse", ref.Reuse}, {"dataservice", ref.Dataservice}} {
		oid, err := q.ObjectID(p.name)
		if err != nil {
			return f, err
		}
		if oid != "" {
			f.Holding = append(f.Holding, ref.Ref{Class: p.class, ID: oid})
		}
	}
	f.Zone, _ = q.Get("geozone")
	f.Granularity, _ = q.Get("granularity")
	f.Query, _ = q.Get("q")
	f.Tags = q.All("tag")
	return f, nil
}

// searchFilter reads the parameters of the search.
func searchFilter(q api.Query, now time.Time) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if f.Producer, err = q.Choice("producer_type", "", producerTypes...); err != nil {
		return f, err
	}
	since, err := q.Choice("last_update_range", "", lastUpdateChoices...)
	if err != nil {
		return f, err
	}
	if since != "" {
		f.Since = now.AddDate(0, 0, -lastUpdateRanges[since])
	}
	featured, given, err := q.Bool("featured")
	if err != nil {
		return f, err
	}
	if given {
		f.Featured = &featured
	}
	for _, p := range []struct {
		name, title string
		into        *string
	}{{"owner", "Owner", &f.Owner}, {"organization", "Organization", &f.Organization}} {
		if v, ok := q.Get(p.name); ok && v != "" {
			if *p.into, ok = id.Parse(v); !ok {
				return f, errs.Field(p.name, "%s arg must be an identifier", p.title)
			}
		}
	}
	f.Query, _ = q.Get("q")
	f.Tags = q.All("tag")
	return f, nil
}

// listElements returns a page of a topic's elements, in the order in which they
// were added, and how many fit in all.
func (s *Service) listElements(ctx context.Context, q api.Query, topic string, page api.Page) ([]wire.Fragment, int, error) {
	w := &db.Where{}
	w.And("e.topic = ?", topic)
	switch class, _ := q.Get("class"); class {
	case "":
	case "None":
		w.And("e.object IS NULL")
	default:
		w.And("e.class = ?", class)
	}
	for _, tag := range q.All("tag") {
		w.And("e.id IN (SELECT element FROM topic_element_tag WHERE tag = ?)", tag)
	}
	if text, _ := q.Get("q"); text != "" {
		list := whole(text)
		if len(list) == 0 {
			w.And("1 = 0")
		}
		for _, word := range list {
			w.And(`e.search LIKE ? ESCAPE '\'`, "% "+db.Like(word)+" %")
		}
	}
	var total int
	if err := s.db.Read().QueryRowContext(ctx, "SELECT count(*) FROM topic_element e"+w.String(), w.Args()...).Scan(&total); err != nil {
		return nil, 0, err
	}
	var items []wire.Fragment
	query := "SELECT e.id, e.topic, e.class, e.object, e.doc FROM topic_element e" + w.String() + " ORDER BY e.id LIMIT " + w.Arg(page.Limit()) + " OFFSET " + w.Arg(page.Offset())
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		e, err := scanElement(rows)
		if err == nil {
			items = append(items, e.fragment())
		}
		return err
	})
	return items, total, err
}
