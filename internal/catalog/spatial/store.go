package spatial

import (
	"context"
	"database/sql"
	"strings"

	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/fold"
)

const zoneColumns = "id, slug, name, name_en, code, level, uri, geom"

// scanZone reads the zoneColumns, and what stands after them.
func scanZone(rows *sql.Rows, more ...any) (*Zone, error) {
	z := &Zone{}
	var geom string
	into := []any{&z.ID, &z.Slug, &z.Name, db.Text{S: &z.NameEN}, &z.Code, &z.Level, db.Text{S: &z.URI}, db.Text{S: &geom}}
	err := rows.Scan(append(into, more...)...)
	if geom != "" {
		z.Geom = []byte(geom)
	}
	return z, err
}

// zonesByIDs loads those of the ids that exist.
func zonesByIDs(ctx context.Context, q db.Querier, ids []string) (map[string]*Zone, error) {
	out := make(map[string]*Zone, len(ids))
	err := db.EachIn(ctx, q, "SELECT "+zoneColumns+" FROM geo_zone WHERE id IN {ids}", ids, func(rows *sql.Rows) error {
		z, err := scanZone(rows)
		if err == nil {
			out[z.ID] = z
		}
		return err
	})
	return out, err
}

// zonesLike loads zones that have a text in their name or code, or in their id
// when it has a colon – "par" is in every "fr:departement:…". The largest
// territories come first, and of a level those whose name begins with the text.
func zonesLike(ctx context.Context, q db.Querier, text string, limit int) ([]*Zone, error) {
	text = db.Like(fold.Sought(text))
	id := ""
	if strings.Contains(text, ":") {
		id = "%" + text + "%"
	}
	var out []*Zone
	err := db.Each(ctx, q, `SELECT z.id, z.slug, z.name, z.name_en, z.code, z.level, z.uri, NULL FROM geo_zone z LEFT JOIN geo_level l ON l.id = z.level
		WHERE z.search LIKE $1 ESCAPE '\' OR lower(z.id) LIKE $2 ESCAPE '\'
		ORDER BY coalesce(l.admin_level, 999), CASE WHEN z.search LIKE $3 ESCAPE '\' THEN 0 ELSE 1 END, z.slug, z.id LIMIT $4`,
		[]any{"%" + text + "%", id, text + "%", limit}, func(rows *sql.Rows) error {
			z, err := scanZone(rows)
			out = append(out, z)
			return err
		})
	return out, err
}

// eachOfLevel calls f for the zones of a level, by their id, with how many
// datasets that everybody sees name it.
func eachOfLevel(ctx context.Context, q db.Querier, level string, f func(z *Zone, datasets int64)) error {
	return db.Each(ctx, q, `SELECT z.id, z.slug, z.name, z.name_en, z.code, z.level, z.uri, z.geom,
		(SELECT count(*) FROM dataset_zone x JOIN dataset d ON d.id = x.dataset WHERE x.zone = z.id AND `+visible+`)
		FROM geo_zone z WHERE z.level = $1 ORDER BY z.id`, []any{level}, func(rows *sql.Rows) error {
		var datasets int64
		z, err := scanZone(rows, &datasets)
		f(z, datasets)
		return err
	})
}

// visible are the datasets that everybody sees.
const visible = "NOT d.private AND d.deleted IS NULL AND d.archived IS NULL"

// datasetsOf returns the ids of the datasets that name a zone and that
// everybody sees, the oldest first.
func datasetsOf(ctx context.Context, q db.Querier, zone string, limit int) ([]string, error) {
	return db.Strings(ctx, q, `SELECT d.id FROM dataset_zone x JOIN dataset d ON d.id = x.dataset
		WHERE x.zone = $1 AND `+visible+" ORDER BY d.created_at, d.id LIMIT $2", zone, limit)
}

// allLevels loads the levels, the largest territories first.
func allLevels(ctx context.Context, q db.Querier) ([]Level, error) {
	var out []Level
	err := db.Each(ctx, q, "SELECT id, name, admin_level FROM geo_level ORDER BY admin_level, id", nil, func(rows *sql.Rows) error {
		var l Level
		err := rows.Scan(&l.ID, &l.Name, &l.AdminLevel)
		out = append(out, l)
		return err
	})
	return out, err
}

// saveZones writes zones, new or not. Of two with one id the later one counts:
// PostgreSQL refuses a statement that would write a row twice.
func saveZones(ctx context.Context, tx *sql.Tx, list []Zone) error {
	rows, at := make([][]any, 0, len(list)), make(map[string]int, len(list))
	for i := range list {
		z := &list[i]
		row := []any{
			z.ID, z.Slug, z.Name, db.Null(z.NameEN), z.Code, z.Level, db.Null(z.URI), db.Null(string(z.Geom)), z.search(), z.builtin,
		}
		if n, twice := at[z.ID]; twice {
			rows[n] = row
			continue
		}
		at[z.ID] = len(rows)
		rows = append(rows, row)
	}
	return db.InsertMany(ctx, tx, "geo_zone ("+zoneColumns+", search, builtin)", rows, `ON CONFLICT (id) DO UPDATE SET
		slug = excluded.slug, name = excluded.name, name_en = excluded.name_en, code = excluded.code, level = excluded.level,
		uri = excluded.uri, geom = excluded.geom, search = excluded.search, builtin = excluded.builtin`)
}

// saveLevels writes levels, new or not.
func saveLevels(ctx context.Context, tx *sql.Tx, list []Level) error {
	rows := make([][]any, len(list))
	for i, l := range list {
		rows[i] = []any{l.ID, l.Name, l.AdminLevel, l.builtin}
	}
	return db.InsertMany(ctx, tx, "geo_level (id, name, admin_level, builtin)", rows,
		"ON CONFLICT (id) DO UPDATE SET name = excluded.name, admin_level = excluded.admin_level, builtin = excluded.builtin")
}
