package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

var everything = []string{"X-Fields", "*"}

// TestSiteBlocs: what editors put on the lists is there for who asks for it,
// without what the reader may not see.
func TestSiteBlocs(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		public := w.publish(w.ada, "Public", "datasets", []string{w.dataset})
		draft := w.publish(w.ada, "Draft", "private", true)
		gone := w.publish(w.ada, "Gone")
		w.Want(200, w.root, "PATCH", "/api/1/site/", body{
			"reuses_blocs": []body{{"class": "ReusesListBloc", "title": "Best", "reuses": []string{gone, draft, public}}}, "datasets_blocs": w.blocs(),
		})
		w.Want(204, w.ada, "DELETE", one(gone), nil)
		plain := w.Want(200, nobody, "GET", "/api/1/site/", nil)
		for _, name := range []string{"reuses_blocs", "datasets_blocs", "dataservices_blocs"} {
			if plain.Body.(map[string]any)[name] != nil {
				t.Errorf("%s is answered without being asked for", name)
			}
		}
		for who, want := range map[apptest.Person]string{nobody: "Public", w.max: "Public", w.ada: "Gone Draft Public", w.root: "Gone Draft Public"} {
			got := w.Want(200, who, "GET", "/api/1/site/", nil, "X-Fields", "{reuses_blocs,metrics}")
			var titles []string
			list, _ := got.Get("reuses_blocs.0.reuses").([]any)
			for _, x := range list {
				titles = append(titles, apptest.At(x, "title").(string))
			}
			if strings.Join(titles, " ") != want || got.Get("metrics.reuses") == nil || got.Get("title") != nil {
				t.Errorf("want %s, got %s", want, got.Text)
			}
		}
		got := w.Want(200, nobody, "GET", "/api/1/site/", nil, everything...)
		for path, want := range map[string]any{
			"datasets_blocs.0.class": "HeroBloc", "datasets_blocs.0.color": "green", "datasets_blocs.0.main_link_url": nil,
			"datasets_blocs.1.items.0.content.0.datasets.0.title": "Bus stops", "datasets_blocs.1.items.0.title": "One",
			"datasets_blocs.2.subtitle": "s", "datasets_blocs.2.datasets.0.organization.name": "Town", "datasets_blocs.2.datasets.0.resources": nil,
			"datasets_blocs.3.reuses.0.datasets": nil, "datasets_blocs.4.dataservices.0.title": "Bus API", "datasets_blocs.5.links.0.color": "",
			"datasets_blocs.6.content": "**x**", "datasets_blocs.6.title": nil,
		} {
			if v := got.Get(path); v != want {
				t.Errorf("%s is %v, want %v", path, v, want)
			}
		}
		// An answer may be sent back: the ids stay, and so does what is shown.
		got = w.Want(200, w.root, "GET", "/api/1/site/", nil, everything...)
		again := w.Want(200, w.root, "PATCH", "/api/1/site/", got.Body, everything...)
		if fmt.Sprint(again.Get("datasets_blocs")) != fmt.Sprint(got.Get("datasets_blocs")) {
			t.Errorf("sent back:\n%v\n%v", again.Get("datasets_blocs"), got.Get("datasets_blocs"))
		}
		w.Want(200, w.root, "PATCH", "/api/1/site/", body{"datasets_blocs": nil})
		if got := w.Want(200, nobody, "GET", "/api/1/site/", nil, "X-Fields", "datasets_blocs"); got.Text != `{"datasets_blocs":[]}` {
			t.Errorf("taken away: %s", got.Text)
		}
	})
}

// TestSiteIsRefused: what is wrong is named, with the place of a bloc, and
// nothing is written.
func TestSiteIsRefused(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		before := w.Want(200, w.root, "GET", "/api/1/site/", nil, everything...).Text
		in := func(b body) body {
			return body{"title": "New", "reuses_blocs": []body{{"class": "MarkdownBloc", "content": "x"}, b}}
		}
		item := func(b body) body {
			return in(body{"class": "AccordionListBloc", "items": []body{{"title": "x", "content": []body{b}}}})
		}
		for _, c := range []struct {
			field, says string
			body        any
		}{
			{"title", "required", body{"title": " "}},
			{"title", "string", body{"title": 5}},
			{"title", "255", body{"title": strings.Repeat("x", 256)}},
			{"feed_size", "between", body{"feed_size": 0}},
			{"feed_size", "between", body{"feed_size": 1 << 40}},
			{"feed_size", "int", body{"feed_size": "many"}},
			{"feed_size", "required", body{"feed_size": nil}},
			{"keywords", "list", body{"keywords": 5}},
			{"reuses_blocs", "list", body{"reuses_blocs": "x"}},
			{"reuses_blocs", "0: A list", body{"reuses_blocs": []any{5}}},
			{"reuses_blocs", "1.class: Field is required", in(body{"title": "x"})},
			{"reuses_blocs", "1.class: 'NoBloc'", in(body{"class": "NoBloc"})},
			{"reuses_blocs", "1.title: Field is required", in(body{"class": "ReusesListBloc"})},
			{"reuses_blocs", "1.color: 'red'", in(body{"class": "HeroBloc", "title": "x", "color": "red"})},
			{"reuses_blocs", "1.content: Field is required", in(body{"class": "MarkdownBloc"})},
			{"reuses_blocs", "1.id: ", in(body{"class": "MarkdownBloc", "content": "x", "id": "1"})},
			{"reuses_blocs", "1.reuses: ", in(body{"class": "ReusesListBloc", "title": "x", "reuses": []string{"y"}})},
			{"reuses_blocs", "Unknown reference", in(body{"class": "ReusesListBloc", "title": "x", "reuses": []string{unknown}})},
			{"reuses_blocs", "1.links.0.title", in(body{"class": "LinksListBloc", "title": "x", "links": []body{{"url": "y"}}})},
			{"reuses_blocs", "HeroBloc cannot", item(body{"class": "HeroBloc", "title": "x"})},
			{"reuses_blocs", "AccordionListBloc cannot", item(body{"class": "AccordionListBloc"})},
			{"reuses_blocs", "1.items.0.content.0.content", item(body{"class": "MarkdownBloc"})},
			{"reuses_blocs", "1.items.0.title", in(body{"class": "AccordionListBloc", "items": []body{{}}})},
		} {
			got := w.Want(400, w.root, "PATCH", "/api/1/site/", c.body)
			if text, _ := got.Get("errors." + c.field).(string); !strings.Contains(strings.ToLower(text), strings.ToLower(c.says)) {
				t.Errorf("%v: want %s in %s, got %s", c.body, c.says, c.field, got.Text)
			}
		}
		many := make([]string, 1001)
		for i := range many {
			many[i] = w.dataset
		}
		w.Want(400, w.root, "PATCH", "/api/1/site/", in(body{"class": "DatasetsListBloc", "title": "x", "datasets": many}))
		w.Want(403, w.carol, "PATCH", "/api/1/site/", body{"title": "Mine"})
		if after := w.Want(200, w.root, "GET", "/api/1/site/", nil, everything...).Text; after != before {
			t.Errorf("it was\n%s\nand is\n%s", before, after)
		}
	})
}

// TestTheTitle: it is that of the settings until a sysadmin gives another;
// counting the figures pins nothing.
func TestTheTitle(t *testing.T) {
	dir := t.TempDir()
	title := func(p *apptest.Portal) any { return p.Want(200, nobody, "GET", "/api/1/site/", nil).Get("title") }
	p := apptest.New(t, app.Config{Data: dir, Title: "First"})
	root := p.Person("Root", true)
	if err := p.Site.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Want(200, root, "PATCH", "/api/1/site/", body{"title": "First", "feed_size": 3})
	if got := title(p); got != "First" {
		t.Errorf("it is called %v", got)
	}
	p.Close()
	p = apptest.New(t, app.Config{Data: dir, Title: "Second"})
	if got := title(p); got != "Second" {
		t.Errorf("with other settings it is called %v", got)
	}
	p.Want(200, root, "PATCH", "/api/1/site/", body{"title": "Third"})
	p.Close()
	p = apptest.New(t, app.Config{Data: dir, Title: "Fourth"})
	if got := title(p); got != "Third" {
		t.Errorf("what a sysadmin gave it is %v now", got)
	}
}

// TestPresentation: an organization's page about itself is its admins' until
// it is published.
func TestPresentation(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		path := "/api/1/organizations/" + w.organization + "/"
		draft := w.publish(w.ada, "Ada's draft", "private", true)
		page := []body{{"class": "DatasetsListBloc", "title": "Ours", "datasets": []string{w.dataset}}}
		got := w.Want(200, w.carol, "PUT", path, body{"presentation_blocs": page, "presentation_blocs_published_at": nil}, everything...)
		if got.Get("presentation_blocs.0.datasets.0.id") != w.dataset {
			t.Fatalf("it is %s", got.Text)
		}
		mask := []string{"X-Fields", "{presentation_blocs,presentation_blocs_published_at}"}
		for who, seen := range map[apptest.Person]bool{nobody: false, w.max: false, w.eve: false, w.carol: true, w.root: true} {
			got := w.Want(200, who, "GET", path, nil, mask...)
			if list := got.Get("presentation_blocs").([]any); (len(list) == 1) != seen {
				t.Errorf("before it was published: %s", got.Text)
			}
		}
		w.Want(200, w.carol, "PUT", path, body{"presentation_blocs_published_at": "2026-11-24T12:00:00Z"})
		if got := w.Want(200, nobody, "GET", path, nil, mask...); got.Get("presentation_blocs.0.title") != "Ours" {
			t.Errorf("published: %s", got.Text)
		}
		if got := w.Want(200, nobody, "GET", path, nil); got.Body.(map[string]any)["presentation_blocs"] != nil {
			t.Errorf("without being asked for: %s", got.Text)
		}
		if got := w.Want(200, nobody, "GET", "/api/1/organizations/", nil, "X-Fields", "data{presentation_blocs}"); got.Get("data.0.presentation_blocs.0.title") != "Ours" {
			t.Errorf("in the list: %s", got.Text)
		}
		// Nobody learns of what is hidden from them by naming it.
		page[0] = body{"class": "ReusesListBloc", "title": "x", "reuses": []string{draft}}
		w.Want(400, w.carol, "PUT", path, body{"presentation_blocs": page})
		w.Want(403, w.eve, "PUT", path, body{"presentation_blocs": nil})
		w.Want(200, w.carol, "PUT", path, body{"presentation_blocs": nil})
		if got := w.Want(200, w.carol, "GET", path, nil, mask...); len(got.Get("presentation_blocs").([]any)) != 0 {
			t.Errorf("taken away: %s", got.Text)
		}
	})
}

// TestSiteFiles: the tables and addresses beside the API's lists.
func TestSiteFiles(t *testing.T) {
	w := newWorld(t, app.Config{})
	if got := w.Want(200, nobody, "GET", "/api/1/site/harvests.csv?x=1", nil).Text; got != `"id";"name";"url";"organization";"organization_id";"backend";"created_at";"validation";"config"`+"\r\n" {
		t.Errorf("the harvesters: %q", got)
	}
	w.Want(404, nobody, "GET", "/api/1/site/harvests.csv", nil)
	if got := w.Want(http.StatusFound, nobody, "GET", "/api/1/site/data.xml", nil).Header.Get("Location"); got != "/api/1/site/catalog.xml" {
		t.Errorf("the catalogue is at %q", got)
	}
	w.Want(404, nobody, "GET", "/api/1/site/data.exe", nil)
}
