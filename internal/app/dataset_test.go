package app_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/organization"
	"ouvert/internal/kernel/auth"
	"ouvert/internal/kernel/id"
)

type body = map[string]any

func datasetBody(title string, more body) body {
	b := body{"title": title, "description": "A description", "frequency": "monthly"}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func remote(title string) body {
	return body{"title": title, "url": "https://files.example.com/" + title + ".csv", "filetype": "remote", "type": "main", "format": "csv"}
}

// club makes an organization with a person in each role.
func club(t *testing.T, p *apptest.Portal) string {
	t.Helper()
	o := &organization.Organization{
		ID: id.New(p.Now()), Slug: "club", Name: "Club", CreatedAt: p.Now(), LastModified: p.Now(), Counts: map[string]int64{},
	}
	for name, role := range map[string]auth.Role{"Admin": auth.Admin, "Editor": auth.Editor, "Partial": auth.PartialEditor} {
		o.Members = append(o.Members, organization.Member{Person: p.Person(name, false).ID, Role: role, Since: p.Now()})
	}
	if err := p.DB.Write(t.Context(), func(tx *sql.Tx) error { return p.Organizations.Import(t.Context(), tx, o) }); err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func TestDatasetFromPublishingToRestoring(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		made := p.Want(http.StatusCreated, ada, "POST", "/api/1/datasets/", datasetBody("Arrêts de bus", body{
			"tags": "bus, Arrêts", "temporal_coverage": body{"start": "2021", "end": "2020-05"}, "extras": body{"a": nil, "b": []int{1}},
			"spatial":   body{"zones": []string{"fr:commune:75056"}},
			"resources": []body{remote("stops"), remote("lines")}, "access_type": "restricted",
		}))
		oid := made.Get("id").(string)
		for path, want := range map[string]any{
			"slug": "arrets-de-bus", "owner.first_name": "Ada", "permissions.edit": true, "tags.0": "arrets", "frequency": "monthly", "license": "notspecified",
			"temporal_coverage.start": "2020-05-31", "temporal_coverage.end": "2021-01-01", "spatial.granularity": "other", "resources.1.title": "lines",
			"quality.has_resources": true, "access_type": "restricted",
		} {
			if got := made.Get(path); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		path := "/api/1/datasets/" + oid + "/"
		p.Want(http.StatusForbidden, max, "PUT", path, body{"title": "Mine"})
		p.Want(http.StatusUnauthorized, nobody, "DELETE", path, nil)
		light := p.Want(200, nobody, "GET", "/api/2/datasets/"+oid+"/", nil, "X-Get-Datasets-Full-Objects", "True")
		if light.Get("license.id") != "notspecified" || light.Get("frequency.label") != "Monthly" || light.Get("resources.total") != 2.0 {
			t.Errorf("the light form: %s", light.Text)
		}
		read := p.Want(200, ada, "GET", path, nil)
		// What was read may be sent back: nothing is another then.
		if back := p.Want(200, ada, "PUT", path, read.Body); back.Get("resources.0.id") != read.Get("resources.0.id") ||
			back.Get("resources.0.last_modified") != read.Get("resources.0.last_modified") || back.Get("tags.1") != "bus" {
			t.Errorf("sent back: %s", back.Text)
		}
		p.Want(200, ada, "PUT", path, body{"title": "Stations de bus", "tags": []string{"bus"}})
		moved := p.Want(http.StatusPermanentRedirect, nobody, "GET", "/api/1/datasets/arrets-de-bus/?x=1", nil)
		if got := moved.Header.Get("Location"); got != "/api/1/datasets/stations-de-bus/?x=1" {
			t.Errorf("the old slug leads to %q", got)
		}
		if got := p.Want(200, nobody, "GET", "/api/1/users/"+ada.ID+"/", nil); got.Get("metrics.datasets") != 1.0 {
			t.Errorf("the owner's counters: %s", got.Text)
		}
		p.Want(http.StatusNoContent, ada, "DELETE", path, nil)
		p.Want(http.StatusGone, nobody, "GET", path, nil)
		p.Want(http.StatusGone, ada, "PUT", path, body{"title": "x"})
		p.Want(http.StatusForbidden, max, "PUT", path, body{"deleted": nil})
		if got := p.Want(200, nobody, "GET", "/api/1/users/"+ada.ID+"/", nil); got.Get("metrics.datasets") != 0.0 {
			t.Errorf("the owner's counters after the deletion: %s", got.Text)
		}
		if got := p.Want(200, ada, "PUT", path, body{"deleted": nil}); got.Get("tags.0") != "bus" {
			t.Errorf("restored: %s", got.Text)
		}
		if got := p.Want(200, nobody, "GET", "/api/1/datasets/", nil); got.Get("total") != 1.0 {
			t.Errorf("the list after the restoring: %s", got.Text)
		}
		activity := p.Want(200, nobody, "GET", "/api/1/activity/?related_to="+oid, nil)
		var keys []string
		for i := range int(activity.Get("total").(float64)) {
			keys = append(keys, activity.Get(fmt.Sprintf("data.%d.key", i)).(string))
		}
		if got := strings.Join(keys, " "); got != "dataset:deleted dataset:updated dataset:created" {
			t.Errorf("the activity: %s", got)
		}
	})
}

func TestWhoMayDoWhatWithADataset(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		org := club(t, p)
		p.Person("Root", true)
		p.Person("Stranger", false)
		draft := p.Want(201, p.People["Admin"], "POST", "/api/1/datasets/", datasetBody("Draft", body{"organization": org, "private": true, "resources": []body{remote("a")}}))
		path, resource := "/api/1/datasets/"+draft.Get("id").(string)+"/", draft.Get("resources.0.id").(string)
		for _, c := range []struct {
			who                     string
			read, edit, make, badge int
		}{
			{"", 404, 401, 401, 401},
			{"Stranger", 404, 403, 400, 403},
			{"Partial", 200, 403, 201, 403},
			{"Editor", 200, 200, 201, 403},
			{"Admin", 200, 200, 201, 403},
			{"Root", 200, 200, 201, 201},
		} {
			who := p.People[c.who]
			p.Want(c.read, who, "GET", path, nil)
			p.Want(c.read, who, "GET", path+"resources/"+resource+"/", nil)
			p.Want(c.read, who, "GET", strings.Replace(path, "/1/", "/2/", 1), nil)
			p.Want(c.read, who, "GET", strings.Replace(path, "/1/", "/2/", 1)+"resources/", nil)
			p.Want(c.read, who, "GET", strings.Replace(path, "/1/", "/2/", 1)+"extras/", nil)
			p.Want(max(c.read, map[bool]int{true: 302}[c.read == 200]), who, "GET", "/api/1/datasets/r/"+resource, nil)
			p.Want(c.edit, who, "PUT", path, body{"acronym": "X"})
			p.Want(c.edit, who, "PUT", path+"resources/"+resource+"/", body{"title": "b"})
			p.Want(c.edit, who, "PUT", strings.Replace(path, "/1/", "/2/", 1)+"extras/", body{"x": c.who})
			p.Want(c.edit, who, "PUT", path+"resources/", []string{resource})
			p.Want(c.make, who, "POST", "/api/1/datasets/", datasetBody("Of "+c.who, body{"organization": org}))
			p.Want(c.badge, who, "POST", path+"badges/", body{"kind": "hvd"})
			p.Want(map[bool]int{true: 200, false: c.badge}[c.badge == 201], who, "POST", path+"featured/", nil)
		}
		// A partial editor may change what they made.
		own := p.Want(201, p.People["Partial"], "POST", "/api/1/datasets/", datasetBody("Own", body{"organization": org}))
		p.Want(200, p.People["Partial"], "PUT", "/api/1/datasets/"+own.Get("id").(string)+"/", body{"acronym": "O"})
		for who, want := range map[string]float64{"Stranger": 5, "Partial": 6} {
			if got := p.Want(200, p.People[who], "GET", "/api/1/organizations/club/datasets/", nil); got.Get("total") != want {
				t.Errorf("%s sees %v datasets of the organization, want %v", who, got.Get("total"), want)
			}
			if got := p.Want(200, p.People[who], "GET", "/api/1/datasets/?badge=hvd", nil); got.Get("total") != want-5 {
				t.Errorf("%s finds %v drafts with a badge", who, got.Get("total"))
			}
		}
	})
}

// form is the body of an upload and its content type.
func uploadForm(t *testing.T, name, content string, fields ...string) ([]byte, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// files counts the portal's files with a prefix.
func files(t *testing.T, p *apptest.Portal, prefix string) (n int) {
	t.Helper()
	for _, err := range p.Blobs.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestUploads(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		oid := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Bus", nil)).Get("id").(string)
		path := "/api/1/datasets/" + oid + "/"
		send := func(status int, who apptest.Person, path, name, content string, fields ...string) apptest.Answer {
			t.Helper()
			b, kind := uploadForm(t, name, content, fields...)
			return p.Want(status, who, "POST", path, b, "Content-Type", kind)
		}
		get := func(address string) apptest.Answer {
			t.Helper()
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			return p.Want(200, apptest.Person{}, "GET", u.Path, nil)
		}
		one := send(201, ada, path+"upload/", `C:\tmp\Été 1.CSV`, "a,b\n1,2\n")
		if one.Get("checksum.value") != "2aa26ec98d674d5160b612c7edad7172d85c9df7" || one.Get("filesize") != 8.0 || one.Get("title") != "ete-1.csv" ||
			one.Get("format") != "csv" || one.Get("mime") != "text/csv" || one.Get("filetype") != "file" || one.Get("success") != true {
			t.Errorf("the answer: %s", one.Text)
		}
		if got := get(one.Get("url").(string)); got.Text != "a,b\n1,2\n" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the file: %q %v", got.Text, got.Header)
		}
		two := send(201, ada, path+"upload/", "ete 1.csv", "other")
		if two.Get("url") == one.Get("url") || get(two.Get("url").(string)).Text != "other" {
			t.Errorf("a file of the same name: %s", two.Text)
		}
		// A new file for a resource takes the place of the old one.
		rid := one.Get("id").(string)
		again := send(200, ada, path+"resources/"+rid+"/upload/", "new.csv", "new")
		if again.Get("id") != rid || get(again.Get("url").(string)).Text != "new" || files(t, p, "resources/") != 2 {
			t.Errorf("the new file: %s, %d files", again.Text, files(t, p, "resources/"))
		}
		// What is refused leaves nothing behind.
		send(403, max, path+"upload/", "a.csv", "x")
		send(403, max, path+"resources/"+rid+"/upload/", "a.csv", "x")
		send(404, ada, path+"resources/00000000-0000-4000-8000-000000000000/upload/", "a.csv", "x")
		send(400, ada, path+"upload/", "a.html", "x")
		send(400, ada, path+"upload/", "noextension", "x")
		send(400, ada, path+"upload/", "", "")
		b, kind := uploadForm(t, "a.csv", strings.Repeat("x", 1<<16))
		p.Want(400, ada, "POST", path+"upload/", b[:len(b)/2], "Content-Type", kind)
		if got := files(t, p, ""); got != 2 {
			t.Errorf("%d files are left", got)
		}
		// In parts, in any order; the parts of another person are not taken.
		const uuid = "0b9e2b1a-4d5c-4e11-9d7a-1234567890ab"
		last := []string{"uuid", uuid, "filename", "big.csv", "totalparts", "2"}
		send(200, ada, path+"upload/", "blob", "def", "uuid", uuid, "partindex", "1")
		send(400, ada, path+"upload/", "", "", last...)
		send(200, max, "/api/1/datasets/"+oid+"/upload/community/", "blob", "evil", "uuid", uuid, "partindex", "0")
		send(400, ada, path+"upload/", "", "", last...)
		send(200, ada, path+"upload/", "blob", "abc", "uuid", uuid, "partindex", "0")
		joined := send(201, ada, path+"upload/", "", "", last...)
		if got := get(joined.Get("url").(string)).Text; got != "abcdef" || files(t, p, "chunks/"+ada.ID) != 0 {
			t.Errorf("joined: %q, %d parts are left", got, files(t, p, "chunks/"+ada.ID))
		}
		for _, bad := range [][]string{
			{"uuid", "../../x", "partindex", "0"}, {"uuid", uuid, "partindex", "-1"}, {"uuid", uuid, "partindex", "99999999999999999999"},
		} {
			send(400, ada, path+"upload/", "blob", "x", bad...)
		}
		send(400, ada, path+"upload/", "", "", "uuid", "nope", "filename", "x.csv", "totalparts", "2")
		// A resource that goes takes its file with it.
		before := files(t, p, "resources/")
		p.Want(204, ada, "DELETE", path+"resources/"+rid+"/", nil)
		if got := files(t, p, "resources/"); got != before-1 {
			t.Errorf("%d files after the deletion, want %d", got, before-1)
		}
	})
}

func TestResourcesOfADataset(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada := p.Person("Ada", false)
		made := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Bus", body{"resources": []body{remote("a"), remote("b"), remote("c")}}))
		path := "/api/1/datasets/" + made.Get("id").(string) + "/"
		ids := []any{made.Get("resources.2.id"), body{"id": made.Get("resources.0.id")}, made.Get("resources.1.id")}
		if got := p.Want(200, ada, "PUT", path+"resources/", ids); got.Get("0.title") != "c" || got.Get("2.title") != "b" {
			t.Errorf("reordered: %s", got.Text)
		}
		for _, bad := range []any{[]any{}, ids[:2], []any{ids[0], ids[0], ids[1]}, []any{ids[0], ids[1], "x"}, []any{ids[0], ids[1], body{}}, body{"a": 1}, "x"} {
			p.Want(400, ada, "PUT", path+"resources/", bad)
		}
		p.Want(415, ada, "PUT", path+"resources/", ids, "Content-Type", "text/plain")
		p.Pass(time.Hour)
		added := p.Want(201, ada, "POST", path+"resources/", remote("d"))
		if got := p.Want(200, nobody, "GET", path, nil); got.Get("resources.3.id") != added.Get("id") || got.Get("last_update") != added.Get("last_modified") {
			t.Errorf("added: %s", got.Text)
		}
		for field, values := range map[string][]any{
			"title": {nil, "", []int{1}}, "url": {nil, "x", "http://localhost/", 5}, "filetype": {nil, "file", "x"}, "type": {"x", nil},
			"format": {5}, "filesize": {"x", body{"a": 1}}, "checksum": {body{"type": "x", "value": "y"}, body{"type": "md5"}},
			"schema": {body{"version": "1"}, body{"url": "x"}}, "extras": {"x", 5},
		} {
			for _, v := range values {
				b := remote("x")
				b[field] = v
				p.Want(400, ada, "POST", path+"resources/", b)
			}
		}
		v2 := strings.Replace(path, "/1/", "/2/", 1)
		rid := added.Get("id").(string)
		p.Want(200, ada, "PUT", v2+"resources/"+rid+"/extras/", body{"check:status": 200, "x": 1})
		if got := p.Want(200, ada, "PUT", v2+"resources/"+rid+"/extras/", body{"x": nil, "y": body{"z": nil}}); got.Text != `{"check:status":200,"y":{"z":null}}` {
			t.Errorf("the extras: %s", got.Text)
		}
		p.Want(404, ada, "DELETE", v2+"resources/"+rid+"/extras/", []string{"y", "nothing"})
		p.Want(204, ada, "DELETE", v2+"resources/"+rid+"/extras/", []string{"y"})
		if got := p.Want(200, nobody, "GET", v2+"resources/"+rid+"/extras/", nil); got.Text != `{"check:status":200}` {
			t.Errorf("the extras: %s", got.Text)
		}
		page := p.Want(200, nobody, "GET", v2+"resources/?page_size=2&q=%C3%80", nil)
		if page.Get("total") != 1.0 || page.Get("data.0.title") != "a" {
			t.Errorf("found: %s", page.Text)
		}
		if got := p.Want(200, nobody, "GET", "/api/2/datasets/resources/"+rid+"/", nil); got.Get("dataset_id") != made.Get("id") {
			t.Errorf("by its id alone: %s", got.Text)
		}
		p.Want(204, ada, "DELETE", path+"resources/"+rid+"/", nil)
		p.Want(404, nobody, "GET", "/api/1/datasets/r/"+rid, nil)
		activity := p.Want(200, nobody, "GET", "/api/1/activity/?related_to="+made.Get("id").(string), nil)
		if activity.Get("data.0.key") != "dataset:resource:deleted" || activity.Get("data.0.extras.resource_id") != rid {
			t.Errorf("the activity: %s", activity.Text)
		}
	})
}

func TestCommunityResources(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		oid := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Bus", nil)).Get("id").(string)
		b := remote("extra")
		b["dataset"] = oid
		const all = "/api/1/datasets/community_resources/"
		made := p.Want(201, max, "POST", all, b)
		path := all + made.Get("id").(string) + "/"
		if made.Get("owner.first_name") != "Max" || made.Get("dataset.id") != oid || made.Get("permissions.edit") != true {
			t.Errorf("made: %s", made.Text)
		}
		if got := p.Want(200, nobody, "GET", "/api/1/datasets/"+oid+"/", nil); got.Get("community_resources.0.title") != "extra" {
			t.Errorf("in the dataset: %s", got.Text)
		}
		if got := p.Want(200, nobody, "GET", "/api/2/datasets/"+oid+"/", nil); got.Get("community_resources.total") != 1.0 {
			t.Errorf("in the light form: %s", got.Text)
		}
		p.Want(403, ada, "PUT", path, body{"title": "mine"})
		p.Want(403, ada, "DELETE", path, nil)
		p.Want(401, nobody, "DELETE", path, nil)
		p.Want(400, max, "PUT", path, body{"dataset": "5effffffffffffffffffffff"})
		p.Want(400, max, "PUT", path, body{"filetype": "file"})
		p.Want(200, max, "PUT", path, body{"title": "other"})
		file, kind := uploadForm(t, "a.csv", "x")
		up := p.Want(201, max, "POST", "/api/1/datasets/"+oid+"/upload/community/", file, "Content-Type", kind)
		p.Want(200, max, "POST", all+up.Get("id").(string)+"/upload/", file, "Content-Type", kind)
		if got := p.Want(200, max, "GET", "/api/1/me/org_community_resources/?q=OTH", nil); got.Get("0.title") != "other" || got.Get("1") != nil {
			t.Errorf("mine: %s", got.Text)
		}
		p.Want(204, max, "DELETE", all+up.Get("id").(string)+"/", nil)
		p.Want(204, max, "DELETE", path, nil)
		p.Want(404, max, "DELETE", path, nil)
		if n := files(t, p, "resources/"); n != 0 {
			t.Errorf("%d files are left", n)
		}
	})
}

// TestHostileInput: nothing that a client sends is the portal's fault.
func TestHostileInputOfDatasets(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		made := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Bus", body{"resources": []body{remote("a")}}))
		one := "/api/1/datasets/" + made.Get("id").(string) + "/"
		values := []string{
			`"\u0000"`, `"a\u0000b"`, `"\ud800"`, "\"\xff\xfe\"", `1e400`, `-1e400`, `123456789012345678901234567890`, `1e-400`, `0.1`, `true`, `false`, `null`,
			`[]`, `{}`, `[[]]`, `[null]`, `[{}]`, `{"":1}`, `{"id":null}`, `{"id":"\u0000"}`, `"` + strings.Repeat("x", 70000) + `"`, `["\u0000"]`,
			`"9999-12-31"`, `"0001-01-01"`, `"0000-00-00"`, `{"start":"\u0000"}`, `{"start":"0000","end":"9999"}`, `{"zones":["a:\u0000"]}`, `{"zones":[null]}`,
			`{"geom":{}}`, `[{"role":null}]`, `[{"id":5}]`, `{"type":"md5","value":"\u0000"}`, `[{"title":"x","url":"https://a.example.com","extras":{"\u0000":1}}]`,
		}
		fields := []string{
			"title", "description", "acronym", "description_short", "frequency", "frequency_date", "tags", "license", "private", "archived", "deleted", "extras",
			"temporal_coverage", "spatial", "contact_points", "organization", "owner", "resources", "access_type", "access_audiences", "access_type_reason",
			"access_type_reason_category", "authorization_request_url", "url", "filetype", "type", "format", "mime", "filesize", "checksum", "schema", "dataset", "id",
		}
		for _, field := range fields {
			for _, v := range values {
				member := fmt.Sprintf(`{%q: %s}`, field, v)
				for _, path := range []string{one, one + "resources/" + made.Get("resources.0.id").(string) + "/", strings.Replace(one, "/1/", "/2/", 1) + "extras/"} {
					if a := p.Do(ada, "PUT", path, member); a.Status >= 500 {
						t.Fatalf("PUT %s %.100s: %d %s", path, member, a.Status, a.Text)
					}
				}
				p.Do(ada, "PUT", one, body{"deleted": nil})
			}
		}
		queries := []string{"%00", "%ff%fe", "", "%25", "_", "a%00b", "99999999999999999999", "-1", "5e0000000000000000000001", strings.Repeat("x", 60000), "2020-01-01%00"}
		names := []string{
			"q", "sort", "tag", "license", "featured", "geozone", "granularity", "temporal_coverage", "access_type", "organization", "badge", "owner", "followed_by",
			"format", "schema", "schema_version", "topic", "dataservice", "reuse", "archived", "page", "page_size", "size", "type", "dataset",
		}
		for _, path := range []string{
			"/api/1/datasets/", "/api/2/datasets/", "/api/2/datasets/search/", "/api/1/datasets/community_resources/", "/api/1/datasets/suggest/",
			"/api/1/datasets/suggest/formats/", "/api/1/me/org_datasets/", "/api/1/me/org_community_resources/", strings.Replace(one, "/1/", "/2/", 1) + "resources/",
		} {
			for _, name := range names {
				for _, v := range queries {
					if a := p.Do(ada, "GET", path+"?"+name+"="+v, nil); a.Status >= 500 {
						t.Fatalf("GET %s?%s=%.40s: %d %s", path, name, v, a.Status, a.Text)
					}
				}
			}
		}
		for _, path := range []string{"/api/1/datasets/%00/", "/api/1/datasets/%ff/", "/api/1/datasets/r/%00", one + "resources/%00/", "/api/2/datasets/resources/%ff/", one + "badges/%00/"} {
			for _, method := range []string{"GET", "PUT", "POST", "DELETE"} {
				if a := p.Do(ada, method, path, nil); a.Status >= 500 {
					t.Errorf("%s %s: %d %s", method, path, a.Status, a.Text)
				}
			}
		}
	})
}
