package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ouvert/internal/app/apptest"
)

const dataservices = "/api/1/dataservices/"

func TestDataserviceFromPublishingToRestoring(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max, root := p.Person("Ada", false), p.Person("Max", false), p.Person("Root", true)
		buses := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Bus stops", nil)).Get("id").(string)
		trams := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Tram stops", nil)).Get("id").(string)
		made := p.Want(201, ada, "POST", dataservices, body{
			"title": "API Arrêts", "acronym": "AA", "description": "Where **buses** stop", "base_api_url": "https://api.example.com/", "format": "REST",
			"availability": 99.5, "tags": "Transport, bus", "datasets": []string{buses}, "extras": body{"a": []int{1}}, "rate_limiting": "50 a second",
			"access_type": "restricted", "access_audiences": []body{{"role": "private", "condition": "no"}}, "id": "x", "featured": true,
		})
		oid := made.Get("id").(string)
		path := dataservices + oid + "/"
		for name, want := range map[string]any{
			"slug": "api-arrets", "owner.first_name": "Ada", "permissions.edit": true, "availability": 99.5, "format": "REST", "datasets.total": 1.0,
			"access_audiences.0.role": "private", "featured": nil, "organization": nil, "private": false, "tags.0": "transport", "metrics.reuses": 0.0,
		} {
			if got := made.Get(name); got != want {
				t.Errorf("%s is %v, want %v", name, got, want)
			}
		}
		counts := func(owner, ofBuses, ofTrams float64) {
			t.Helper()
			for path, want := range map[string]float64{"users/" + ada.ID: owner, "datasets/" + buses: ofBuses, "datasets/" + trams: ofTrams} {
				if got := p.Want(200, root, "GET", "/api/1/"+path+"/", nil).Get("metrics.dataservices"); got != want {
					t.Errorf("%s counts %v, want %v", path, got, want)
				}
			}
		}
		counts(1, 1, 0)
		read := p.Want(200, nobody, "GET", path, nil)
		if read.Get("tags.0") != "bus" || read.Get("permissions.edit") != false {
			t.Errorf("read: %s", read.Text)
		}
		p.Want(http.StatusForbidden, max, "PATCH", path, body{"title": "Mine"})
		p.Want(http.StatusUnauthorized, nobody, "PATCH", path, body{"title": "Mine"})
		p.Want(http.StatusUnauthorized, nobody, "DELETE", path, nil)
		// What was read may be sent back: nothing is another then.
		back := p.Want(200, ada, "PATCH", path, p.Want(200, ada, "GET", path, nil).Body)
		if back.Get("datasets.total") != 1.0 || back.Get("access_audiences.0.condition") != "no" || back.Get("base_api_url") != "https://api.example.com/" {
			t.Errorf("sent back: %s", back.Text)
		}
		open := p.Want(200, ada, "PATCH", path, body{"title": "API Stations", "access_type": "open", "availability": nil})
		if open.Get("access_audiences.0") != nil || open.Get("availability") != nil || open.Get("slug") != "api-stations" {
			t.Errorf("changed: %s", open.Text)
		}
		moved := p.Want(http.StatusPermanentRedirect, nobody, "GET", dataservices+"api-arrets/?x=1", nil)
		if got := moved.Header.Get("Location"); got != dataservices+"api-stations/?x=1" {
			t.Errorf("the old slug leads to %q", got)
		}
		if got := p.Want(201, ada, "POST", path+"datasets/", []body{{"id": trams}, {"id": buses}}); got.Get("datasets.total") != 2.0 {
			t.Errorf("with trams: %s", got.Text)
		}
		counts(1, 1, 1)
		if got := p.Want(200, nobody, "GET", "/api/1/datasets/?dataservice="+oid, nil); got.Get("total") != 2.0 {
			t.Errorf("the datasets: %s", got.Text)
		}
		p.Want(http.StatusForbidden, max, "DELETE", path+"datasets/"+buses+"/", nil)
		p.Want(http.StatusNoContent, ada, "DELETE", path+"datasets/"+buses+"/", nil)
		p.Want(http.StatusNotFound, ada, "DELETE", path+"datasets/"+buses+"/", nil)
		counts(1, 0, 1)
		p.Want(http.StatusForbidden, ada, "POST", path+"featured/", nil)
		if got := p.Want(200, root, "POST", path+"featured/", nil); got.Get("featured") != true {
			t.Errorf("featured: %s", got.Text)
		}
		if got := p.Want(200, root, "DELETE", path+"featured/", nil); got.Get("featured") != false {
			t.Errorf("not featured: %s", got.Text)
		}
		p.Want(201, max, "POST", path+"followers/", nil)
		if got := p.Want(200, nobody, "GET", path, nil); got.Get("metrics.followers") != 1.0 {
			t.Errorf("followed: %s", got.Text)
		}
		p.Want(http.StatusNoContent, ada, "DELETE", path, nil)
		counts(0, 0, 0)
		p.Want(http.StatusGone, nobody, "GET", path, nil)
		p.Want(http.StatusGone, ada, "DELETE", path, nil)
		p.Want(http.StatusGone, ada, "PATCH", path, body{"title": "x"})
		p.Want(http.StatusGone, ada, "POST", path+"datasets/", []body{{"id": buses}})
		p.Want(http.StatusForbidden, max, "PATCH", path, body{"deleted_at": nil})
		p.Want(200, ada, "PATCH", path, body{"deleted_at": nil})
		counts(1, 0, 1)
		activity := p.Want(200, nobody, "GET", "/api/1/activity/?related_to="+oid, nil)
		var keys []string
		for i := range int(activity.Get("total").(float64)) {
			keys = append(keys, activity.Get(fmt.Sprintf("data.%d.key", i)).(string))
		}
		const updated = "dataservice:updated "
		if got := strings.Join(keys, " "); got != "dataservice:deleted "+updated+updated+updated+"dataservice:created" {
			t.Errorf("the activity: %s", got)
		}
	})
}

// TestWhoSeesWhichDataservices: drafts and archived ones are for those whose
// they are.
func TestWhoSeesWhichDataservices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		org := club(t, p)
		p.Person("Root", true)
		p.Person("Stranger", false)
		admin := p.People["Admin"]
		draft := p.Want(201, admin, "POST", dataservices, body{"title": "Draft", "organization": org, "private": true}).Get("id").(string)
		p.Want(201, admin, "POST", dataservices, body{"title": "Old", "organization": org, "archived_at": "2020-01-01"})
		p.Want(201, admin, "POST", dataservices, body{"title": "New", "organization": org})
		own := p.Want(201, p.People["Partial"], "POST", dataservices, body{"title": "Own", "organization": org}).Get("id").(string)
		for name, c := range map[string]struct{ total, read, edit int }{
			"": {2, 404, 401}, "Stranger": {2, 404, 403}, "Admin": {4, 200, 200}, "Editor": {4, 200, 200}, "Partial": {4, 200, 403}, "Root": {4, 200, 200},
		} {
			who := p.People[name]
			if got := p.Want(200, who, "GET", dataservices+"?organization="+org, nil).Get("total"); got != float64(c.total) {
				t.Errorf("%q finds %v", name, got)
			}
			if got := p.Want(200, who, "GET", "/api/2/dataservices/search/?organization="+org, nil).Get("total"); got != 2.0 {
				t.Errorf("the search of %q finds %v", name, got)
			}
			p.Want(c.read, who, "GET", dataservices+draft+"/", nil)
			p.Want(c.edit, who, "PATCH", dataservices+draft+"/", body{"description": name + "."})
		}
		p.Want(200, p.People["Partial"], "PATCH", dataservices+own+"/", body{"description": "x"})
		got := p.Want(200, admin, "GET", "/api/1/organizations/"+org+"/", nil)
		months, _ := got.Get("metrics.dataservices_by_months").(map[string]any)
		if got.Get("metrics.dataservices") != 2.0 || months[p.Now().Format("2006-01")] != 2.0 {
			t.Errorf("the organization counts %s", got.Text)
		}
		p.Want(http.StatusBadRequest, p.People["Stranger"], "POST", dataservices, body{"title": "x", "organization": org})
		p.Want(http.StatusBadRequest, admin, "PATCH", dataservices+own+"/", body{"owner": admin.ID})
		moved := p.Want(200, p.People["Root"], "PATCH", dataservices+own+"/", body{"owner": admin.ID})
		if moved.Get("organization") != nil || moved.Get("owner.id") != admin.ID {
			t.Errorf("given away: %s", moved.Text)
		}
	})
}

func TestFilteringAndSortingDataservices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, root := p.Person("Ada", false), p.Person("Root", true)
		data := p.Want(201, ada, "POST", "/api/1/datasets/", datasetBody("Stops", nil)).Get("id").(string)
		first := p.Want(201, ada, "POST", dataservices, body{"title": "Zoo élan", "tags": []string{"bus", "tram"}, "base_api_url": "https://a.example.com/", "datasets": []string{data}}).Get("id").(string)
		p.Want(201, ada, "POST", dataservices, body{"title": "Ant", "tags": []string{"bus"}, "access_type": "restricted", "base_api_url": "https://z.example.com/"})
		p.Want(200, root, "POST", dataservices+first+"/featured/", nil)
		reuse := p.Want(201, ada, "POST", "/api/1/reuses/", body{
			"title": "Map", "description": "A map", "type": "application", "topic": "others", "url": "https://map.example.com/", "dataservices": []string{first},
		}).Get("id").(string)
		for query, want := range map[string]string{
			"": "Ant Zoo élan", "sort=title": "Ant Zoo élan", "sort=-title": "Zoo élan Ant", "sort=base_api_url": "Zoo élan Ant", "sort=created": "Zoo élan Ant",
			"sort=-last_modified": "Zoo élan Ant", "sort=followers&page_size=1": "Zoo élan", "sort=-views&page=2&page_size=1": "Zoo élan",
			"tag=bus&tag=tram": "Zoo élan", "access_type=restricted": "Ant", "dataset=" + data: "Zoo élan", "reuse=" + reuse: "Zoo élan", "featured=1": "Zoo élan",
			"owner=" + ada.ID: "Ant Zoo élan", "owner=" + root.ID: "", "q=ELAN": "Zoo élan", "q=%20": "", "organization_badge=certified": "", "contact_point=" + data: "",
		} {
			if got := titles(p.Want(200, nobody, "GET", dataservices+"?"+query, nil)); got != want {
				t.Errorf("%s finds %q, want %q", query, got, want)
			}
		}
		for query, want := range map[string]string{
			"": "Ant Zoo élan", "q=zoo": "Zoo élan", "is_restricted=true": "Ant", "archived=true": "", "archived=false&featured=true": "Zoo élan", "access_type=restricted&tag=bus": "Ant",
		} {
			if got := titles(p.Want(200, nobody, "GET", "/api/2/dataservices/search/?"+query, nil)); got != want {
				t.Errorf("the search for %s finds %q, want %q", query, got, want)
			}
		}
		for _, query := range []string{"sort=x", "owner=x", "dataset=x", "reuse=x", "access_type=x", "organization_badge=x", "featured=x", "contact_point=x", "organization=x"} {
			p.Want(400, nobody, "GET", dataservices+"?"+query, nil)
		}
		for _, query := range []string{"sort=title", "organization=x", "featured=x", "archived=x", "producer_type=x", "last_update_range=x", "is_restricted=x"} {
			p.Want(400, nobody, "GET", "/api/2/dataservices/search/?"+query, nil)
		}
		for _, query := range []string{"q=", "tag=", "q=%00", "q=%ff&tag=%00", "tag=" + url.QueryEscape(strings.Repeat("é%_", 6000))} {
			p.Want(200, nobody, "GET", dataservices+"?"+query, nil)
			p.Want(200, nobody, "GET", "/api/2/dataservices/search/?access_type=%00&"+query, nil)
		}
	})
}

func titles(page apptest.Answer) string {
	var out []string
	data, _ := page.Get("data").([]any)
	for _, d := range data {
		out = append(out, d.(map[string]any)["title"].(string))
	}
	return strings.Join(out, " ")
}

// TestWrongDataservices: what cannot be is a 400 that names the field.
func TestWrongDataservices(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		const unknownID = "5e00000000000000000000ff"
		oid := p.Want(201, ada, "POST", dataservices, body{"title": "Fine"}).Get("id").(string)
		audience := body{"role": "private", "condition": "no"}
		for _, c := range []struct {
			field string
			value any
		}{
			{"title", nil},
			{"title", " "},
			{"title", 5},
			{"acronym", strings.Repeat("é", 129)},
			{"description", []int{}},
			{"base_api_url", "no address"},
			{"technical_documentation_url", "javascript:alert(1)"},
			{"availability_url", 5},
			{"format", "SOAP"},
			{"access_type", "closed"},
			{"access_type_reason_category", "x"},
			{"availability", 101},
			{"availability", -1},
			{"availability", "NaN"},
			{"availability", true},
			{"availability", []int{1}},
			{"private", "yes"},
			{"archived_at", "yesterday"},
			{"deleted_at", 5},
			{"tags", []string{"a"}},
			{"tags", 5},
			{"extras", []int{}},
			{"license", "unknown"},
			{"license", "\x00"},
			{"license", 5},
			{"contact_points", []string{unknownID}},
			{"datasets", []string{unknownID}},
			{"datasets", []string{"x"}},
			{"datasets", nil},
			{"datasets", body{"x": 1}},
			{"owner", unknownID},
			{"organization", unknownID},
			{"organization", "x"},
			{"access_audiences", "x"},
			{"access_audiences", []any{1}},
			{"access_audiences", []body{{"role": "private"}}},
			{"access_audiences", []body{{"role": "x", "condition": "no"}}},
			{"access_audiences", []body{audience, audience}},
		} {
			for method, path := range map[string]string{"POST": dataservices, "PATCH": dataservices + oid + "/"} {
				b := body{"title": "Fine", "access_type": "restricted"}
				b[c.field] = c.value
				got := p.Do(ada, method, path, b)
				errors, _ := got.Get("errors").(map[string]any)
				if got.Status != 400 || errors[c.field] == nil {
					t.Errorf("%s %s %v: %d %s", method, c.field, c.value, got.Status, got.Text)
				}
			}
		}
		for _, b := range []any{body{"id": oid}, []any{1}, []body{{}}, []body{{"id": 5}}, []body{{"id": "x"}}, []body{{"id": unknownID}}, nil} {
			got := p.Do(ada, "POST", dataservices+oid+"/datasets/", b)
			if got.Status/100 != 4 {
				t.Errorf("adding %v: %d %s", b, got.Status, got.Text)
			}
		}
		odd := body{"title": "\u0000 " + strings.Repeat("x", 5000), "tags": "", "description": "\u0000", "extras": body{"\u0000": "\u0000"}, "access_type": nil, "acronym": nil}
		if got := p.Do(ada, "POST", dataservices, odd); got.Status >= 500 {
			t.Errorf("odd texts: %d %s", got.Status, got.Text)
		}
		if got := p.Want(200, nobody, "GET", dataservices+oid+"/", nil); got.Get("title") != "Fine" {
			t.Errorf("something was changed: %s", got.Text)
		}
	})
}
