package dataservice

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ouvert/internal/kernel/api"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/ref"
	"ouvert/internal/kernel/schema"
	"ouvert/internal/kernel/search"
	"ouvert/internal/kernel/wire"
)

var update = flag.Bool("update", false, "rewrite testdata/complete.json")

var links = wire.NewLinks("https://api.example.org", "https://www.example.org")

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

// plain and harvested are dataservices of data.gouv.fr; testdata holds what
// udata 17.6 answered for them.
func plain() *Dataservice {
	return &Dataservice{
		ID: "6661e60fda535e9773c510ca", Slug: "api-sirene", Title: "API Sirene", Organization: "534fff81a3a7292c64a77e5c",
		CreatedAt: at("2024-06-06T16:38:39.597Z"), LastModified: at("2024-06-06T16:38:39.597Z"),
		Counts: map[string]int64{"reuses": 1}, Datasets: []string{"5b7ffc618b4c4169d30727e0"},
		Doc: Doc{
			Description: "L'API Sirene permet d'interroger le répertoire Sirene des entreprises et des établissements, géré par l'Insee, et " +
				"principalement, d'obtenir :\n- des informations sur une entreprise ou un établissement du répertoire\n- des informations " +
				"sur plusieurs entreprises ou établissements sélectionnées selon un ou plusieurs critères (activité, géographie ..)\n- des " +
				"informations sur les mises à jour quotidiennes du répertoire",
			BaseAPIURL:                "https://api.insee.fr/catalogue/site/pages/list-apis.jag",
			TechnicalDocumentationURL: "https://api.insee.fr/catalogue/site/themes/wso2/subthemes/insee/pages/item-info.jag?name=Sirene&version=V3.11&provider=insee",
			RateLimiting:              "30 requêtes par minute pour les usages open data", Availability: new(99.5),
			Tags: []string{"entreprises-et-propriete-dentreprises", "hvd"}, ContactPoints: []string{"6661de0a74aa271846b1d35d"},
			Access: Access{Type: "open_with_account"}, Harvest: &Harvest{},
		},
	}
}

func harvested() *Dataservice {
	return &Dataservice{
		ID: "6690725d0fd97cb0a91ff6b5", Slug: "explore-api-v2-30", Title: "Explore API v2", Organization: "5fa985066333fad0e735c985",
		CreatedAt: at("2024-07-12T00:01:33.78Z"), LastModified: at("2024-07-30T00:04:31.672Z"),
		Counts: map[string]int64{"reuses": 1}, Metrics: "{}", Datasets: []string{"5fa9901b0d72fc70afa686ec"},
		Doc: Doc{
			BaseAPIURL:              "https://opendata.caissedesdepots.fr/api/explore/v2.1/",
			MachineDocumentationURL: "https://opendata.caissedesdepots.fr/api/explore/v2.1/swagger.json",
			Extras:                  json.RawMessage(`{}`),
			Harvest: &Harvest{
				Backend: "DCAT", Domain: "opendata.caissedesdepots.fr", SourceID: "5fa985cc221828792d64fc3b",
				SourceURL: "https://opendata.caissedesdepots.fr/api/explore/v2.1/catalog/exports/dcat/?include_exports=json%2Ccsv%2Cshp%2Cgeojson&lang=fr",
				RemoteID:  "https://opendata.caissedesdepots.fr/api/explore/v2.1/", RemoteURL: "https://opendata.caissedesdepots.fr/api/explore/v2.1/console",
				URI: "https://opendata.caissedesdepots.fr/api/explore/v2.1/", LastUpdate: at("2024-07-30T00:04:31.672Z"),
			},
		},
	}
}

// complete is a made-up dataservice that has something of everything.
func complete() *Dataservice {
	return &Dataservice{
		ID: "5e000000000000000000012d", Slug: "api-adresse", Title: "API Adresse", Acronym: "BAN", Owner: "5e0000000000000000000002",
		Private: true, Featured: new(true), CreatedAt: at("2020-01-01T00:00:00Z"), LastModified: at("2026-11-01T10:00:00.123456Z"),
		Archived: at("2026-11-02T00:00:00Z"), Deleted: at("2026-11-03T00:00:00Z"),
		Datasets: []string{"5e00000000000000000000c9", "5effffffffffffffffffffff", "5e00000000000000000000c9"},
		Counts:   map[string]int64{"reuses": 3, "followers": 5, "views": 7}, Metrics: `{"discussions":2,"followers_by_months":{"2026-11":5}}`,
		Doc: Doc{
			Description: "Une API.", Tags: []string{"adresse", "état"}, Badges: []Badge{{Kind: "hvd", CreatedAt: at("2026-01-01T00:00:00Z")}},
			License: "lov2", BaseAPIURL: "https://api.example.org/", MachineDocumentationURL: "https://api.example.org/openapi.json",
			TechnicalDocumentationURL: "https://api.example.org/doc", BusinessDocumentationURL: "https://api.example.org/why",
			RateLimiting: "50 a second", RateLimitingURL: "https://api.example.org/limits", Availability: new(100.0),
			AvailabilityURL: "https://status.example.org/", Format: "REST",
			ContactPoints: []string{"5e000000000000000000aaaa", "5e000000000000000000ffff"},
			Access: Access{
				Type: "restricted", RequestURL: "https://example.org/ask", Reason: "Secret", ReasonCategory: "protection_of_environment",
				Audiences: []Audience{{Role: "private", Condition: "no"}, {Role: "company_and_association"}},
			},
			Harvest: &Harvest{CreatedAt: at("2019-05-05T00:00:00Z"), ArchivedAt: at("2026-11-02T00:00:00Z"), ArchivedReason: "not-on-remote"},
			Extras:  json.RawMessage(`{"a": {"b": [1, null]}}`),
			Kept:    json.RawMessage(`{"x": 1}`),
		},
	}
}

// newService returns the noun among stand-ins for those that it mentions,
// which render {"class", "id"} for every id that does not end with "ffff".
func newService(d *db.DB) (*Service, *ref.Registry) {
	refs := ref.NewRegistry()
	for _, class := range []string{ref.User, ref.Organization, contactPoint} {
		refs.Register(ref.Noun{
			Class: class,
			Card:  &schema.Model{Name: class, Fields: []schema.Field{{Name: "class", Type: schema.Text()}, {Name: "id", Type: schema.Text()}}},
			Render: func(_ context.Context, _ db.Querier, _ ref.Form, ids []string) (map[string]wire.Fragment, error) {
				out := map[string]wire.Fragment{}
				for _, oid := range ids {
					if !strings.HasSuffix(oid, "ffff") {
						out[oid] = wire.Fragment{Text: []byte(`{"class":"` + class + `","id":"` + oid + `"}`)}
					}
				}
				return out, nil
			},
		})
	}
	s := New(d, refs, links, func() time.Time { return at("2026-11-24T03:00:00Z") }, nil)
	s.SetIndex(search.New(d))
	refs.Register(s.Noun())
	return s, refs
}

func imported(t *testing.T, d *db.DB, s *Service, list ...*Dataservice) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		for _, x := range list {
			if err := s.Import(t.Context(), tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func indented(t *testing.T, text []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWireForm holds the whole form of imported dataservices against what
// udata answers for the same, and against its description.
func TestWireForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		samples := map[string]*Dataservice{"plain": plain(), "harvested": harvested(), "complete": complete()}
		var ids []string
		for _, x := range samples {
			imported(t, d, s, x)
			ids = append(ids, x.ID)
		}
		got, err := refs.Render(t.Context(), d.Read(), ref.Dataservice, ref.Full, ids)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range samples {
			f := got[x.ID]
			file := filepath.Join("testdata", name+".json")
			if *update && name == "complete" {
				if err := os.WriteFile(file, []byte(indented(t, f.Text)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := indented(t, f.Text), indented(t, want); g != w {
				t.Errorf("%s: got\n%s", name, g)
			}
			if len(f.Holes) != 1 || f.Holes[0].Class != ref.Dataservice || f.Holes[0].Organization != x.Organization {
				t.Errorf("%s: holes %+v", name, f.Holes)
			}
			describes(t, name, f.Text, schema.Of(refs.Model(ref.Dataservice, ref.Full)))
		}
	})
}

// describes checks that a model names every member of an answer, and that
// members come in alphabetical order.
func describes(t *testing.T, at string, text []byte, typ schema.Type) {
	t.Helper()
	switch {
	case string(text) == "null":
	case typ.Kind == schema.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil {
			t.Errorf("%s is no list: %s", at, text)
		}
		for _, item := range items {
			describes(t, at+"[]", item, *typ.Items)
		}
	case typ.Kind == schema.Object:
		dec := json.NewDecoder(bytes.NewReader(text))
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		var names []string
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			names = append(names, name.(string))
			f := typ.Model.Field(name.(string))
			if f == nil {
				t.Errorf("%s.%s is not described by %q", at, name, typ.Model.Name)
				continue
			}
			describes(t, at+"."+f.Name, value, f.Type)
		}
		if !slices.IsSorted(names) {
			t.Errorf("%s: members are not in alphabetical order: %v", at, names)
		}
	}
}

func TestNoun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, refs := newService(d)
		imported(t, d, s, complete(), plain())
		cards, err := refs.Render(t.Context(), d.Read(), ref.Dataservice, ref.Card, []string{plain().ID, "5effffffffffffffffffffff"})
		if err != nil {
			t.Fatal(err)
		}
		card := `{"class":"Dataservice","id":"6661e60fda535e9773c510ca","self_api_url":"https://api.example.org/api/1/dataservices/api-sirene/",` +
			`"self_web_url":"https://www.example.org/dataservices/api-sirene","title":"API Sirene"}`
		if len(cards) != 1 || string(cards[plain().ID].Text) != card {
			t.Errorf("card %s", cards[plain().ID].Text)
		}
		describes(t, "card", cards[plain().ID].Text, schema.Of(refs.Model(ref.Dataservice, ref.Card)))
		want := ref.Object{
			Ref: ref.Ref{Class: ref.Dataservice, ID: complete().ID}, Owned: complete().Owned(), Slug: "api-adresse", Title: "API Adresse",
			Page: "https://www.example.org/dataservices/api-adresse", Private: true, Deleted: true,
		}
		found, err := refs.Find(t.Context(), d.Read(), ref.Dataservice, []string{complete().ID})
		if err != nil || found[complete().ID] != want {
			t.Errorf("found %+v, %v", found, err)
		}
		if got, err := refs.Resolve(t.Context(), d.Read(), ref.Dataservice, "api-adresse"); err != nil || got != want {
			t.Errorf("resolved %+v, %v", got, err)
		}
		err = d.Write(t.Context(), func(tx *sql.Tx) error {
			return refs.SetMetrics(t.Context(), tx, ref.Ref{Class: ref.Dataservice, ID: plain().ID}, map[string]any{"reuses": int64(4), "discussions": int64(2)})
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := byIDs(t.Context(), d.Read(), []string{plain().ID})
		if err != nil || got[plain().ID].Counts["reuses"] != 4 || got[plain().ID].Metrics != `{"discussions":2}` {
			t.Errorf("metrics %+v, %v", got[plain().ID], err)
		}
	})
}

// TestImportAgain: a second run of an import leaves nothing of the first.
func TestImportAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		imported(t, d, s, complete(), plain())
		second := complete()
		second.Title, second.Private, second.Deleted, second.Featured = "Autre", false, time.Time{}, nil
		second.Datasets = second.Datasets[:1]
		second.Doc.Extras, second.Doc.Kept = nil, nil
		imported(t, d, s, second)
		got, err := byIDs(t.Context(), d.Read(), []string{second.ID})
		if err != nil {
			t.Fatal(err)
		}
		if err := loadDatasets(t.Context(), d.Read(), got); err != nil {
			t.Fatal(err)
		}
		second.Revision = 2
		if !reflect.DeepEqual(got[second.ID], second) {
			t.Errorf("got %+v", got[second.ID])
		}
	})
}

func TestInsertMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var list []*Dataservice
		var ids []string
		for i := range 700 {
			x := plain()
			x.ID, x.Slug = fmt.Sprintf("5e0000000000000000%06x", i), fmt.Sprintf("api-%d", i)
			list, ids = append(list, x), append(ids, x.ID)
		}
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return InsertMany(t.Context(), tx, list) }); err != nil {
			t.Fatal(err)
		}
		got, err := byIDs(t.Context(), d.Read(), ids)
		if err != nil {
			t.Fatal(err)
		}
		if err := loadDatasets(t.Context(), d.Read(), got); err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			x.Revision, x.Metrics = 1, "{}"
			x.Counts["followers"], x.Counts["views"] = 0, 0
			if !reflect.DeepEqual(got[x.ID], x) {
				t.Fatalf("got %+v, want %+v", got[x.ID], x)
			}
		}
	})
}

var actors = map[string]*auth.Actor{
	"stranger": {ID: "5e0000000000000000000003"},
	"member":   {ID: "5e0000000000000000000004", Memberships: map[string]auth.Role{"534fff81a3a7292c64a77e5c": auth.PartialEditor}},
	"sysadmin": {ID: "5e0000000000000000000001", Sysadmin: true},
}

func TestGet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := newService(d)
		public, private, deleted, both := plain(), plain(), plain(), plain()
		for i, x := range []*Dataservice{public, private, deleted, both} {
			x.ID, x.Slug = fmt.Sprintf("5e00000000000000000000%02x", i), fmt.Sprintf("api-%d", i)
		}
		private.Private, both.Private = true, true
		deleted.Deleted, both.Deleted = at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")
		imported(t, d, s, public, private, deleted, both)
		if err := d.Write(t.Context(), func(tx *sql.Tx) error { return s.ImportOldSlug(t.Context(), tx, "old-slug", public.ID) }); err != nil {
			t.Fatal(err)
		}
		server := api.NewServer(s.Routes())
		server.Clock = time.Now
		server.Authenticate = func(_ context.Context, r *http.Request) (*auth.Actor, error) {
			return actors[r.Header.Get("X-Actor")], nil
		}
		get := func(path, actor, fields string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("X-Actor", actor)
			r.Header.Set("X-Fields", fields)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			return w
		}
		for _, c := range []struct {
			x       *Dataservice
			outside int
		}{{public, 200}, {private, 404}, {deleted, 410}, {both, 404}} {
			for actor, want := range map[string]int{"": c.outside, "stranger": c.outside, "member": 200, "sysadmin": 200} {
				for _, key := range []string{c.x.ID, c.x.Slug} {
					if got := get("/api/1/dataservices/"+key+"/", actor, ""); got.Code != want {
						t.Errorf("%q asks for %s: %d, want %d", actor, key, got.Code, want)
					}
				}
			}
		}
		if got := get("/api/1/dataservices/api-2/", "", "").Body.String(); got != `{"message":"Dataservice has been deleted"}` {
			t.Errorf("deleted: %s", got)
		}
		if got := get("/api/1/dataservices/nothing/", "", ""); got.Code != 404 {
			t.Errorf("nothing: %d", got.Code)
		}
		if got := get("/api/1/dataservices/old-slug/", "", ""); got.Code != 308 || got.Header().Get("Location") != "/api/1/dataservices/api-0/" {
			t.Errorf("an old slug: %d to %q", got.Code, got.Header().Get("Location"))
		}
		want := `{"organization":{"id":"534fff81a3a7292c64a77e5c"},"permissions":{"delete":true,"edit":true}}`
		if got := get("/api/1/dataservices/api-0/", "sysadmin", "permissions,organization{id}").Body.String(); got != want {
			t.Errorf("a mask: %s", got)
		}
	})
}
