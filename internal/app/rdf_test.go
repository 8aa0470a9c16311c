package app_test

import (
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/license"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/kernel/id"
)

const (
	nsDCAT  = "http://www.w3.org/ns/dcat#"
	nsDCT   = "http://purl.org/dc/terms/"
	nsHydra = "http://www.w3.org/ns/hydra/core#"
	siteRDF = "/api/1/site/catalog"
)

// triples fetches a description as N-Triples, a line each.
func (w *world) triples(who apptest.Person, path string) []string {
	w.t.Helper()
	got := w.Want(200, who, "GET", path, nil)
	if ct := got.Header.Get("Content-Type"); ct != "application/n-triples" {
		w.t.Errorf("%s: %s", path, ct)
	}
	return strings.Split(strings.TrimSuffix(got.Text, "\n"), "\n")
}

// holds looks for triples.
func holds(t *testing.T, lines []string, want ...string) {
	t.Helper()
	for _, x := range want {
		if !slices.Contains(lines, x+" .") {
			t.Errorf("%s is missing in\n%s", x, strings.Join(lines, "\n"))
		}
	}
}

func lacks(t *testing.T, lines []string, text string) {
	t.Helper()
	for _, l := range lines {
		if strings.Contains(l, text) {
			t.Errorf("it tells of %s: %s", text, l)
		}
	}
}

func iri(s string) string { return "<" + s + ">" }

func (w *world) publishDataset(who apptest.Person, title string, more ...any) string {
	w.t.Helper()
	b := body{"title": title, "description": "About " + title, "frequency": "unknown"}
	for i := 0; i+1 < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return w.Want(201, who, "POST", "/api/1/datasets/", b).Get("id").(string)
}

func TestRDFFormats(t *testing.T) {
	w := newWorld(t, app.Config{})
	plain := w.publishDataset(w.ada, "Trams")
	for base, one := range map[string]string{
		"/api/1/datasets/" + plain + "/rdf":                   "",
		"/api/1/dataservices/" + w.dataservice + "/rdf":       "",
		"/api/1/organizations/" + w.organization + "/catalog": "?page=1&page_size=100",
		siteRDF: "?page=1&page_size=100",
	} {
		for accept, format := range map[string]string{
			"": "json", "text/html": "json", "*/*": "xml", "text/turtle": "ttl", "application/rdf+xml": "xml", "application/xml": "xml",
			"application/ld+json": "json", "application/trig": "trig", "text/n3": "n3", "application/n-triples": "nt",
		} {
			got := w.Want(302, nobody, "GET", base, nil, "Accept", accept)
			if l := got.Header.Get("Location"); l != base+"."+format+one {
				t.Errorf("%s %q: %s", base, accept, l)
			}
			if v := got.Header.Get("Vary"); !strings.Contains(v, "Accept") {
				t.Errorf("%s: Vary is %q", base, v)
			}
		}
		for format, mediaType := range map[string]string{
			"json": "application/ld+json", "jsonld": "application/ld+json", "xml": "application/rdf+xml", "rdf": "application/rdf+xml", "owl": "application/rdf+xml",
			"ttl": "application/x-turtle", "n3": "text/n3", "nt": "application/n-triples", "trig": "application/trig", "TTL": "application/x-turtle",
		} {
			got := w.Want(200, nobody, "GET", base+"."+format, nil)
			if ct := got.Header.Get("Content-Type"); ct != mediaType || !strings.Contains(got.Text, "http://") {
				t.Errorf("%s.%s: %s %s", base, format, ct, got.Text)
			}
		}
		for _, format := range []string{"xxx", "nq", "html", "csv", "ttl.x"} {
			w.Want(404, nobody, "GET", base+"."+format, nil)
		}
	}
	got := w.Want(302, nobody, "GET", siteRDF+"?tag=b&x=y&tag=a%26&page=2&featured=true", nil)
	if l := got.Header.Get("Location"); l != siteRDF+".json?page=2&tag=b&tag=a%26&featured=true&page_size=100" {
		t.Error(l)
	}
	if l := w.Want(302, nobody, "GET", "/api/1/site/data.rdf", nil).Header.Get("Location"); l != siteRDF+".rdf" {
		t.Error(l)
	}
	w.Want(404, nobody, "GET", "/api/1/site/data.xxx", nil)
	context := w.Want(200, nobody, "GET", "/api/1/site/context.jsonld", nil)
	inDocument := w.Want(200, nobody, "GET", siteRDF+".json", nil)
	var c any
	if err := json.Unmarshal([]byte(context.Text), &c); err != nil || apptest.At(c, "@vocab") != nsDCAT {
		t.Errorf("%v %s", err, context.Text)
	}
	var d struct {
		Context any              `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(inDocument.Text), &d); err != nil || apptest.At(d.Context, "@vocab") != nsDCAT || len(d.Graph) == 0 {
		t.Errorf("%v %s", err, inDocument.Text)
	}
}

// TestRDFOfADataset holds a description against what udata 17.6 tells.
func TestRDFOfADataset(t *testing.T) {
	eachWorld(t, app.Config{Title: "Portal of tests"}, func(t *testing.T, w *world) {
		at := apptest.Start.Add(1500 * time.Microsecond)
		size, oid, rid := int64(1001), w.newID(), id.UUID()
		d := &dataset.Dataset{
			ID: oid, Slug: "trams", Title: "Trams", Acronym: "TR", Organization: w.organization, License: "lov2",
			CreatedInternal: at, ModifiedInternal: at,
			Resources: []dataset.Resource{{
				ID: rid, URL: "https://wms.example.org/x?SERVICE=WMS&REQUEST=GetCapabilities", Title: "Map", Format: "ogc:wms", Mime: "text/xml", Filesize: &size,
				Checksum: &dataset.Checksum{Value: "abc"}, Schema: &dataset.Schema{URL: "https://schema.example.org/trams"},
				CreatedInternal: at, ModifiedInternal: at,
			}},
			Doc: dataset.Doc{
				Description: "Where", Tags: []string{"hvd", "mobilite"}, Badges: []dataset.Badge{{Kind: "hvd"}}, Frequency: "twelveHours", ContactPoints: []string{w.contact},
				TemporalCoverage: &dataset.TemporalCoverage{Start: "2020-01-01"},
				Access:           dataset.Access{Type: "restricted", ReasonCategory: "intellectual_property_rights"},
			},
		}
		w.write(func(tx *sql.Tx) error {
			for _, l := range []license.License{
				{ID: "lov2", Title: "Open licence", Doc: license.Doc{URL: "https://www.etalab.gouv.fr/licence-ouverte-open-licence"}},
				{ID: "other", Title: "Another licence"},
			} {
				if err := w.Licenses.Import(t.Context(), tx, &l); err != nil {
					return err
				}
			}
			return w.Datasets.Import(t.Context(), tx, d)
		})
		service := w.newID()
		w.write(func(tx *sql.Tx) error {
			for i, private := range []bool{false, true} {
				s := &dataservice.Dataservice{
					ID: []string{service, w.newID()}[i], Slug: []string{"tram-api", "hidden-api"}[i], Title: []string{"Tram API", "Hidden API"}[i], Organization: w.organization,
					Private: private, CreatedAt: at, LastModified: at, Datasets: []string{oid},
					Doc: dataservice.Doc{Tags: []string{"hvd"}, Badges: []dataservice.Badge{{Kind: "hvd"}}, BaseAPIURL: "https://api.example.org/trams"},
				}
				if err := w.Dataservices.Import(t.Context(), tx, s); err != nil {
					return err
				}
			}
			return nil
		})
		w.t = t
		lines := w.triples(nobody, "/api/1/datasets/trams/rdf.nt")
		self := iri("https://www.example.org/datasets/" + oid)
		res := iri("https://www.example.org/datasets/" + oid + "?resource_id=" + rid)
		org := iri("https://www.example.org/organizations/" + w.organization)
		desk := iri("http://portal.test/api/1/contacts/" + w.contact + "/")
		law := "<http://data.europa.eu/r5r/applicableLegislation> <http://data.europa.eu/eli/reg_impl/2023/138/oj>"
		category := "<http://data.europa.eu/r5r/hvdCategory> <http://data.europa.eu/bna/c_b79e35eb>"
		instant := `"` + at.UTC().Format("2006-01-02T15:04:05.000000") + `"^^<http://www.w3.org/2001/XMLSchema#dateTime>`
		why := "<http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1e>"
		api := iri("https://www.example.org/dataservices/" + service)
		const a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
		holds(t, lines,
			self+" "+a+" <"+nsDCAT+"Dataset>",
			self+" <"+nsDCT+`identifier> "`+oid+`"`,
			self+" <"+nsDCT+`title> "Trams"`,
			self+" <http://www.w3.org/2004/02/skos/core#altLabel> \"TR\"",
			self+" <"+nsDCT+"created> "+instant, self+" <"+nsDCT+"issued> "+instant, self+" <"+nsDCT+"modified> "+instant,
			self+" <"+nsDCAT+"landingPage> <https://www.example.org/datasets/trams>",
			self+" <"+nsDCT+"accrualPeriodicity> <http://publications.europa.eu/resource/authority/frequency/12HRS>",
			self+" <"+nsDCT+"accessRights> <http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC>",
			self+" <"+nsDCAT+`keyword> "mobilite"`,
			self+" "+law, self+" "+category, self+" <"+nsDCAT+"distribution> "+res, self+" <"+nsDCT+"publisher> "+org,
			self+" <"+nsDCAT+"contactPoint> "+desk,
			desk+" <http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:data@example.org>",
			org+" <http://xmlns.com/foaf/0.1/homepage> <https://town.example.org/>",
			res+" <"+nsDCT+"license> <https://www.etalab.gouv.fr/licence-ouverte-open-licence>",
			res+" <"+nsDCT+"rights> "+why, why+" "+a+" <"+nsDCT+"RightsStatement>",
			res+" "+law, res+" <"+nsDCAT+"byteSize> \"1001\"^^<http://www.w3.org/2001/XMLSchema#integer>",
			res+" <"+nsDCAT+"accessURL> <http://portal.test/api/1/datasets/r/"+rid+">",
			res+" <"+nsDCT+"conformsTo> <https://schema.example.org/trams>",
			api+" "+law, api+" "+category, api+" <"+nsDCAT+"servesDataset> "+self, api+" <"+nsDCAT+"endpointURL> <https://api.example.org/trams>",
		)
		whole := strings.Join(lines, "\n")
		for _, part := range []string{
			`> "2020-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .`, "<http://spdx.org/rdf/terms#algorithm> <http://spdx.org/rdf/terms#checksumAlgorithm_sha1>",
			"<" + nsDCAT + "endpointURL> <https://wms.example.org/x> .", "<" + nsDCT + "conformsTo> <http://www.opengeospatial.org/standards/wms>",
			"<" + nsDCAT + "accessService> " + api, "<" + nsDCAT + "endpointDescription> <https://wms.example.org/x?SERVICE=WMS&REQUEST=GetCapabilities>",
		} {
			if !strings.Contains(whole, part) {
				t.Errorf("%s is missing in\n%s", part, whole)
			}
		}
		lacks(t, lines, "Hidden")
		lacks(t, lines, "Open licence")
		d.License = "other" // it has no address
		w.write(func(tx *sql.Tx) error { return w.Datasets.Import(t.Context(), tx, d) })
		lines = w.triples(nobody, "/api/1/datasets/trams/rdf.nt")
		holds(t, lines, res+" <"+nsDCT+`rights> "Another licence"`)
		lacks(t, lines, nsDCT+"license")
		lacks(t, lines, "description> \"None\"")
	})
}

// TestRDFOfTheHarvested: what came from elsewhere keeps its IRI and dates.
func TestRDFOfTheHarvested(t *testing.T) {
	w := newWorld(t, app.Config{Title: "Portal of tests"})
	lines := w.triples(nobody, "/api/1/datasets/"+w.dataset+"/rdf.nt")
	holds(t, lines,
		"<urn:d> <"+nsDCT+`identifier> "d"`, "<urn:d> <"+nsDCAT+"landingPage> <https://example.org/r>",
		"<urn:d> <http://www.w3.org/ns/adms#identifier> _:b1", "_:b1 <"+nsDCT+`creator> "Portal of tests"`,
		"_:b1 <http://www.w3.org/2004/02/skos/core#notation> \"https://www.example.org/datasets/"+w.dataset+`"`,
	)
	lines = w.triples(nobody, "/api/1/dataservices/"+w.dataservice+"/rdf.nt")
	holds(t, lines, "<urn:a> <"+nsDCT+`identifier> "r"`, "<urn:a> <"+nsDCAT+"servesDataset> <urn:d>", "<urn:a> <"+nsDCAT+"landingPage> <https://example.org/r>")
}

// TestRDFPublishers: a contact that publishes leaves the owner to hand out.
func TestRDFPublishers(t *testing.T) {
	w := newWorld(t, app.Config{})
	maker := w.newID()
	w.write(func(tx *sql.Tx) error {
		return w.ContactPoints.Import(t.Context(), tx, &contactpoint.ContactPoint{ID: maker, Name: "Maker", Email: "m@example.org", Role: "publisher", Owner: w.ada.ID})
	})
	oid := w.publishDataset(w.ada, "Trams", "contact_points", []string{maker})
	lines := w.triples(nobody, "/api/1/datasets/"+oid+"/rdf.nt")
	self, agent := iri("https://www.example.org/datasets/"+oid), iri("http://portal.test/api/1/contacts/"+maker+"/")
	holds(t, lines, self+" <"+nsDCT+"publisher> "+agent, agent+" <http://xmlns.com/foaf/0.1/mbox> <mailto:m@example.org>")
	if !strings.Contains(strings.Join(lines, "\n"), self+" <http://data.europa.eu/930/distributor> <https://www.example.org/users/") {
		t.Error("nobody hands it out")
	}
}

func TestRDFVisibility(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		w.t = t
		draft, gone := w.publishDataset(w.ada, "Secret trams", "private", true), w.publishDataset(w.ada, "Old trams")
		w.Want(204, w.ada, "DELETE", "/api/1/datasets/"+gone+"/", nil)
		open := w.publishDataset(w.ada, "Trams")
		old := w.publishDataset(w.ada, "Horse trams")
		w.Want(200, w.ada, "PUT", "/api/1/datasets/"+old+"/", body{"archived": "2026-01-02T03:04:05Z"})
		service := w.Want(201, w.ada, "POST", "/api/1/dataservices/", body{"title": "Trams API", "datasets": []string{draft, gone, open}}).Get("id").(string)
		secret := w.Want(201, w.ada, "POST", "/api/1/dataservices/", body{"title": "Secret API", "private": true}).Get("id").(string)
		for path, want := range map[string][3]int{ // a stranger, ada, a sysadmin
			"/api/1/datasets/" + draft + "/rdf":         {404, 302, 302},
			"/api/1/datasets/" + draft + "/rdf.ttl":     {404, 200, 200},
			"/api/1/datasets/" + gone + "/rdf.ttl":      {410, 200, 200},
			"/api/1/datasets/" + old + "/rdf.ttl":       {200, 200, 200},
			"/api/1/datasets/" + draft + "/rdf.xxx":     {404, 404, 404},
			"/api/1/dataservices/" + secret + "/rdf":    {404, 302, 302},
			"/api/1/dataservices/" + secret + "/rdf.n3": {404, 200, 200},
		} {
			for i, who := range []apptest.Person{nobody, w.ada, w.root} {
				w.Want(want[i], who, "GET", path, nil)
			}
		}
		for _, who := range []apptest.Person{nobody, w.ada, w.root} {
			for _, path := range []string{siteRDF + ".nt", "/api/1/dataservices/" + service + "/rdf.nt"} {
				lines := w.triples(who, path)
				for _, hidden := range []string{draft, gone, secret, "ecret", "Old trams"} {
					lacks(t, lines, hidden)
				}
				holds(t, lines, iri("https://www.example.org/dataservices/"+service)+" <"+nsDCAT+"servesDataset> "+iri("https://www.example.org/datasets/"+open))
			}
			lacks(t, w.triples(who, siteRDF+".nt"), old)
		}
		w.Want(401, nobody, "GET", siteRDF+".nt?private=true", nil)
		lacks(t, w.triples(w.ada, siteRDF+".nt?private=true"), "Dataset>")

		w.write(func(tx *sql.Tx) error {
			return w.Organizations.Import(t.Context(), tx, &organization.Organization{ID: w.organization, Slug: "town", Name: "Town", CreatedAt: apptest.Start, LastModified: apptest.Start, Deleted: apptest.Start})
		})
		w.Want(302, nobody, "GET", "/api/1/organizations/town/catalog", nil)
		w.Want(410, nobody, "GET", "/api/1/organizations/town/catalog.ttl", nil)
	})
}

func TestCatalogPages(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		w.t = t
		var all []string
		for _, title := range []string{"A", "B", "C", "D", "E"} {
			all = append(all, w.publishDataset(w.ada, title, "tags", []string{"row " + title, "all"}))
		}
		loose := w.Want(201, w.ada, "POST", "/api/1/dataservices/", body{"title": "Of nothing", "tags": []string{"all"}}).Get("id").(string)
		tied := w.Want(201, w.ada, "POST", "/api/1/dataservices/", body{"title": "Of D", "datasets": []string{all[3]}, "tags": []string{"all"}}).Get("id").(string)
		catalog := iri("http://portal.test" + siteRDF)
		seen := map[string]int{}
		for page := 1; page <= 3; page++ {
			n := string(rune('0' + page))
			at := func(n string) string {
				return iri("http://portal.test" + siteRDF + ".nt?page=" + n + "&tag=all&page_size=2")
			}
			lines := w.triples(nobody, siteRDF+".nt?tag=all&page_size=2&page="+n)
			holds(t, lines,
				catalog+" <"+nsHydra+"totalItems> \"5\"^^<http://www.w3.org/2001/XMLSchema#integer>", catalog+" <"+nsHydra+"view> "+at(n),
				at(n)+" <"+nsHydra+"first> "+at("1"), at(n)+" <"+nsHydra+"last> "+at("3"),
			)
			whole := strings.Join(lines, "\n")
			if strings.Contains(whole, nsHydra+"next") != (page < 3) || strings.Contains(whole, nsHydra+"previous") != (page > 1) {
				t.Errorf("page %d has the wrong neighbours", page)
			}
			for _, oid := range append(slices.Clone(all), loose, tied) {
				if strings.Contains(whole, catalog+" <"+nsDCAT+"dataset> "+iri("https://www.example.org/datasets/"+oid)) ||
					strings.Contains(whole, catalog+" <"+nsDCAT+"service> "+iri("https://www.example.org/dataservices/"+oid)) {
					seen[oid] = seen[oid]*10 + page
				}
			}
		}
		for i, oid := range append(slices.Clone(all), loose, tied) {
			if want := []int{1, 1, 2, 2, 3, 1, 2}[i]; seen[oid] != want {
				t.Errorf("%d. is on page %d, want %d", i, seen[oid], want)
			}
		}
		w.Want(404, nobody, "GET", siteRDF+".nt?tag=all&page_size=2&page=4", nil)
		for _, bad := range []string{"page=0", "page=x", "page_size=0", "page_size=-1", "page=99999999999999999999", "sort=x", "featured=x", "badge=x", "organization=x", "owner=1"} {
			w.Want(400, nobody, "GET", siteRDF+"?"+bad, nil)
			w.Want(400, nobody, "GET", siteRDF+".ttl?"+bad, nil)
		}
		empty := w.triples(nobody, siteRDF+".nt?tag=none")
		holds(t, empty, catalog+" <"+nsHydra+"totalItems> \"0\"^^<http://www.w3.org/2001/XMLSchema#integer>")
		lacks(t, empty, "page=0")
		large := w.triples(nobody, siteRDF+".nt?page_size=100000")
		holds(t, large, catalog+" <"+nsHydra+"view> "+iri("http://portal.test"+siteRDF+".nt?page=1&page_size=1000"))
		first := w.triples(nobody, siteRDF+".nt?sort=-title&page_size=1&tag=all")
		lacks(t, first, all[0])

		org := w.triples(nobody, "/api/1/organizations/town/catalog.nt")
		self := iri("http://portal.test/api/1/organizations/" + w.organization + "/catalog")
		holds(t, org, self+" <"+nsDCT+`title> "Town"`, self+" <"+nsDCT+"publisher> "+iri("https://www.example.org/organizations/"+w.organization), self+" <"+nsDCAT+"dataset> <urn:d>")
		for _, oid := range append(all, loose, tied) {
			lacks(t, org, oid)
		}
		lacks(t, w.triples(nobody, "/api/1/organizations/town/catalog.nt?organization="+unknown), "Dataset>")
	})
}

// TestRDFIsNotInjected: what users write stays a value in every format.
func TestRDFIsNotInjected(t *testing.T) {
	w := newWorld(t, app.Config{})
	evil := `x" . <http://evil.example/s> <http://evil.example/p> <http://evil.example/o> . <a b="</dct:title><evil/>]]>&{`
	at, oid := apptest.Start, w.newID()
	d := &dataset.Dataset{
		ID: oid, Slug: "evil", Title: evil, Acronym: evil, Owner: w.ada.ID, CreatedInternal: at, ModifiedInternal: at,
		Resources: []dataset.Resource{{
			ID: id.UUID(), URL: "https://evil.example/> . <http://evil.example/s> <http://evil.example/p> \"o\" . <x", Title: evil, Format: evil, Mime: evil,
			Checksum: &dataset.Checksum{Type: evil, Value: evil}, CreatedInternal: at, ModifiedInternal: at,
		}},
		Doc: dataset.Doc{
			Description: evil + "\x01\n\r\t", Tags: []string{evil}, Frequency: evil,
			TemporalCoverage: &dataset.TemporalCoverage{Start: evil, End: evil}, Schema: &dataset.Schema{URL: "javascript:alert('" + evil},
			Harvest: &dataset.Harvest{URI: "https://evil.example/" + evil, RemoteURL: evil, DctIdentifier: evil},
		},
	}
	w.write(func(tx *sql.Tx) error { return w.Datasets.Import(t.Context(), tx, d) })
	for _, line := range w.triples(nobody, "/api/1/datasets/"+oid+"/rdf.nt") {
		if strings.HasPrefix(line, "<http://evil.example/s>") {
			t.Error(line)
		}
	}
	turtle := w.Want(200, nobody, "GET", "/api/1/datasets/"+oid+"/rdf.ttl", nil).Text
	for line := range strings.Lines(turtle) {
		if strings.HasPrefix(line, "<http://evil") {
			t.Error(line)
		}
	}
	dec := xml.NewDecoder(strings.NewReader(w.Want(200, nobody, "GET", "/api/1/datasets/"+oid+"/rdf.xml", nil).Text))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "evil" {
			t.Error("an element of the user's")
		}
	}
	if text := w.Want(200, nobody, "GET", "/api/1/datasets/"+oid+"/rdf.json", nil).Text; !json.Valid([]byte(text)) {
		t.Error(text)
	}
}

// TestRDFOldSlug: the format stays behind a dataset's new name.
func TestRDFOldSlug(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publishDataset(w.ada, "Trams")
	w.Want(200, w.ada, "PUT", "/api/1/datasets/"+oid+"/", body{"title": "Streetcars"})
	for _, rest := range []string{"rdf", "rdf.ttl"} {
		got := w.Want(308, nobody, "GET", "/api/1/datasets/trams/"+rest+"?a=b", nil)
		if l := got.Header.Get("Location"); l != "/api/1/datasets/streetcars/"+rest+"?a=b" {
			t.Error(l)
		}
	}
}
