package reuse

import (
	"context"
	"strconv"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// The choices of udata's search that are read and checked here; they do not
// filter yet, nor do the facets count.
var (
	producerTypes    = []string{"public-service", "local-authority", "company", "association", "user", "not-specified"}
	lastUpdateRanges = []string{"last_30_days", "last_12_months", "last_3_years"}
)

// searchParams are the parameters of the search.
var searchParams = append([]api.Param{
	{Name: "q", Type: schema.Text(), Doc: "Words to look for"},
	{Name: "sort", Type: schema.Enum(sortChoices(searchSortKeys)...), Doc: "The order, with - for descending"},
	{Name: "owner", Type: schema.Text(), Doc: "The id of a person"},
	{Name: "organization", Type: schema.Text(), Doc: "The id of an organization"},
	{Name: "organization_badge", Type: schema.Enum(organizationBadges...), Doc: "A badge of the organization"},
	{Name: "type", Type: schema.Text(), Doc: "What it is"},
	{Name: "topic", Type: schema.Text(), Doc: "What it is about"},
	{Name: "tag", Type: schema.Text(), Doc: "A tag; given several times, all of them", Repeat: true},
	{Name: "featured", Type: schema.Bool(), Doc: "Only featured ones"},
	{Name: "producer_type", Type: schema.Enum(producerTypes...), Doc: "The kind of publisher"},
	{Name: "last_update_range", Type: schema.Enum(lastUpdateRanges...), Doc: "How recently it changed"},
}, api.PageParams...)

func (s *Service) search(ctx context.Context, r *api.Request) (*api.Response, error) {
	f, err := searchFilter(r.Query)
	if err != nil {
		return nil, err
	}
	return s.page(ctx, r, f, Seen, false, func(w *wire.Writer) {
		w.Key("facets")
		w.Raw([]byte("{}"))
	})
}

func searchFilter(q api.Query) (f Filter, err error) {
	if f.Sort, f.Descending, err = q.Sort(searchSortKeys...); err != nil {
		return f, err
	}
	if _, err = q.Choice("producer_type", "", producerTypes...); err != nil {
		return f, err
	}
	if _, err = q.Choice("last_update_range", "", lastUpdateRanges...); err != nil {
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
	f.Type, _ = q.Get("type")
	f.Topic, _ = q.Get("topic")
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
	found, err := s.List(ctx, Filter{Title: q, Sort: "followers", Descending: true, Limit: size}, Suggested, r.Actor)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(found))
	for i, reuse := range found {
		items[i] = reuse.suggestion(s.links)
	}
	return api.List(r, items), nil
}
