package spatial

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/errs"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/wire"
)

// Limits and defaults of the operations.
const (
	suggestions = 10
	datasets    = 25
	maxZones    = 500 // of one request
)

// Routes are the operations of the noun.
func (s *Service) Routes() []api.Route {
	const base, tag = "/api/1/spatial/", "spatial"
	collection := schema.Of(collectionModel)
	noZone := map[int]string{404: "There is no such territory"}
	datasetParams := []api.Param{
		{Name: "dynamic", Type: schema.Bool(), Doc: "Read, and without a meaning here"},
		{Name: "size", Type: schema.Int(), Doc: "How many datasets, at most 1000", Default: datasets},
	}
	paths := map[string]string{
		"id": "The territory's id", "ids": "Ids of territories, between commas, at most 500", "level": "The level's id",
	}
	routes := []api.Route{
		{ID: "suggest_zones", Path: "zones/suggest/", Summary: "Suggest territories by name or code", Doc: "The largest territories come first.", Query: api.SuggestParams(suggestions), Result: schema.List(schema.Of(suggestionModel)), Handle: s.suggest},
		{ID: "spatial_zones", Path: "zones/{ids}/", Summary: "Fetch several territories as GeoJSON", Result: collection, Errors: noZone, Handle: s.zones},
		{ID: "spatial_zone", Path: "zone/{id}/", Summary: "Fetch a territory as GeoJSON", Result: schema.Of(featureModel), Errors: noZone, Subject: s.find, Handle: s.zone},
		{ID: "spatial_zone_datasets", Path: "zone/{id}/datasets/", Summary: "List datasets about a territory", Query: datasetParams, Result: schema.List(schema.Of(s.refs.Model(ref.Dataset, ref.Card))), Errors: noZone, Subject: s.find, Handle: s.zoneDatasets},
		{ID: "spatial_levels", Path: "levels/", Summary: "List the kinds of territories", Result: schema.List(schema.Of(levelModel)), Handle: s.listLevels},
		{ID: "spatial_granularities", Path: "granularities/", Summary: "List the sizes of what datasets describe", Result: schema.List(schema.Of(granularityModel)), Handle: s.listGranularities},
		{ID: "spatial_coverage", Path: "coverage/{level}/", Summary: "List the territories of a level, with the number of datasets about each", Result: collection, Errors: map[int]string{404: "There is no such level"}, Handle: s.coverage},
	}
	for i := range routes {
		r := &routes[i]
		r.Method, r.Path, r.Tag, r.Access, r.PathDoc = http.MethodGet, base+r.Path, tag, api.Anyone, paths
	}
	return routes
}

func (s *Service) find(ctx context.Context, r *api.Request) error {
	found, err := s.resolve(ctx, []string{r.PathValue("id")})
	if err != nil {
		return err
	}
	r.Subject = found[0]
	return nil
}

// resolve returns the zones with the ids, in their order; errs.NotFound when
// one is not known. One that is asked for with a date, as ids had before 2023,
// may be known without.
func (s *Service) resolve(ctx context.Context, ids []string) ([]*Zone, error) {
	var asked []string
	for _, id := range ids {
		if _, _, ok := Split(id); !ok {
			return nil, errs.NotFound()
		}
		asked = append(asked, id, current(id))
	}
	found, err := zonesByIDs(ctx, s.db.Read(), asked)
	if err != nil {
		return nil, err
	}
	out := make([]*Zone, len(ids))
	for i, id := range ids {
		if out[i] = cmp.Or(found[id], found[current(id)]); out[i] == nil {
			return nil, errs.NotFound()
		}
	}
	return out, nil
}

func (s *Service) zone(_ context.Context, r *api.Request) (*api.Response, error) {
	w := wire.NewWriter(256)
	r.Subject.(*Zone).feature(w, r.Lang, nil)
	return api.JSON(r, w.Fragment()), nil
}

func (s *Service) zones(ctx context.Context, r *api.Request) (*api.Response, error) {
	ids := strings.Split(r.PathValue("ids"), ",")
	if len(ids) > maxZones {
		return nil, errs.BadRequest("At most %d may be named", maxZones)
	}
	found, err := s.resolve(ctx, ids)
	if err != nil {
		return nil, err
	}
	w := wire.NewWriter(256 * len(ids))
	openCollection(w)
	for _, z := range found {
		z.feature(w, r.Lang, nil)
	}
	return closeCollection(r, w), nil
}

func openCollection(w *wire.Writer) {
	w.Open('{')
	w.Key("features")
	w.Open('[')
}

func closeCollection(r *api.Request, w *wire.Writer) *api.Response {
	w.Close(']')
	w.Key("type")
	w.String("FeatureCollection")
	w.Close('}')
	return api.JSON(r, w.Fragment())
}

func (s *Service) zoneDatasets(ctx context.Context, r *api.Request) (*api.Response, error) {
	if _, _, err := r.Query.Bool("dynamic"); err != nil {
		return nil, err
	}
	size := datasets
	if v, ok := r.Query.Get("size"); ok {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, errs.Query("size", "The amount of datasets to fetch invalid literal for int() with base 10: '%s'", v)
		}
		// As udata's database reads it: 0 is no limit, the sign is none.
		if size = max(n, -n); size <= 0 || size > api.MaxSuggestions {
			size = api.MaxSuggestions
		}
	}
	q := s.db.Read()
	ids, err := datasetsOf(ctx, q, r.Subject.(*Zone).ID, size)
	if err != nil {
		return nil, err
	}
	cards, err := s.refs.Render(ctx, q, ref.Dataset, ref.Card, ids)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, 0, len(ids))
	for _, id := range ids {
		if f, ok := cards[id]; ok {
			items = append(items, f)
		}
	}
	return api.List(r, items), nil
}

func (s *Service) suggest(ctx context.Context, r *api.Request) (*api.Response, error) {
	text, size, err := r.Query.Suggest(suggestions)
	if err != nil {
		return nil, err
	}
	found, err := zonesLike(ctx, s.db.Read(), text, size)
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, len(found))
	for i, z := range found {
		items[i] = z.write(r.Lang, false)
	}
	return api.List(r, items), nil
}

func (s *Service) listLevels(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.answerLevels(ctx, r, nil)
}

func (s *Service) listGranularities(ctx context.Context, r *api.Request) (*api.Response, error) {
	return s.answerLevels(ctx, r, baseLevels)
}

func (s *Service) answerLevels(ctx context.Context, r *api.Request, more []Level) (*api.Response, error) {
	list, err := allLevels(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	items := make([]wire.Fragment, 0, len(list)+len(more))
	for _, l := range append(list, more...) {
		items = append(items, l.write(r.Lang))
	}
	return api.List(r, items), nil
}

func (s *Service) coverage(ctx context.Context, r *api.Request) (*api.Response, error) {
	q, level := s.db.Read(), r.PathValue("level")
	known, err := allLevels(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, l := range known {
		if l.ID != level {
			continue
		}
		w := wire.NewWriter(4096)
		openCollection(w)
		err := eachOfLevel(ctx, q, level, func(z *Zone, n int64) {
			z.feature(w, r.Lang, func(w *wire.Writer) {
				w.Key("datasets")
				w.Int(n)
			})
		})
		return closeCollection(r, w), err
	}
	return nil, errs.NotFound()
}
