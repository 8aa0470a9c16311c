package dataset

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
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// Filter is which datasets a list holds. Empty fields filter nothing.
type Filter struct {
	Query             string
	Owner             string
	Organization      string
	OrganizationBadge string
	Badge             string
	License           string
	AccessType        string
	Granularity       string
	// Zone is the id of a territory.
	Zone string
	// Covers is a time, "2020-01-01-2020-12-31", within which that of the
	// data lies.
	Covers string
	// Format, Schema and SchemaVersion are of one of the resources, not
	// necessarily the same one.
	Format, Schema, SchemaVersion string
	// Topic has it as an element.
	Topic string
	// Reuse and Dataservice use the dataset, FollowedBy follows it.
	Reuse, Dataservice, FollowedBy string
	// Tags must all be there.
	Tags                                   []string
	Private, Featured, Archived, IsDeleted *bool
	// MyOrganizations asks for the datasets of this person and of their
	// organizations.
	MyOrganizations string
	// Title must be in the title or acronym, in any case.
	Title string
	// CreatedBefore, with CertifiedBefore for certified organizations, is how
	// old a dataset must be.
	CreatedBefore, CertifiedBefore time.Time

	// The search alone knows these.
	ProducerType, FormatFamily, UpdateRange string

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// Scope is which datasets a caller may find in a list.
type Scope int

const (
	// Listed: those that count, and all of the caller's own and of their
	// organizations; a sysadmin finds all.
	Listed Scope = iota
	// Seen: those that count, for everybody.
	Seen
	// Everything, for those who may see it.
	Everything
	// NotHidden: also archived ones.
	NotHidden
)

// sortColumns are the keys of `sort`.
var sortColumns = map[string]string{
	"title":       "d.title",
	"created":     "d.created_at",
	"last_update": "d.last_update",
	"reuses":      "d.metric_reuses",
	"followers":   "d.metric_followers",
	"views":       "d.metric_views",
}

// sortKeys in udata's order; search knows all but the first.
var (
	sortKeys       = []string{"title", "created", "last_update", "reuses", "followers", "views"}
	searchSortKeys = sortKeys[1:]
)

func (f Filter) where(scope Scope, a *auth.Actor) *db.Where {
	w := &db.Where{}
	switch {
	case scope == Seen:
		w.And(visible)
	case scope == NotHidden:
		w.And("NOT d.private AND d.deleted IS NULL")
	case scope == Everything || a.IsSysadmin():
	case a.Anonymous():
		w.And(visible)
	default:
		w.And("(("+visible+") OR d.owner = ? OR d.organization IN (SELECT organization FROM organization_member WHERE person = ?))", a.ID, a.ID)
	}
	for _, c := range []struct{ cond, value string }{
		{"d.owner = ?", f.Owner},
		{"d.organization = ?", f.Organization},
		{"d.license = ?", f.License},
		{"d.access_type = ?", f.AccessType},
		{"d.granularity = ?", f.Granularity},
		{"d.organization IN (SELECT organization FROM organization_badge WHERE kind = ?)", f.OrganizationBadge},
		{"d.id IN (SELECT dataset FROM dataset_badge WHERE kind = ?)", f.Badge},
		{"d.id IN (SELECT dataset FROM dataset_zone WHERE zone = ?)", f.Zone},
		{"d.id IN (SELECT dataset FROM dataset_resource WHERE format = ?)", f.Format},
		{"d.id IN (SELECT dataset FROM dataset_resource WHERE schema_name = ?)", f.Schema},
		{"d.id IN (SELECT dataset FROM dataset_resource WHERE schema_version = ?)", f.SchemaVersion},
		{"d.id IN (SELECT dataset FROM reuse_dataset WHERE reuse = ?)", f.Reuse},
		{"d.id IN (SELECT dataset FROM dataservice_dataset WHERE dataservice = ?)", f.Dataservice},
		{"d.id IN (SELECT object FROM topic_element WHERE class = 'Dataset' AND topic = ?)", f.Topic},
		{"d.id IN (SELECT object FROM follow WHERE class = 'Dataset' AND until IS NULL AND follower = ?)", f.FollowedBy},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	for _, t := range f.Tags {
		w.And("d.id IN (SELECT dataset FROM dataset_tag WHERE tag = ?)", t)
	}
	if f.Covers != "" {
		const day = len("2020-01-01")
		start, end := f.Covers, ""
		if len(f.Covers) > day {
			start, end = f.Covers[:day], f.Covers[day+1:]
		}
		w.And("d.coverage_start >= ? AND d.coverage_end <= ?", strings.ToValidUTF8(start, ""), strings.ToValidUTF8(end, ""))
	}
	if f.Private != nil {
		w.And("d.private = ?", *f.Private)
	}
	if f.Featured != nil {
		w.And("d.featured = ?", *f.Featured)
	}
	isSet := func(column string, want *bool) {
		if want != nil {
			w.And(column + map[bool]string{true: " IS NOT NULL", false: " IS NULL"}[*want])
		}
	}
	isSet("d.archived", f.Archived)
	isSet("d.deleted", f.IsDeleted)
	if f.MyOrganizations != "" {
		w.And("(d.owner = ? OR d.organization IN (SELECT organization FROM organization_member WHERE person = ?))",
			f.MyOrganizations, f.MyOrganizations)
	}
	if !f.CreatedBefore.IsZero() {
		w.And(`(d.created_at <= ? OR (d.created_at <= ? AND d.organization IN
			(SELECT organization FROM organization_badge WHERE kind = 'certified')))`,
			f.CreatedBefore.UnixMicro(), f.CertifiedBefore.UnixMicro())
	}
	if f.Title != "" {
		w.And(`d.title_plain LIKE ? ESCAPE '\'`, "%"+db.Like(fold.Sought(f.Title))+"%")
	}
	return w
}

// prefixed are the columns, of the table dataset as d.
var prefixed = "d." + strings.Join(strings.Fields(strings.ReplaceAll(columns, ",", " ")), ", d.")

// List returns the datasets of a list, without their resources.
func (s *Service) List(ctx context.Context, f Filter, scope Scope, a *auth.Actor) ([]*Dataset, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f, scope, a, f.where(scope, a))
		if err != nil {
			return nil, err
		}
		return s.inOrder(ctx, search.Page(ids, f.Offset, f.Limit), anyDataset)
	}
	w := f.where(scope, a)
	query := "SELECT " + prefixed + " FROM dataset d" + w.String() + f.sorted().Order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	var list []*Dataset
	err := db.Each(ctx, s.db.Read(), query, w.Args(), func(rows *sql.Rows) error {
		d, err := scan(rows)
		list = append(list, d)
		return err
	})
	return list, err
}

// sorted is the order that a filter asks for: without `sort`, the newest come
// first.
func (f Filter) sorted() keep.List {
	l := keep.List{Class: ref.Dataset, Table: "dataset d", Key: sortColumns[f.Sort], Descending: f.Descending}
	l.Descending = l.Descending || l.Key == ""
	l.Text = f.Sort == "title"
	return l
}

// listed is the list that a filter asks for.
func (f Filter) listed(scope Scope, a *auth.Actor) keep.List {
	l := f.sorted()
	l.Where = f.where(scope, a)
	for class, value := range map[string]string{
		ref.Organization: f.OrganizationBadge, ref.Reuse: f.Reuse, ref.Dataservice: f.Dataservice, ref.Topic: f.Topic,
	} {
		if value != "" {
			l.Classes = append(l.Classes, class)
		}
	}
	l.Personal = f.FollowedBy != "" || !a.Anonymous() && scope != Seen && scope != NotHidden
	return l
}

// form is a wire form of datasets that is kept under a name.
type form struct {
	name  string
	write writer
}

// wholeForm is that of the API v1.
func (s *Service) wholeForm() form { return form{"dataset full ", s.whole} }

// forms are the wire forms of datasets, from what is kept.
func (s *Service) forms(ctx context.Context, form form, ids []string) ([]wire.Fragment, error) {
	return s.refs.Keep.Forms.Of(ctx, ref.Dataset, form.name, ids, func(ctx context.Context, ids []string) (map[string]wire.Fragment, error) {
		found, err := byIDs(ctx, s.db.Read(), ids)
		if err != nil {
			return nil, err
		}
		return form.write(ctx, s.db.Read(), found)
	})
}

// render writes datasets in a form, with what they mention: a constant number
// of statements, however many they are.
func (s *Service) render(ctx context.Context, list []*Dataset, write writer) ([]wire.Fragment, error) {
	byID := make(map[string]*Dataset, len(list))
	for _, d := range list {
		byID[d.ID] = d
	}
	found, err := write(ctx, s.db.Read(), byID)
	out := make([]wire.Fragment, len(list))
	for i, d := range list {
		out[i] = found[d.ID]
	}
	return out, err
}

// filter reads the parameters of the v1 and v2 lists.
func (s *Service) filter(ctx context.Context, r *api.Request) (f Filter, err error) {
	q := r.Query
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if f.AccessType, err = q.Choice("access_type", "", accessTypes...); err != nil {
		return f, err
	}
	if f.Badge, err = q.Choice("badge", "", badgeKinds...); err != nil {
		return f, err
	}
	if f.OrganizationBadge, err = q.Choice("organization_badge", "", organizationBadges...); err != nil {
		return f, err
	}
	closed := false
	for _, p := range []struct {
		name   string
		into   **bool
		closed bool
	}{
		{"featured", &f.Featured, false}, {"archived", &f.Archived, true}, {"deleted", &f.IsDeleted, true}, {"private", &f.Private, true},
	} {
		v, given, err := q.Bool(p.name)
		if err != nil {
			return f, err
		}
		if given {
			*p.into = &v
			closed = closed || p.closed
		}
	}
	if err := s.commonFilter(ctx, q, r.Actor, &f); err != nil {
		return f, err
	}
	f.Schema, _ = q.Get("schema")
	f.SchemaVersion, _ = q.Get("schema_version")
	if closed && r.Actor.Anonymous() {
		return f, errs.Unauthorized("")
	}
	return f, nil
}

// commonFilter reads the parameters that lists and the search share.
func (s *Service) commonFilter(ctx context.Context, q api.Query, a *auth.Actor, f *Filter) (err error) {
	for _, p := range []struct {
		name string
		into *string
		// class is that of an object that, when the caller knows none,
		// filters nothing, as in udata.
		class string
	}{
		{"owner", &f.Owner, ""},
		{"organization", &f.Organization, ""},
		{"followed_by", &f.FollowedBy, ""},
		{"reuse", &f.Reuse, ref.Reuse},
		{"dataservice", &f.Dataservice, ref.Dataservice},
		{"topic", &f.Topic, ref.Topic},
	} {
		v, ok := q.Get(p.name)
		if !ok || v == "" {
			continue
		}
		oid, ok := id.Parse(v)
		if !ok {
			return errs.Field(p.name, "`%s` must be an identifier", p.name)
		}
		if p.class != "" {
			found, err := s.refs.Find(ctx, s.db.Read(), p.class, []string{oid})
			if err != nil {
				return err
			}
			if o, ok := found[oid]; !ok || o.Private && !a.CanReadHidden(o.Owned) {
				continue
			}
		}
		if p.into != nil {
			*p.into = oid
		}
	}
	for name, into := range map[string]*string{
		"q": &f.Query, "license": &f.License, "geozone": &f.Zone, "granularity": &f.Granularity, "temporal_coverage": &f.Covers,
		"format": &f.Format,
	} {
		*into, _ = q.Get(name)
	}
	f.Tags = q.All("tag")
	return nil
}
