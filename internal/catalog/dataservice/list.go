package dataservice

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/keep"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

// Filter is which dataservices a list holds. Empty fields filter nothing.
type Filter struct {
	Query             string
	Owner             string
	Organization      string
	OrganizationBadge string
	AccessType        string
	Dataset           string
	Reuse             string
	ContactPoint      string
	// Topic has it as an element.
	Topic string
	// Tags must all be there.
	Tags     []string
	Featured *bool
	Archived *bool
	// CreatedBefore, with CertifiedBefore for certified organizations, is how
	// old a dataservice must be.
	CreatedBefore, CertifiedBefore time.Time

	// The search alone knows these.
	ProducerType, UpdateRange string

	Sort       string
	Descending bool
	Limit      int
	Offset     int
}

// Scope is which dataservices a caller may find in a list.
type Scope int

const (
	// Listed: public ones, and all of the caller's own and of their
	// organizations; a sysadmin finds all.
	Listed Scope = iota
	// Seen: those that count, for everybody.
	Seen
)

// sortColumns are the keys of `sort`.
var sortColumns = map[string]string{
	"followers":     "d.metric_followers",
	"views":         "d.metric_views",
	"title":         "d.title",
	"base_api_url":  "coalesce(d.base_api_url, '')",
	"created":       "d.created_at",
	"last_modified": "d.last_modified",
}

// sortKeys in udata's order; search knows fewer.
var (
	sortKeys       = []string{"followers", "views", "title", "base_api_url", "created", "last_modified"}
	searchSortKeys = []string{"created", "views", "followers"}
)

func (f Filter) where(scope Scope, a *auth.Actor) *db.Where {
	w := &db.Where{}
	switch {
	case scope == Seen || a.Anonymous():
		w.And(visible)
	case a.IsSysadmin():
	default:
		w.And("(("+visible+") OR d.owner = ? OR d.organization IN (SELECT organization FROM organization_member WHERE person = ?))", a.ID, a.ID)
	}
	for _, c := range []struct{ cond, value string }{
		{"d.owner = ?", f.Owner},
		{"d.organization = ?", f.Organization},
		{"d.access_type = ?", f.AccessType},
		{"d.organization IN (SELECT organization FROM organization_badge WHERE kind = ?)", f.OrganizationBadge},
		{"d.id IN (SELECT dataservice FROM dataservice_dataset WHERE dataset = ?)", f.Dataset},
		{"d.id IN (SELECT dataservice FROM reuse_dataservice WHERE reuse = ?)", f.Reuse},
		{"d.id IN (SELECT dataservice FROM dataservice_contact_point WHERE contact_point = ?)", f.ContactPoint},
		{"d.id IN (SELECT object FROM topic_element WHERE class = 'Dataservice' AND topic = ?)", f.Topic},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	for _, t := range f.Tags {
		w.And("d.id IN (SELECT dataservice FROM dataservice_tag WHERE tag = ?)", t)
	}
	if f.Featured != nil {
		w.And("d.featured = ?", *f.Featured)
	}
	if f.Archived != nil {
		w.And("d.archived" + map[bool]string{true: " IS NOT NULL", false: " IS NULL"}[*f.Archived])
	}
	if !f.CreatedBefore.IsZero() {
		w.And(`(d.created_at <= ? OR (d.created_at <= ? AND d.organization IN
			(SELECT organization FROM organization_badge WHERE kind = 'certified')))`,
			f.CreatedBefore.UnixMicro(), f.CertifiedBefore.UnixMicro())
	}
	return w
}

// prefixed are the columns, of the table dataservice as d.
var prefixed = "d." + strings.Join(strings.Fields(strings.ReplaceAll(columns, ",", " ")), ", d.")

// List returns the dataservices of a list, without their datasets.
func (s *Service) List(ctx context.Context, f Filter, scope Scope, a *auth.Actor) ([]*Dataservice, error) {
	if f.Query != "" {
		ids, err := s.ids(ctx, f, scope, a, f.where(scope, a))
		if err != nil {
			return nil, err
		}
		return s.inOrder(ctx, search.Page(ids, f.Offset, f.Limit), func(*Dataservice) bool { return true })
	}
	w := f.where(scope, a)
	query := "SELECT " + prefixed + " FROM dataservice d" + w.String() + f.sorted().Order()
	if f.Limit > 0 {
		query += " LIMIT " + w.Arg(f.Limit) + " OFFSET " + w.Arg(f.Offset)
	}
	var list []*Dataservice
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
	l := keep.List{Class: ref.Dataservice, Table: "dataservice d", Key: sortColumns[f.Sort], Descending: f.Descending}
	l.Descending = l.Descending || l.Key == ""
	l.Text = f.Sort == "title" || f.Sort == "base_api_url"
	return l
}

// listed is the list that a filter asks for.
func (f Filter) listed(scope Scope, a *auth.Actor) keep.List {
	l := f.sorted()
	l.Where = f.where(scope, a)
	for class, value := range map[string]string{ref.Organization: f.OrganizationBadge, ref.Reuse: f.Reuse, ref.Topic: f.Topic} {
		if value != "" {
			l.Classes = append(l.Classes, class)
		}
	}
	l.Personal = scope != Seen && !a.Anonymous()
	return l
}

// forms are the wire forms of dataservices, from what is kept.
func (s *Service) forms(ctx context.Context, ids []string) ([]wire.Fragment, error) {
	return s.refs.Keep.Forms.Of(ctx, ref.Dataservice, "dataservice full ", ids, func(ctx context.Context, ids []string) (map[string]wire.Fragment, error) {
		found, err := byIDs(ctx, s.db.Read(), ids)
		if err != nil {
			return nil, err
		}
		return s.whole(ctx, s.db.Read(), found)
	})
}

func (s *Service) page(ctx context.Context, r *api.Request, f Filter, scope Scope, extra func(w *wire.Writer)) (*api.Response, error) {
	return api.PageOfKept(r, s.links, extra,
		func(p api.Page) ([]string, int, error) {
			if f.Query != "" {
				ids, err := s.ids(ctx, f, scope, r.Actor, f.where(scope, r.Actor))
				return search.Page(ids, p.Offset(), p.Limit()), len(ids), err
			}
			return s.refs.Keep.Lists.Page(ctx, s.db, f.listed(scope, r.Actor), p.Limit(), p.Offset())
		},
		func(ids []string) ([]wire.Fragment, error) { return s.forms(ctx, ids) })
}

// filter reads the parameters of the list.
func filter(q api.Query) (f Filter, err error) {
	if f.AccessType, err = q.Choice("access_type", "", accessTypes...); err != nil {
		return f, err
	}
	if f.Sort, f.Descending, err = q.Sort(sortKeys...); err != nil {
		return f, err
	}
	if v, ok := q.Get("organization_badge"); ok {
		if !slices.Contains(organizationBadges, v) {
			return f, errs.Query("organization_badge", "Unknown badge type")
		}
		f.OrganizationBadge = v
	}
	for name, into := range map[string]*string{
		"owner": &f.Owner, "organization": &f.Organization, "dataset": &f.Dataset, "reuse": &f.Reuse, "contact_point": &f.ContactPoint,
	} {
		if *into, err = q.ObjectID(name); err != nil {
			return f, err
		}
	}
	featured, given, err := q.Bool("featured")
	if err != nil {
		return f, err
	}
	if given {
		f.Featured = &featured
	}
	f.Tags = q.All("tag")
	f.Query, _ = q.Get("q")
	return f, nil
}

// searchFilter reads the parameters of the search.
func searchFilter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	if f.ProducerType, err = q.Choice("producer_type", "", producerTypes...); err != nil {
		return f, err
	}
	if f.UpdateRange, err = q.Choice("last_update_range", "", search.Ranges...); err != nil {
		return f, err
	}
	if v, ok := q.Get("organization"); ok && v != "" {
		if f.Organization, ok = id.Parse(v); !ok {
			return f, errs.Field("organization", "%s arg must be an identifier", "Organization")
		}
	}
	f.AccessType, _ = q.Get("access_type")
	for name, into := range map[string]**bool{"featured": &f.Featured, "archived": &f.Archived} {
		v, given, err := q.Bool(name)
		if err != nil {
			return f, err
		}
		if given && (v || name == "archived") {
			*into = &v
		}
	}
	restricted, _, err := q.Bool("is_restricted")
	if err != nil {
		return f, err
	}
	if restricted && f.AccessType == "" {
		f.AccessType = accessRestricted
	}
	f.Query, _ = q.Get("q")
	f.Tags = q.All("tag")
	return f, nil
}

// organizationBadges are the badges of organizations that lists filter by.
var organizationBadges = []string{"public-service", "certified", "association", "company", "local-authority"}
