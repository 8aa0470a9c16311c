package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ouvert/internal/app/apptest"
	"ouvert/internal/migrate/zones"
)

const spatial = "/api/1/spatial/"

func TestTerritories(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		zones := func(list ...string) body { return body{"zones": list, "granularity": "fr:region"} }
		publish := func(title string, more body) string {
			b := body{"title": title, "description": "x", "frequency": "unknown"}
			for k, v := range more {
				b[k] = v
			}
			return p.Want(201, ada, "POST", "/api/1/datasets/", b).Get("id").(string)
		}
		oid := publish("Of Brittany", body{"spatial": zones("fr:region:53", "country:de")})
		publish("A draft", body{"spatial": zones("fr:region:53"), "private": true})

		// What is known.
		for path, want := range map[string]string{
			"zones/suggest/?q=bretagne&size=1":   `[{"code":"53","id":"fr:region:53","level":"fr:region","name":"Brittany","uri":null}]`,
			"zones/suggest/?q=ile+de+fr":         `[]`,
			"zones/suggest/?q=ILE-DE-FR&lang=fr": `[{"code":"11","id":"fr:region:11","level":"fr:region","name":"Île-de-France","uri":null}]`,
			"zones/suggest/?q=par&size=3": `[{"code":"py","id":"country:py","level":"country","name":"Paraguay","uri":null},{"code":"sx","id":"country:sx","level":"country","name":"Sint Maarten","uri":null},` +
				`{"code":"75","id":"fr:departement:75","level":"fr:departement","name":"Paris","uri":null}]`,
			"zones/suggest/?q=fr:departement:75": `[{"code":"75","id":"fr:departement:75","level":"fr:departement","name":"Paris","uri":null}]`,
			"zone/fr:region:53/?lang=fr":         `{"geometry":null,"id":"fr:region:53","properties":{"code":"53","level":"fr:region","name":"Bretagne","slug":"bretagne","uri":null},"type":"Feature"}`,
			"zones/country:de,country-subset:fr:metro/": `{"features":[{"geometry":null,"id":"country:de","properties":{"code":"de","level":"country","name":"Germany","slug":"allemagne","uri":null},"type":"Feature"},` +
				`{"geometry":null,"id":"country-subset:fr:metro","properties":{"code":"fr:metro","level":"country-subset","name":"Metropolitan France","slug":"france-metropolitaine","uri":null},"type":"Feature"}],"type":"FeatureCollection"}`,
			"levels/?lang=fr": `[{"id":"country-group","name":"Groupe de pays"},{"id":"country","name":"Pays"},{"id":"country-subset","name":"Partie de pays"},` +
				`{"id":"fr:region","name":"Région française"},{"id":"fr:departement","name":"Département français"}]`,
			"granularities/": `[{"id":"country-group","name":"Country group"},{"id":"country","name":"Country"},{"id":"country-subset","name":"Country subset"},` +
				`{"id":"fr:region","name":"French region"},{"id":"fr:departement","name":"French county"},{"id":"poi","name":"POI"},{"id":"other","name":"Other"}]`,
		} {
			if got := p.Want(200, nobody, "GET", spatial+path, nil); got.Text != want {
				t.Errorf("%s\ngot  %s\nwant %s", path, got.Text, want)
			}
		}
		for path, status := range map[string]int{
			"zones/suggest/": 400, "zones/suggest/?q=x&size=x": 400, "zone/fr:region:99/": 404, "zone/x/": 404, "zone/fr:region:99/datasets/": 404,
			"zone/fr:region:53@2016-01-01/": 200, "zones/country:de,country:xx/": 404, "zones/" + strings.Repeat("country:de,", 600) + "country:de/": 400,
			"coverage/fr:commune/": 404, "zone/fr:region:53/datasets/?size=x": 400, "zone/fr:region:53/datasets/?dynamic=x": 400, "zone/%00:%00/": 404,
		} {
			p.Want(status, nobody, "GET", spatial+path, nil)
		}

		// What it is for: the draft is nobody's business.
		if got := p.Want(200, nobody, "GET", spatial+"zone/fr:region:53/datasets/?dynamic=1", nil); len(got.Body.([]any)) != 1 || got.Get("0.id") != oid || got.Get("0.class") != "Dataset" {
			t.Errorf("about Brittany: %s", got.Text)
		}
		counted := 0.0
		for _, f := range p.Want(200, nobody, "GET", spatial+"coverage/fr:region/", nil).Get("features").([]any) {
			n := apptest.At(f, "properties.datasets").(float64)
			if counted += n; n > 0 && apptest.At(f, "id") != "fr:region:53" {
				t.Errorf("counted %v", f)
			}
		}
		if counted != 1 {
			t.Errorf("%v datasets are counted", counted)
		}
		for query, want := range map[string]float64{"geozone=fr:region:53": 1, "geozone=fr:region:11": 0, "granularity=fr:region": 1, "granularity=poi": 0} {
			for _, list := range []string{"/api/1/datasets/?", "/api/2/datasets/search/?"} {
				if got := p.Want(200, nobody, "GET", list+query, nil); got.Get("total") != want {
					t.Errorf("%s%s: %s", list, query, got.Text)
				}
			}
		}
		whole := p.Want(200, nobody, "GET", "/api/2/datasets/"+oid+"/?lang=fr", nil, "X-Get-Datasets-Full-Objects", "True", "X-Fields", "spatial")
		if want := `{"spatial":{"geom":null,"granularity":{"id":"fr:region","name":"Région française"},"zones":[` +
			`{"code":"53","id":"fr:region:53","level":"fr:region","name":"Bretagne","slug":"bretagne","uri":null},` +
			`{"code":"de","id":"country:de","level":"country","name":"Allemagne","slug":"allemagne","uri":null}]}}`; whole.Text != want {
			t.Errorf("whole\ngot  %s\nwant %s", whole.Text, want)
		}
		if got := p.Want(200, nobody, "GET", "/api/1/site/datasets.csv?q=brittany", nil); !strings.Contains(got.Text, `;"fr:region";"Bretagne,Allemagne";`) {
			t.Errorf("the table: %s", got.Text)
		}
		// Whole objects may be sent back.
		p.Want(200, ada, "PUT", "/api/1/datasets/"+oid+"/", body{"spatial": body{"zones": whole.Get("spatial.zones")}})
	})
}

// TestZonesThatDatasetsMayName are the rules that the package spatial tells.
func TestZonesThatDatasetsMayName(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		try := func(status int, territory body) apptest.Answer {
			t.Helper()
			return p.Want(status, ada, "POST", "/api/1/datasets/", body{"title": "T", "description": "x", "frequency": "unknown", "spatial": territory})
		}
		zones := func(list ...string) body { return body{"zones": list} }
		if got := try(400, zones("fr:region:53", "fr:region:99", "country:xx")); got.Get("errors.spatial") != "Unknown geoid(s): fr:region:99, country:xx" {
			t.Errorf("unknown ones: %s", got.Text)
		}
		try(400, zones("xxx"))
		try(400, body{"granularity": "fr:commune"})
		try(400, body{"granularity": 5})
		// Nothing is known of communes yet, and of what is so named there is then one.
		old := try(201, zones("fr:commune:99999")).Get("id").(string)
		load(t, p, `[{"_id": "fr:commune:75056", "nom": "Paris", "level": "fr:commune", "codeINSEE": "75056", "uri": "http://id.insee.fr/geo/commune/x", "is_deleted": false}]`)
		try(201, zones("fr:commune:75056", "fr:commune:99999"))
		try(400, zones("fr:commune:11111"))
		try(201, body{"granularity": "fr:commune"})
		// What a dataset says already, it may say again.
		p.Want(200, ada, "PUT", "/api/1/datasets/"+old+"/", body{"spatial": zones("fr:commune:99999", "fr:region:53")})
	})
}

func load(t *testing.T, p *apptest.Portal, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zones.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := zones.Import(t.Context(), file, p.DB, p.Spatial); err != nil {
		t.Fatal(err)
	}
}

func TestTags(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		dataset := body{"title": "T", "description": "x", "frequency": "unknown"}
		reuse := body{"title": "T", "description": "x", "type": "idea", "topic": "health"}
		for i, tags := range []string{"bus,train", "bus,train-de-nuit", "bus,bus-de-nuit"} {
			dataset["tags"] = tags
			p.Want(201, ada, "POST", "/api/1/datasets/", dataset)
			reuse["tags"], reuse["url"] = tags, "https://www.example.com/"+string(rune('a'+i))
			p.Want(201, ada, "POST", "/api/1/reuses/", reuse)
		}
		for _, hidden := range []body{{"private": true}, {"private": false, "archived": "2026-01-01"}} {
			dataset["tags"], dataset["private"], dataset["archived"] = "secret", hidden["private"], hidden["archived"]
			p.Want(201, ada, "POST", "/api/1/datasets/", dataset)
		}
		reuse["tags"], reuse["url"], reuse["private"] = "secret", "https://www.example.com/s", true
		p.Want(201, ada, "POST", "/api/1/reuses/", reuse)
		for query, want := range map[string]string{
			"q=":               `[{"text":"bus"},{"text":"train"},{"text":"bus-de-nuit"},{"text":"train-de-nuit"}]`,
			"q=BUS":            `[{"text":"bus"},{"text":"bus-de-nuit"}]`,
			"q=bus&size=1":     `[{"text":"bus"}]`,
			"q=de+nuit":        `[{"text":"bus-de-nuit"},{"text":"train-de-nuit"}]`,
			"q=de+nuit&size=1": `[{"text":"bus-de-nuit"}]`,
			"q=secret":         `[]`,
			"q=%25":            `[{"text":"bus"},{"text":"train"},{"text":"bus-de-nuit"},{"text":"train-de-nuit"}]`, // no letter in it
		} {
			if got := p.Want(200, nobody, "GET", "/api/1/tags/suggest/?"+query, nil); got.Text != want {
				t.Errorf("%s\ngot  %s\nwant %s", query, got.Text, want)
			}
		}
		p.Want(400, nobody, "GET", "/api/1/tags/suggest/", nil)
		p.Want(400, nobody, "GET", "/api/1/tags/suggest/?q=x&size=x", nil)
		p.Want(200, nobody, "GET", "/api/1/tags/suggest/?q="+strings.Repeat("%C3%A9", 5000), nil)
		want := "\"name\";\"datasets\";\"reuses\";\"total\"\r\n\"bus\";3;3;6\r\n\"bus-de-nuit\";1;1;2\r\n\"train\";1;1;2\r\n\"train-de-nuit\";1;1;2\r\n"
		if got := p.Want(200, nobody, "GET", "/api/1/site/tags.csv", nil); got.Text != want {
			t.Errorf("the table: %q", got.Text)
		}
	})
}
