package zones

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ouvert/internal/catalog/spatial"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
)

func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := spatial.New(d, ref.NewRegistry())
		file := filepath.Join(t.TempDir(), "zones.json")
		load := func(text string) (levels, zones, skipped int, err error) {
			t.Helper()
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Import(t.Context(), file, d, s)
			if err != nil {
				return 0, 0, 0, err
			}
			return r.Find("geo_level").Written, r.Find("geo_zone").Written, r.Find("geo_zone").Skipped, nil
		}
		names := func() string {
			t.Helper()
			got, err := db.Strings(t.Context(), d.Read(), "SELECT id || '=' || name FROM geo_zone ORDER BY id")
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(got, " ")
		}

		// The three forms.
		levels, zones, skipped, err := load(`[{"id": "fr:commune", "label": "French town", "admin_level": 80, "parents": []}]`)
		if err != nil || levels != 1 || zones+skipped != 0 {
			t.Errorf("levels: %d %d %d %v", levels, zones, skipped, err)
		}
		const published = `[
			{"uri": "http://id.insee.fr/geo/commune/1", "nom": "Lyon", "codeINSEE": "69123", "nomSansArticle": "Lyon", "codeArticle": null, "type": "Commune", "is_deleted": false, "level": "fr:commune", "_id": "fr:commune:69123", "ancestors": ["country:fr"]},
			{"uri": null, "nom": "Gone", "codeINSEE": "1", "is_deleted": true, "level": "fr:commune", "_id": "fr:commune:1"}]`
		for range 2 {
			if levels, zones, skipped, err = load(published); err != nil || levels != 0 || zones != 1 || skipped != 1 {
				t.Errorf("udata's: %d %d %d %v", levels, zones, skipped, err)
			}
		}
		_, zones, _, err = load(`{"type": "FeatureCollection", "name": {"x": [1]}, "features": [
			{"type": "Feature", "id": "pt:distrito:11", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "Lisboa", "name_en": "Lisbon", "other": [1]}},
			{"type": "Feature", "geometry": null, "properties": {"id": "pt:distrito:13", "name": "Porto"}}]}`)
		if err != nil || zones != 2 {
			t.Errorf("GeoJSON: %d %v", zones, err)
		}
		const all = "fr:commune:69123=Lyon pt:distrito:11=Lisboa pt:distrito:13=Porto"
		if got := names(); got != all {
			t.Errorf("got %s", got)
		}

		// What is wrong is told, and nothing of the file stays.
		good := `{"_id": "fr:commune:2", "nom": "Good"}`
		for text, want := range map[string]string{
			`[` + good + `, {"_id": "x", "nom": "Bad"}]`:                                      `element 2: "x" is no id of a territory`,
			`[` + good + `, {"_id": "a:b"}]`:                                                  "element 2: a:b has no name",
			`[` + good + `, {"_id": "a:b", "nom": 5}]`:                                        "element 2: json:",
			`[` + good + `, {"_id": "a:b", "nom": "x\u0000"}]`:                                "has a NUL",
			`[` + good + `, {"_id": "a:b", "nom": "` + strings.Repeat("x", maxText+1) + `"}]`: "more than 500",
			`[` + strings.Repeat(good+",", batch+1):                                           "the file is cut off",
			`[` + good:                                                                        "the file is cut off",
			``:                                                                                "the file is cut off",
			`5`:                                                                               "neither a list",
			`[{"_id": "a:b", "nom": "x", "geometry": [1]}]`:                                   "a geometry that is none",
			`{"a": 1}`:                                                                        "no features",
			`{"features": 5}`:                                                                 "no list",
		} {
			if _, _, _, err := load(text); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%.60s: %v, want %s", text, err, want)
			}
		}
		if got := names(); got != all {
			t.Errorf("after failed imports: %s", got)
		}
	})
}
