package dataset

import (
	"context"
	"database/sql"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/patch"
	"ouvert/internal/kernel/territory"
	"ouvert/internal/kernel/wire"
)

// Places are the territories that datasets are about; the spatial noun
// provides them.
type Places interface {
	territory.Register
	// Zones and Granularities write objects with names in a language, by id.
	Zones(ctx context.Context, q db.Querier, lang i18n.Lang, ids []string) (map[string]wire.Fragment, error)
	Granularities(ctx context.Context, q db.Querier, lang i18n.Lang) (map[string]wire.Fragment, error)
	// ZoneNames returns the names of zones, by id.
	ZoneNames(ctx context.Context, q db.Querier, ids []string) (map[string]string, error)
}

// SetPlaces tells where territories are known from. Without, every zone may be
// named, and only the granularities that are no territory's.
func (s *Service) SetPlaces(p Places) { s.places = p }

// applySpatial sets the territory. What the dataset says already may stay.
func (s *Service) applySpatial(ctx context.Context, tx *sql.Tx, d *Dataset, o *patch.Object) error {
	var register territory.Register // a nil interface, unlike a nil s.places in one
	if s.places != nil {
		register = s.places
	}
	c, ok, err := territory.Apply(ctx, tx, register, o, d.Doc.Spatial)
	if ok {
		d.Doc.Spatial = c
	}
	return err
}

// territories are what whole objects are written of: zones and granularities.
type territories struct{ zones, granularities map[string]wire.Fragment }

// territories loads those of the datasets.
func (s *Service) territories(ctx context.Context, q db.Querier, found map[string]*Dataset, lang i18n.Lang) (*territories, error) {
	t := &territories{}
	if s.places == nil {
		return t, nil
	}
	zones := set{}
	for _, d := range found {
		if d.Doc.Spatial != nil {
			zones.add(d.Doc.Spatial.Zones...)
		}
	}
	var err error
	if t.zones, err = s.places.Zones(ctx, q, lang, zones.list()); err != nil {
		return nil, err
	}
	t.granularities, err = s.places.Granularities(ctx, q, lang)
	return t, err
}

// whole writes the territory with whole objects in the place of ids. A zone
// that is not known has its id as its name, so that it does not get lost.
func wholeSpatial(w *wire.Writer, s *territory.Coverage, t *territories) {
	if s == nil {
		w.Null()
		return
	}
	named := func(id string) {
		w.Open('{')
		w.Key("id")
		w.String(id)
		w.Key("name")
		w.String(id)
		w.Close('}')
	}
	w.Open('{')
	w.Key("geom")
	w.Raw(s.Geom)
	w.Key("granularity")
	if id := orElse(s.Granularity, GranularityOther); len(t.granularities[id].Text) > 0 {
		w.Embed(t.granularities[id])
	} else {
		named(id)
	}
	w.Key("zones")
	w.Open('[')
	for _, id := range s.Zones {
		if f, ok := t.zones[id]; ok {
			w.Embed(f)
		} else {
			named(id)
		}
	}
	w.Close(']')
	w.Close('}')
}

// zoneNames returns the names of the zones of datasets, by id.
func (s *Service) zoneNames(ctx context.Context, q db.Querier, found map[string]*Dataset) (map[string]string, error) {
	zones := set{}
	for _, d := range found {
		if d.Doc.Spatial != nil {
			zones.add(d.Doc.Spatial.Zones...)
		}
	}
	if s.places == nil || len(zones) == 0 {
		return nil, nil
	}
	return s.places.ZoneNames(ctx, q, zones.list())
}
