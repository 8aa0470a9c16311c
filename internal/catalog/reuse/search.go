package reuse

import (
	"context"
	"slices"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

var producerTypes = []string{"public-service", "local-authority", "company", "association", "user", "not-specified"}

// keySuggested is the key of what is suggested: public ones that still work.
const keySuggested = "state:suggested"

// SetIndex tells where reuses are searched.
func (s *Service) SetIndex(ix *search.Index) {
	s.index = ix
	ix.Register(search.Source{Class: ref.Reuse, Documents: func(ctx context.Context, q db.Querier, after string, limit int) ([]*search.Document, error) {
		list, err := load(ctx, q, "SELECT "+columns+" FROM reuse WHERE id > $1 ORDER BY id LIMIT $2", after, limit)
		return search.Documents(list, (*Reuse).document), err
	}})
}

// document is what is found of the reuse.
func (r *Reuse) document() *search.Document {
	d := &search.Document{
		Class: ref.Reuse, ID: r.ID, Title: r.Title, Tags: slices.Sorted(slices.Values(r.Doc.Tags)), Description: r.Doc.Description,
		Links:  slices.Concat([]string{r.Organization}, r.Datasets, r.Dataservices),
		Public: !r.Hidden(), Featured: r.Featured != nil && *r.Featured, Archived: !r.Archived.IsZero(),
		Created: r.CreatedAt, Updated: r.LastModified, Counts: r.Counts,
	}
	d.Key("owner", r.Owner)
	d.Key("organization", r.Organization)
	d.Key("type", r.Type)
	d.Key("topic", r.Topic)
	d.Key("tag", r.Doc.Tags...)
	for _, b := range r.Doc.Badges {
		d.Key("badge", b.Kind)
	}
	d.State(search.Public, d.Public)
	d.State(search.Seen, r.Visible())
	d.State(keySuggested, d.Public && !d.Archived)
	d.State(search.Featured, d.Featured)
	d.State(search.Archived, d.Archived)
	return d
}

// keys are those of the documents that a caller may find; nil for all. What
// else the scope asks is asked of the table.
func (scope Scope) keys(a *auth.Actor) []string {
	switch {
	case scope == Seen:
		return []string{search.Seen}
	case scope == Suggested:
		return []string{keySuggested}
	case scope == NotPrivate || scope == Everything:
		return nil
	}
	return search.Within(a, search.Public)
}

// ids returns those of a list. With a text the best match comes first unless
// the list is sorted.
func (s *Service) ids(ctx context.Context, f Filter, scope Scope, a *auth.Actor) ([]string, error) {
	return s.index.List(ctx, ref.Reuse, f.Query, scope.keys(a), "SELECT r.id FROM reuse r", "r.id", f.where(scope, a), f.sorted().Order(), f.Sort == "")
}

// inOrder loads reuses in the order of their ids, those that keep tells to.
func (s *Service) inOrder(ctx context.Context, ids []string, keep func(*Reuse) bool) ([]*Reuse, error) {
	list, err := byIDs(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]*Reuse, len(list))
	for _, r := range list {
		found[r.ID] = r
	}
	return search.InOrder(ids, found, keep), nil
}

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for, \"words in a row\", -words that must not be there"},
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending; by relevance when there are words, else the newest first"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "organization_badge", Type: schema.Enum(organizationBadges...), Doc: "A badge of the organization"},
	{Name: "type", Type: schema.Text(), Doc: "What it is"},
	{Name: "topic", Type: schema.Text(), Doc: "What it is about"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "badge", Type: schema.Text(), Doc: "A badge of the reuse"},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones"},
	{Name: "archived", Type: schema.Bool(), Doc: "Only those that stopped working, or only those that work"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
	{Name: "last_update_range", Type: schema.Enum(search.Ranges...), Doc: "How recently it changed"},
	search.Explain,
}, api.PageParams...)

// facets are those of udata's search, in its order.
var facets = []search.Facet{
	{Name: "producer_type", Key: "producer_type"},
	{Name: "organization_id_with_name", Key: "organization"},
	{Name: "topic", Key: "topic"},
	{Name: "type", Key: "type"},
	{Name: "tag", Key: "tag"},
	{Name: "badge", Key: "badge"},
	{Name: "last_update", Key: search.LastUpdate},
}

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := s.searchFilter(r.Query)
	if err != nil {
		return nil, err
	}
	q := f.query()
	q.Since = search.Since(f.UpdateRange, r.Now)
	var listed func(func(*wire.Writer)) (*api.Response, error)
	if f.plain() {
		listed = func(extra func(*wire.Writer)) (*api.Response, error) { return s.page(ctx, r, f, Seen, false, extra) }
	}
	return search.Answer(ctx, r, s.links, s.index, q,
		func(ids []string) ([]wire.Fragment, error) {
			mask, name := r.ItemMask()
			return s.forms(ctx, ids, false, mask, name)
		}, listed)
}

// plain tells whether the tables can tell what the filter finds, for the time
// when not all reuses are in the index.
func (f Filter) plain() bool {
	return f.Query == "" && f.Badge == "" && f.ProducerType == "" && f.UpdateRange == "" && f.Archived == nil
}

// query is the filter for the index, among what everybody finds.
func (f Filter) query() search.Query {
	q := search.Query{
		Class: ref.Reuse, Text: f.Query, Within: Seen.keys(nil), Facets: facets, Sort: f.Sort, Descending: f.Descending,
	}
	q.Where("owner", f.Owner)
	q.Where("organization", f.Organization)
	q.Where("organization_badge", f.OrganizationBadge)
	q.Where("type", f.Type)
	q.Where("topic", f.Topic)
	q.Where("badge", f.Badge)
	q.WhereExtra("producer_type", f.ProducerType)
	for _, t := range f.Tags {
		q.Where("tag", t)
	}
	q.WhereIs(search.Featured, f.Featured)
	q.WhereIs(search.Archived, f.Archived)
	if f.Archived != nil {
		q.Filters[len(q.Filters)-1].Extra = true
	}
	return q
}

func (s *Service) searchFilter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	if f.ProducerType, err = q.Choice("producer_type", "", producerTypes...); err != nil {
		return f, err
	}
	if f.UpdateRange, err = q.Choice("last_update_range", "", search.Ranges...); err != nil {
		return f, err
	}
	if f.OrganizationBadge, err = q.Choice("organization_badge", "", organizationBadges...); err != nil {
		return f, err
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
	featured, _, err := q.Bool("featured")
	if err != nil {
		return f, err
	}
	if featured {
		f.Featured = &featured
	}
	archived, given, err := q.Bool("archived")
	if err != nil {
		return f, err
	}
	if given {
		f.Archived = &archived
	}
	f.Type, _ = q.Get("type")
	f.Topic, _ = q.Get("topic")
	if len(s.config.Badges) > 0 { // otherwise no reuse has one, and nothing is filtered, as in udata
		f.Badge, _ = q.Get("badge")
	}
	f.Query, _ = q.Get("q")
	f.Tags = q.All("tag")
	return f, nil
}

// maxSuggestions is how many suggestions are answered at most.
const maxSuggestions = 1000

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, ok := r.Query.Get("q")
	if !ok {
		return nil, errs.Query("q", "The string to autocomplete/suggest Missing required parameter in the query string")
	}
	size := 10
	if v, ok := r.Query.Get("size"); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, errs.Query("size", "The amount of suggestion to fetch (optional) invalid literal for int() with base 10: '%s'", v)
		}
		// As the database of udata reads it: 0 is no limit, the sign is none.
		size = max(n, -n)
		if size == 0 || size > maxSuggestions {
			size = maxSuggestions
		}
	}
	found, err := s.index.Suggest(ctx, ref.Reuse, q, size, Suggested.keys(nil))
	if err != nil {
		return nil, err
	}
	list, err := s.inOrder(ctx, found, func(r *Reuse) bool { return !r.Hidden() })
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(list))
	for i, reuse := range list {
		items[i] = reuse.suggestion(s.links)
	}
	return api.List(r, items), nil
}
