package intake

import (
	"cmp"
	"context"
	"database/sql"

	"ouvert/internal/catalog/spatial"
)

func (r *Run) level(rec *Record, id string) (*item, error) {
	if err := named(rec, id); err != nil {
		return nil, err
	}
	l := spatial.Level{ID: id, Name: rec.Text("name")}
	if n := rec.Int("admin_level"); n != nil {
		l.AdminLevel = int(min(max(*n, 1), 110)) // udata's own bounds
	}
	return &item{write: func(ctx context.Context, tx *sql.Tx) error {
		return r.target.Spatial.ImportLevels(ctx, tx, []spatial.Level{l})
	}}, nil
}

// zone reads a territory. udata of before 2023 kept its outline too, and names
// by `keys` that nothing reads any more.
func (r *Run) zone(rec *Record, id string) (*item, error) {
	if err := named(rec, id); err != nil {
		return nil, err
	}
	if _, _, ok := spatial.Split(id); !ok {
		return nil, refusal("its _id is no id of a territory")
	}
	z := spatial.Zone{
		ID: id, Name: cmp.Or(rec.Needed("name"), id), Slug: rec.Text("slug"), Code: rec.Text("code"), Level: rec.Text("level"),
		URI: rec.Text("uri"), Geom: rec.Raw("geom"),
	}
	return &item{write: func(ctx context.Context, tx *sql.Tx) error {
		return r.target.Spatial.ImportZones(ctx, tx, []spatial.Zone{z})
	}}, nil
}

// named refuses a document whose _id is no name.
func named(rec *Record, id string) error {
	if _, ok := rec.get("_id").(string); !ok || id == "" {
		return refusal("its _id is " + kind(rec.doc["_id"]) + ", not a name")
	}
	return nil
}
