package app_test

import (
	"database/sql"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/contactpoint"
	"ouvert/internal/catalog/dataservice"
	"ouvert/internal/catalog/dataset"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/catalog/user"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/db/dbtest"
	"ouvert/internal/kernel/id"
	"ouvert/internal/kernel/territory"
	"ouvert/internal/kernel/wire"
)

// unknown is an id that nothing has.
const unknown = "5effffffffffffffffffffff"

// nobody is a caller without a token.
var nobody apptest.Person

// world is a small catalogue in which each object has all that it may have.
type world struct {
	*apptest.Portal
	t *testing.T
	// ada publishes under her own name, max has nothing to do with anything,
	// root is a sysadmin.
	ada, max, root apptest.Person
	// carol, eve and paul are the organization's admin, editor and partial
	// editor; to paul nothing is assigned.
	carol, eve, paul apptest.Person
	// organization is a certified public service; its dataset, resource,
	// dataservice and contact point are ids too.
	organization, dataset, resource, dataservice, contact string
	made                                                  int
}

// eachWorld runs the test in a fresh world on both databases.
func eachWorld(t *testing.T, c app.Config, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, newWorld(t, c))
	})
	t.Run("postgresql", func(t *testing.T) {
		t.Parallel()
		onPostgreSQL := c
		onPostgreSQL.Database = dbtest.PostgreSQLAddress(t)
		f(t, newWorld(t, onPostgreSQL))
	})
}

func newWorld(t *testing.T, c app.Config) *world {
	t.Helper()
	w := &world{Portal: apptest.New(t, c), t: t}
	w.ada, w.max, w.root = w.Person("Ada", false), w.Person("Max", false), w.Person("Root", true)
	w.carol, w.eve, w.paul = w.Person("Carol", false), w.Person("Eve", false), w.Person("Paul", false)
	w.organization, w.contact = w.newID(), w.newID()
	w.write(func(tx *sql.Tx) error {
		if err := w.Organizations.Import(t.Context(), tx, w.anOrganization()); err != nil {
			return err
		}
		return w.ContactPoints.Import(t.Context(), tx, &contactpoint.ContactPoint{
			ID: w.contact, Name: "Data desk", Email: "data@example.org", ContactForm: "https://www.example.org/ask", Role: "contact",
			Owner: w.ada.ID, Organization: w.organization,
		})
	})
	d := w.aDataset("Bus stops")
	w.dataset, w.resource = d.ID, d.Resources[0].ID
	w.dataservice = w.newDataservice("Bus API")
	return w
}

// Want is apptest's, but fails the test that is running: a subtest may have set
// w.t.
func (w *world) Want(status int, who apptest.Person, method, path string, body any, header ...string) apptest.Answer {
	w.t.Helper()
	got := w.Do(who, method, path, body, header...)
	if got.Status != status {
		w.t.Fatalf("%s %s: want %d, got %d %s", method, path, status, got.Status, got.Text)
	}
	return got
}

func (w *world) newID() string { return id.New(w.Now()) }

func (w *world) write(f func(tx *sql.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// importUser writes a person over who has their id.
func (w *world) importUser(u *user.User) {
	w.t.Helper()
	w.write(func(tx *sql.Tx) error { return w.Users.Import(w.t.Context(), tx, u) })
}

func (w *world) anOrganization() *organization.Organization {
	logo := &wire.Picture{Filename: "lo/go.png", Thumbnails: map[string]string{"100": "lo/go-100.png"}}
	return &organization.Organization{
		ID: w.organization, Slug: "town", Name: "Town", Acronym: "T", CreatedAt: apptest.Start, LastModified: apptest.Start,
		Members: []organization.Member{
			{Person: w.carol.ID, Role: auth.Admin, Since: apptest.Start},
			{Person: w.eve.ID, Role: auth.Editor, Since: apptest.Start},
			{Person: w.paul.ID, Role: auth.PartialEditor, Since: apptest.Start},
		},
		Badges: []organization.Badge{{Kind: "public-service", CreatedAt: apptest.Start}, {Kind: "certified", CreatedAt: apptest.Start}},
		Doc: organization.Doc{
			Description: "A town", URL: "https://town.example.org/", ImageURL: "https://town.example.org/i.png",
			BusinessNumberID: "13002526500013", Zone: "fr:commune:75056", Logo: logo, Extras: json.RawMessage(`{"a":1}`),
			Teams: json.RawMessage(`[{"name":"Team"}]`), PresentationBlocsPublishedAt: apptest.Start,
		},
	}
}

// aDataset publishes a dataset of the organization in which every field is
// set.
func (w *world) aDataset(title string) *dataset.Dataset {
	w.t.Helper()
	then, size, about := apptest.Start.Add(-48*time.Hour), int64(1024), "The *stops*"
	d := &dataset.Dataset{
		ID: w.newID(), Title: title, Acronym: "BS", Organization: w.organization, License: "lov2",
		CreatedInternal: then, ModifiedInternal: then, LastUpdate: then,
		Resources: []dataset.Resource{{
			ID: id.UUID(), URL: "https://data.example.org/stops.csv", Title: "Stops", Description: &about,
			Filetype: dataset.FiletypeRemote, Type: dataset.TypeMain, Format: "csv", Mime: "text/csv",
			Checksum: &dataset.Checksum{Type: "sha1", Value: "da39a3"}, Filesize: &size,
			Schema:          &dataset.Schema{Name: "stops", Version: "1", URL: "https://schema.example.org/"},
			Harvest:         &dataset.ResourceHarvest{URI: "urn:r", CreatedAt: then, IssuedAt: then, ModifiedAt: then, LastUpdate: then},
			CreatedInternal: then, ModifiedInternal: then, Metrics: json.RawMessage(`{"views":1}`), Extras: json.RawMessage(`{"b":2}`),
		}},
		Doc: dataset.Doc{
			Description: "Where the buses stop", DescriptionShort: "Stops", Tags: []string{"bus", "stop"},
			Badges: []dataset.Badge{{Kind: "spd", CreatedAt: then}}, Frequency: "daily", FrequencyDate: then,
			TemporalCoverage: &dataset.TemporalCoverage{Start: "2020-01-01", End: "2020-12-31"},
			Spatial:          &territory.Coverage{Zones: []string{"fr:commune:75056"}, Granularity: "poi", Geom: json.RawMessage(`{"type":"Point","coordinates":[1,2]}`)},
			Schema:           &dataset.Schema{Name: "stops", Version: "1", URL: "https://schema.example.org/"},
			Harvest: &dataset.Harvest{
				Backend: "dcat", Domain: "example.org", SourceID: "s", RemoteID: "r", RemoteURL: "https://example.org/r", URI: "urn:d",
				DctIdentifier: "d", CkanName: "n", CkanSource: "c", CreatedAt: then, IssuedAt: then, ModifiedAt: then, LastUpdate: then,
				ArchivedAt: then, Archived: "gone",
			},
			ContactPoints: []string{w.contact},
			Access: dataset.Access{
				Type: "restricted", Audiences: []dataset.Audience{{Role: "private", Condition: "no"}},
				RequestURL: "https://example.org/ask", ReasonCategory: "privacy", Reason: "People live there",
			},
			Extras: json.RawMessage(`{"c":3}`),
		},
	}
	d.Slug = "dataset-" + d.ID
	w.write(func(tx *sql.Tx) error { return w.Datasets.Import(w.t.Context(), tx, d) })
	return d
}

// newDataservice publishes a dataservice of the organization in which every
// field is set, and returns its id.
func (w *world) newDataservice(title string) string {
	w.t.Helper()
	then, yes, share := apptest.Start.Add(-48*time.Hour), true, 99.5
	oid := w.newID()
	s := &dataservice.Dataservice{
		ID: oid, Slug: "dataservice-" + oid, Title: title, Acronym: "BA", Owner: w.ada.ID, Organization: w.organization, Featured: &yes,
		CreatedAt: then, LastModified: then, Datasets: []string{w.dataset},
		Doc: dataservice.Doc{
			Description: "Buses", Tags: []string{"bus"}, Badges: []dataservice.Badge{{Kind: "spd"}}, License: "lov2",
			BaseAPIURL: "https://api.example.org/", MachineDocumentationURL: "https://api.example.org/openapi.json",
			TechnicalDocumentationURL: "https://api.example.org/doc", BusinessDocumentationURL: "https://api.example.org/why",
			RateLimiting: "10 a second", RateLimitingURL: "https://api.example.org/limits", Availability: &share,
			AvailabilityURL: "https://api.example.org/up", Format: "REST", ContactPoints: []string{w.contact},
			Access: dataservice.Access{
				Type: "restricted", Audiences: []dataservice.Audience{{Role: "private", Condition: "no"}},
				RequestURL: "https://example.org/ask", ReasonCategory: "privacy", Reason: "People live there",
			},
			Harvest: &dataservice.Harvest{
				Backend: "dcat", Domain: "example.org", SourceID: "s", SourceURL: "https://example.org/s", RemoteID: "r",
				RemoteURL: "https://example.org/r", URI: "urn:a", CreatedAt: then, IssuedAt: then, ModifiedAt: then, LastUpdate: then,
				ArchivedAt: then, ArchivedReason: "gone",
			},
			Extras: json.RawMessage(`{"d":4}`),
		},
	}
	w.write(func(tx *sql.Tx) error { return w.Dataservices.Import(w.t.Context(), tx, s) })
	return oid
}

// body is the smallest body that publishes a reuse, at an address of its own,
// with more members given as pairs of a name and a value.
func (w *world) body(title string, more ...any) map[string]any {
	w.made++
	b := minimal(title, "https://www.example.com/"+strconv.Itoa(w.made))
	for i := 0; i+1 < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return b
}

// publish publishes a reuse and returns its id.
func (w *world) publish(who apptest.Person, title string, more ...any) string {
	w.t.Helper()
	return w.Want(201, who, "POST", "/api/1/reuses/", w.body(title, more...)).Get("id").(string)
}

// wholeReuse publishes a reuse of ada's that has everything, and returns its
// id.
func (w *world) wholeReuse() string {
	w.t.Helper()
	oid := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset}, "dataservices", []string{w.dataservice},
		"tags", []string{"bus", "map"}, "extras", map[string]any{"a": 1}, "archived", "2026-01-02T03:04:05Z")
	w.Want(200, w.ada, "POST", one(oid)+"image/", picture(w.t, 40, 30), "Content-Type", pictureType)
	w.Want(200, w.root, "POST", one(oid)+"featured/", nil)
	return oid
}

// one is the path of a reuse.
func one(key string) string { return "/api/1/reuses/" + key + "/" }

// rows counts the rows of everything that writing a reuse may touch.
func (w *world) rows() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	for _, table := range []string{"reuse", "reuse_dataset", "reuse_dataservice", "reuse_tag", "event", "old_slug", "follow", "assignment"} {
		var n int
		if err := w.DB.Read().QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			w.t.Fatal(err)
		}
		out[table] = n
	}
	return out
}
