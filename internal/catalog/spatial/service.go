package spatial

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/i18n"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/wire"
)

// Service holds the verbs of the noun.
type Service struct {
	db   *db.DB
	refs *ref.Registry
}

// New returns the noun.
func New(d *db.DB, refs *ref.Registry) *Service { return &Service{db: d, refs: refs} }

// Begin gives a portal that knows no territories the built-in ones.
func (s *Service) Begin(ctx context.Context) error {
	var n int
	const known = "SELECT (SELECT count(*) FROM geo_level) + (SELECT count(*) FROM geo_zone)"
	if err := s.db.Read().QueryRowContext(ctx, known).Scan(&n); err != nil || n > 0 {
		return err
	}
	levels, zones := builtin()
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		// Another process may have been first.
		if err := tx.QueryRowContext(ctx, known).Scan(&n); err != nil || n > 0 {
			return err
		}
		if err := saveLevels(ctx, tx, levels); err != nil {
			return err
		}
		return saveZones(ctx, tx, zones)
	})
}

// Import writes zones, over those that are there under their ids. Levels that
// nobody named come with them.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, zones []Zone) error {
	if err := s.ImportZones(ctx, tx, zones); err != nil {
		return err
	}
	return addLevels(ctx, tx)
}

// ImportZones is Import without the levels; Replace adds them.
func (s *Service) ImportZones(ctx context.Context, tx *sql.Tx, zones []Zone) error {
	for i := range zones {
		zones[i].Fill()
	}
	return saveZones(ctx, tx, zones)
}

// addLevels adds the levels of zones that nobody named.
func addLevels(ctx context.Context, tx *sql.Tx) error {
	ids, err := db.Strings(ctx, tx, "SELECT DISTINCT level FROM geo_zone WHERE level NOT IN (SELECT id FROM geo_level)")
	if err != nil {
		return err
	}
	list := make([]Level, len(ids))
	for i, id := range ids {
		list[i] = WellKnown(id)
	}
	return saveLevels(ctx, tx, list)
}

// ImportLevels writes levels, over those that are there under their ids.
func (s *Service) ImportLevels(ctx context.Context, tx *sql.Tx, list []Level) error {
	for i := range list {
		list[i].Name = cmp.Or(list[i].Name, WellKnown(list[i].ID).Name)
		list[i].AdminLevel = cmp.Or(list[i].AdminLevel, defaultAdminLevel)
	}
	return saveLevels(ctx, tx, list)
}

// Replace ends the import of a portal that has a list of its own: what came with
// the program goes.
func (s *Service) Replace(ctx context.Context, tx *sql.Tx) error {
	for _, table := range []string{"geo_zone", "geo_level"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE builtin"); err != nil {
			return err
		}
	}
	return addLevels(ctx, tx)
}

// Unknown returns those of the zones that a dataset may not name; see the
// package.
func (s *Service) Unknown(ctx context.Context, q db.Querier, ids []string) ([]string, error) {
	known, err := zonesByIDs(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	err = db.EachIn(ctx, q, "SELECT DISTINCT zone FROM dataset_zone WHERE zone IN {ids}", ids, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		used[id] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	levels, err := db.Strings(ctx, q, "SELECT id FROM geo_level l WHERE EXISTS (SELECT 1 FROM geo_zone z WHERE z.level = l.id)")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		level, _, ok := Split(id)
		free := ok && (used[id] || !slices.Contains(levels, level))
		if known[id] == nil && !free && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// Granularity tells whether a dataset may name a granularity: a level, "poi",
// "other", and what a dataset of this catalogue names already.
func (s *Service) Granularity(ctx context.Context, q db.Querier, id string) (bool, error) {
	if id == poi || id == other {
		return true, nil
	}
	var n int
	err := q.QueryRowContext(ctx, `SELECT CASE WHEN EXISTS (SELECT 1 FROM geo_level WHERE id = $1)
		OR EXISTS (SELECT 1 FROM dataset WHERE granularity = $2) THEN 1 ELSE 0 END`, id, id).Scan(&n)
	return n > 0, err
}

// Granularities writes what datasets may name as granularity, with their names
// in a language, by id. Those of udata's own list are there also when the
// portal does not know them.
func (s *Service) Granularities(ctx context.Context, q db.Querier, lang i18n.Lang) (map[string]wire.Fragment, error) {
	known, err := allLevels(ctx, q)
	if err != nil {
		return nil, err
	}
	out := map[string]wire.Fragment{}
	for _, list := range [][]Level{levels, baseLevels, known} {
		for i := range list {
			out[list[i].ID] = list[i].write(lang)
		}
	}
	return out, nil
}

// Zones writes those of the zones that are known, with their names in a
// language.
func (s *Service) Zones(ctx context.Context, q db.Querier, lang i18n.Lang, ids []string) (map[string]wire.Fragment, error) {
	found, err := zonesByIDs(ctx, q, ids)
	out := make(map[string]wire.Fragment, len(found))
	for id, z := range found {
		out[id] = z.write(lang, true)
	}
	return out, err
}

// ZoneNames returns the names of those of the zones that are known.
func (s *Service) ZoneNames(ctx context.Context, q db.Querier, ids []string) (map[string]string, error) {
	found, err := zonesByIDs(ctx, q, ids)
	out := make(map[string]string, len(found))
	for id, z := range found {
		out[id] = z.Name
	}
	return out, err
}
