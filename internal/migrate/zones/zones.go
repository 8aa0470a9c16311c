// Package zones brings territories in from a file of JSON, in one of three
// forms:
//
//   - the file of zones that udata's `spatial load` reads, as data.gouv.fr
//     publishes it: a list of {"_id", "nom", "level", "codeINSEE", "uri"}, those
//     with "is_deleted": true left out;
//   - its file of levels: a list of {"id", "label", "admin_level"};
//   - GeoJSON, a FeatureCollection: each feature has an `id` ("fr:commune:75056"),
//     its `properties` a `name` and maybe `name_en`, `level`, `code`, `slug` and
//     `uri`; its geometry is kept. It is what /api/1/spatial/zones/ answers with.
//
// It can be run again. The file is imported whole, or not at all.
package zones

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"ouvert/internal/catalog/spatial"
	"ouvert/internal/kernel/db"
	"ouvert/internal/migrate/report"
)

// batch is how many zones are written at a time.
const batch = 500

// entry is an element of any of the forms.
type entry struct {
	// a zone of udata's file
	ID_     string `json:"_id"`
	Nom     string `json:"nom"`
	Level   string `json:"level"`
	Code    string `json:"codeINSEE"`
	URI     string `json:"uri"`
	Deleted bool   `json:"is_deleted"`
	// a level of udata's file, or a feature
	ID         string `json:"id"`
	Label      string `json:"label"`
	AdminLevel int    `json:"admin_level"`
	// a feature
	Type       string          `json:"type"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		NameEN string `json:"name_en"`
		Slug   string `json:"slug"`
		Level  string `json:"level"`
		Code   string `json:"code"`
		URI    string `json:"uri"`
	} `json:"properties"`
}

// Import imports a file. The error says which element is wrong, and how;
// nothing was imported then.
func Import(ctx context.Context, path string, d *db.DB, s *spatial.Service) (*report.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r *report.Report
	err = d.Write(ctx, func(tx *sql.Tx) error {
		if _, err := f.Seek(0, io.SeekStart); err != nil { // a transaction may run more than once
			return err
		}
		r = &report.Report{}
		w := &writer{tx: tx, spatial: s, report: r}
		return w.read(ctx, json.NewDecoder(bufio.NewReaderSize(f, 1<<20)))
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

type writer struct {
	tx      *sql.Tx
	spatial *spatial.Service
	report  *report.Report
	zones   []spatial.Zone
}

func (w *writer) read(ctx context.Context, d *json.Decoder) error {
	if err := toList(d); err != nil {
		return err
	}
	for n := 1; d.More(); n++ {
		var e entry
		if err := d.Decode(&e); err != nil {
			return fmt.Errorf("element %d: %w", n, cut(err))
		}
		if err := w.add(ctx, &e); err != nil {
			return fmt.Errorf("element %d: %w", n, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return cut(err)
	}
	return w.flush(ctx)
}

// toList goes to the elements: into the list that the file is, or the one that
// the features of a collection are.
func toList(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return cut(err)
	}
	if t == json.Delim('[') {
		return nil
	}
	if t != json.Delim('{') {
		return fmt.Errorf("it begins with %v: it is neither a list nor a FeatureCollection", t)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return cut(err)
		}
		if name == "features" {
			if t, err := d.Token(); err != nil || t != json.Delim('[') {
				return errors.New("its features are no list")
			}
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return cut(err)
		}
	}
	return errors.New("it is neither a list nor a FeatureCollection: there are no features")
}

// cut says in words that a file ends too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file is cut off")
	}
	return err
}

func (w *writer) add(ctx context.Context, e *entry) error {
	if e.Label != "" && e.ID != "" && e.ID_ == "" {
		row := w.report.Row("geo_level")
		row.Read++
		if err := fits(e.ID, e.Label); err != nil {
			return err
		}
		row.Written++
		return w.spatial.ImportLevels(ctx, w.tx, []spatial.Level{{ID: e.ID, Name: e.Label, AdminLevel: e.AdminLevel}})
	}
	row := w.report.Row("geo_zone")
	row.Read++
	if e.Deleted {
		row.Skipped++
		return nil
	}
	p := &e.Properties
	z := spatial.Zone{
		ID: cmp.Or(e.ID_, e.ID, p.ID), Name: cmp.Or(e.Nom, p.Name), NameEN: p.NameEN, Slug: p.Slug, Code: cmp.Or(e.Code, p.Code),
		Level: cmp.Or(e.Level, p.Level), URI: cmp.Or(e.URI, p.URI),
	}
	if len(e.Geometry) > 0 && string(e.Geometry) != "null" {
		if e.Geometry[0] != '{' {
			return fmt.Errorf("%s has a geometry that is none", z.ID)
		}
		z.Geom = e.Geometry
	}
	if _, _, ok := spatial.Split(z.ID); !ok {
		return fmt.Errorf("%q is no id of a territory, as fr:commune:75056 is", z.ID)
	}
	if err := fits(z.ID, z.Name, z.NameEN, z.Slug, z.Code, z.Level, z.URI); err != nil {
		return err
	}
	if z.Name == "" {
		return fmt.Errorf("%s has no name", z.ID)
	}
	row.Written++
	if w.zones = append(w.zones, z); len(w.zones) == batch {
		return w.flush(ctx)
	}
	return nil
}

// maxText bounds each text of an element, in characters.
const maxText = 500

func fits(texts ...string) error {
	for _, t := range texts {
		if utf8.RuneCountInString(t) > maxText {
			return fmt.Errorf("%s has a text of more than %d characters", texts[0], maxText)
		}
		for _, c := range t {
			if c == 0 {
				return fmt.Errorf("%q has a NUL", texts[0])
			}
		}
	}
	return nil
}

func (w *writer) flush(ctx context.Context) error {
	err := w.spatial.Import(ctx, w.tx, w.zones)
	w.zones = w.zones[:0]
	return err
}
