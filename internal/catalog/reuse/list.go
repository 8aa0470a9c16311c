package reuse

import (
	"context"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/fold"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// Filter is which reuses a list holds. Empty fields filter nothing.
type Filter struct {
	// Query is what somebody typed, "" for nothing.
	Query             string
	Owner             string
	Organization      string
	OrganizationBadge string
	Type              string
	Topic             string
	Dataset           string
	Dataservice       string
	// Tags must all be there.
	Tags     []string
	Private  *bool
	Featured *bool
	// MyOrganizations asks for the reuses of this person and of their
	// organizations.
	MyOrganizations string
	// Title must be in the title, in any case.
	Title string
	// CreatedBefore, with CertifiedBefore for certified organizations, is how
	// old a reuse must be.
	CreatedBefore, CertifiedBefore time.Time

	// The search alone knows these.
	Badge, ProducerType, UpdateRange string
	Archived                         *bool

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// Scope is which reuses a caller may find in a list.
type Scope int

const (
	// Listed: public ones, and all of the caller's own; a sysadmin finds all.
	Listed Scope = iota
	// Seen: those that count, for everybody – public ones with a dataset.
	Seen
	// Suggested: public ones that still work.
	Suggested
	// Everything, for those who may see it.
	Everything
	// NotPrivate: what anyone may know of an organization's reuses, deleted
	// ones included.
	NotPrivate
)

// sortColumns are the keys of `sort`.
var sortColumns = map[string]string{
	"title":         "r.title",
	"created":       "r.created_at",
	"last_modified": "r.last_modified",
	"datasets":      "r.metric_datasets",
	"followers":     "r.metric_followers",
	"views":         "r.metric_views",
}

// sortKeys in udata's order; search knows fewer.
var (
	sortKeys       = []string{"title", "created", "last_modified", "datasets", "followers", "views"}
	searchSortKeys = []string{"created", "datasets", "followers", "views"}
)

func (f Filter) where(scope Scope, a *auth.Actor) *db.Where {
	w := &db.Where{}
	switch {
	case scope == Seen:
		w.And(visible)
	case scope == Suggested:
		w.And("NOT r.private AND r.deleted IS NULL AND r.archived IS NULL")
	case scope == NotPrivate:
		w.And("NOT r.private")
	case scope == Everything || a.IsSysadmin():
	case a.Anonymous():
		w.And("NOT r.private AND r.deleted IS NULL")
	default:
		w.And(`((NOT r.private AND r.deleted IS NULL) OR r.owner = ?
			OR r.organization IN (SELECT organization FROM organization_member WHERE person = ?))`, a.ID, a.ID)
	}
	equal := func(column, value string) {
		if value != "" {
			w.And(column+" = ?", value)
		}
	}
	equal("r.owner", f.Owner)
	equal("r.organization", f.Organization)
	equal("r.type", f.Type)
	equal("r.topic", f.Topic)
	if f.OrganizationBadge != "" {
		w.And("r.organization IN (SELECT organization FROM organization_badge WHERE kind = ?)", f.OrganizationBadge)
	}
	if f.Dataset != "" {
		w.And("r.id IN (SELECT reuse FROM reuse_dataset WHERE dataset = ?)", f.Dataset)
	}
	if f.Dataservice != "" {
		w.And("r.id IN (SELECT reuse FROM reuse_dataservice WHERE dataservice = ?)", f.Dataservice)
	}
	for _, t := range f.Tags {
		w.And("r.id IN (SELECT reuse FROM reuse_tag WHERE tag = ?)", t)
	}
	if f.Private != nil {
		w.And("r.private = ?", *f.Private)
	}
	if f.Featured != nil {
		w.And("r.featured = ?", *f.Featured)
	}
	if f.MyOrganizations != "" {
		w.And("(r.owner = ? OR r.organization IN (SELECT organization FROM organization_member WHERE person = ?))",
			f.MyOrganizations, f.MyOrganizations)
	}
	if f.Title != "" {
		w.And(`r.title_plain LIKE ? ESCAPE '\'`, "%"+db.Like(fold.Sought(f.Title))+"%")
	}
	if !f.CreatedBefore.IsZero() {
		w.And(`(r.created_at <= ? OR (r.created_at <= ? AND r.organization IN
			(SELECT organization FROM organization_badge WHERE kind = 'certified')))`,
			f.CreatedBefore.UnixMicro(), f.CertifiedBefore.UnixMicro())
	}
	return w
}

// List returns the reuses of a list.
func (s *Service) List(ctx context.Context, f Filter, scope Scope, a *auth.Actor) ([]*Reuse, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f, scope, a)
		if err != nil {
			return nil, err
		}
		return s.inOrder(ctx, search.Page(ids, f.Offset, f.Limit), func(*Reuse) bool { return true })
	}
	w := f.where(scope, a)
	query := "SELECT " + prefixed + " FROM reuse r" + w.String() + f.sorted().Order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	return load(ctx, s.db.Read(), query, w.Args()...)
}

// prefixed are the columns, of the table reuse as r.
var prefixed = "r." + strings.Join(strings.Fields(strings.ReplaceAll(columns, ",", " ")), ", r.")

// sorted is the order that a filter asks for: without `sort`, the newest come
// first.
func (f Filter) sorted() keep.List {
	l := keep.List{Class: ref.Reuse, Table: "reuse r", Key: sortColumns[f.Sort], Descending: f.Descending}
	l.Descending = l.Descending || l.Key == ""
	l.Text = f.Sort == "title"
	return l
}

// listed is the list that a filter asks for.
func (f Filter) listed(scope Scope, a *auth.Actor) keep.List {
	l := f.sorted()
	l.Where = f.where(scope, a)
	if f.OrganizationBadge != "" {
		l.Classes = []string{ref.Organization}
	}
	l.Personal = !a.Anonymous() && scope == Listed
	return l
}

// Names of the wire forms that are kept.
const (
	fullForm  = "reuse full "
	lightForm = "reuse light "
)

// forms are the wire forms of reuses, from what is kept, or what a mask of that
// name leaves of them.
func (s *Service) forms(ctx context.Context, ids []string, whole bool, mask keep.Mask, name string) ([]wire.Fragment, error) {
	form := lightForm
	if whole {
		form = fullForm
	}
	return s.refs.Keep.Forms.Masked(ctx, ref.Reuse, form, ids, mask, name, func(ctx context.Context, ids []string) (map[string]wire.Fragment, error) {
		list, err := byIDs(ctx, s.db.Read(), ids)
		if err != nil {
			return nil, err
		}
		items, err := s.render(ctx, list, whole)
		found := make(map[string]wire.Fragment, len(list))
		for i, f := range items {
			found[list[i].ID] = f
		}
		return found, err
	})
}

// render writes reuses, with what they mention: a constant number of
// statements, however many they are.
func (s *Service) render(ctx context.Context, list []*Reuse, whole bool) ([]wire.Fragment, error) {
	return s.renderFrom(ctx, s.db.Read(), list, whole)
}

// renderFrom is render through a door of the caller's.
func (s *Service) renderFrom(ctx context.Context, q db.Querier, list []*Reuse, whole bool) ([]wire.Fragment, error) {
	var users, organizations, datasets, dataservices collector
	for _, r := range list {
		users.add(r.Owner)
		organizations.add(r.Organization)
		if whole {
			datasets.add(r.Datasets...)
			dataservices.add(r.Dataservices...)
		}
	}
	var p parts
	var err error
	for _, x := range []struct {
		class string
		form  ref.Form
		ids   []string
		into  *map[string]wire.Fragment
	}{
		{ref.User, ref.Card, users.ids, &p.users},
		{ref.Organization, ref.Card, organizations.ids, &p.organizations},
		{ref.Dataset, ref.Full, datasets.ids, &p.datasets},
		{ref.Dataservice, ref.Card, dataservices.ids, &p.dataservices},
	} {
		if *x.into, err = s.refs.Render(ctx, q, x.class, x.form, x.ids); err != nil {
			return nil, err
		}
	}
	out := make([]wire.Fragment, len(list))
	for i, r := range list {
		if whole {
			out[i] = r.full(s.links, p)
		} else {
			out[i] = r.light(s.links, p)
		}
	}
	return out, nil
}

// collector gathers ids, each once.
type collector struct {
	ids  []string
	seen map[string]bool
}

func (c *collector) add(ids ...string) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	for _, oid := range ids {
		if oid != "" && !c.seen[oid] {
			c.seen[oid] = true
			c.ids = append(c.ids, oid)
		}
	}
}

// filter reads the parameters of the v1 and v2 lists.
func filter(q api.Query) (f Filter, err error) {
	if f.Type, err = q.Choice("type", "", typeIDs...); err != nil {
		return f, err
	}
	if f.Topic, err = q.Choice("topic", "", topicIDs...); err != nil {
		return f, err
	}
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if f.OrganizationBadge, err = organizationBadge(q, "Unknown badge type"); err != nil {
		return f, err
	}
	for name, into := range map[string]*string{
		"owner": &f.Owner, "organization": &f.Organization, "dataset": &f.Dataset, "dataservice": &f.Dataservice,
	} {
		if *into, err = q.ObjectID(name); err != nil {
			return f, err
		}
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
	f.Tags = q.All("tag")
	if v, ok := q.Get("q"); ok {
		f.Query = v
	}
	return f, nil
}

func organizationBadge(q api.Query, message string) (string, error) {
	s, ok := q.Get("organization_badge")
	if ok && !slices.Contains(organizationBadges, s) {
		return "", errs.Query("organization_badge", "%s", message)
	}
	return s, nil
}

// organizationBadges are the badges of organizations that lists filter by.
var organizationBadges = []string{"public-service", "certified", "association", "company", "local-authority"}
