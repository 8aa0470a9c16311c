package app_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// TestFiltersAndSorts: what the lists hold, and in which order.
func TestFiltersAndSorts(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		second := w.aDataset("Trams").ID
		bus := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset, second}, "type", "application", "topic", "transport_and_mobility",
			"tags", []string{"map", "Bus"}, "dataservices", []string{w.dataservice}, "description", "Été à Épinal: 100%_sûr")
		w.Pass(time.Hour)
		w.publish(w.eve, "air", "datasets", []string{w.dataset}, "tags", "map,air", "organization", w.organization, "description", "œuvre, l'air")
		w.Pass(time.Hour)
		tram := w.publish(w.max, "Tram map", "type", "paper")
		w.Pass(time.Hour)
		w.Want(200, w.ada, "PUT", one(bus), map[string]any{"private": false})
		w.Want(201, w.ada, "POST", one(tram)+"followers/", nil)
		w.Want(200, w.root, "POST", one(bus)+"featured/", nil)
		w.Want(200, w.root, "DELETE", one(tram)+"featured/", nil)
		const a, b, c = "air", "Bus map", "Tram map"
		for query, want := range map[string][]string{
			"":                                       {c, a, b}, // the newest first
			"sort=created":                           {b, a, c},
			"sort=-created":                          {c, a, b},
			"sort=title":                             {b, c, a}, // byte by byte, as MongoDB sorts
			"sort=-title":                            {a, c, b},
			"sort=last_modified":                     {a, b, c},
			"sort=-last_modified":                    {c, b, a},
			"sort=-datasets":                         {b, a, c},
			"sort=datasets":                          {c, a, b},
			"sort=-followers":                        {c, a, b},
			"sort=views":                             {b, a, c},
			"type=paper":                             {c},
			"topic=transport_and_mobility":           {b},
			"owner=" + w.ada.ID:                      {b},
			"owner=" + strings.ToUpper(w.ada.ID):     {b},
			"organization=" + w.organization:         {a},
			"organization_badge=certified":           {a},
			"organization_badge=company":             {},
			"dataset=" + w.dataset:                   {a, b},
			"dataset=" + second:                      {b},
			"dataservice=" + w.dataservice:           {b},
			"dataset=" + unknown:                     {},
			"tag=map":                                {a, b},
			"tag=map&tag=air":                        {a},
			"tag=map&tag=tram":                       {},
			"tag=Bus":                                {},
			"featured=true":                          {b},
			"featured=false":                         {c},
			"private=true":                           {},
			"private=0":                              {c, a, b},
			"q=map":                                  {b, c, a}, // the best match first,
			"q=MAP+bus":                              {b, a},    // a uses the dataset "Bus stops"
			"q=%22bus+map%22":                        {b},
			"q=map+-stops":                           {c},
			"q=map+bus+zzz":                          {b, a}, // most of the words
			"q=zzz":                                  {},
			"q=ete+epinal":                           {b},
			"q=%C3%89T%C3%89":                        {b},
			"q=100%25_sur":                           {b},
			"q=100%25%25":                            {b},
			"q=%22tram%22":                           {c, b},
			"q=%20":                                  {},
			"q=":                                     {c, a, b},
			"q=l%27air&sort=title":                   {a},
			"type=paper&type=api":                    {c},
			"dataset=" + w.dataset + "&sort=created": {b, a},
			"no_such_filter=1":                       {c, a, b},
		} {
			for _, path := range []string{"/api/1/reuses/", "/api/2/reuses/"} {
				got := titlesAt("data", "title")(w.Want(200, nobody, "GET", path+"?"+query, nil))
				if !slices.Equal(got, want) && len(got)+len(want) > 0 {
					t.Errorf("%s?%s: %q, want %q", path, query, got, want)
				}
			}
		}
		for _, query := range []string{
			"sort=", "sort=id", "sort=--title", "sort=title,created", "type=", "type=Paper", "topic=x", "owner=ada-test", "owner=", "organization=town",
			"dataset=x", "dataservice=", "organization_badge=", "organization_badge=x", "private=x", "featured=yes",
		} {
			name, _, _ := strings.Cut(query, "=")
			for _, path := range []string{"/api/1/reuses/", "/api/2/reuses/"} {
				if got := w.Do(nobody, "GET", path+"?"+query, nil); got.Status != 400 || got.Get("errors."+name) == nil {
					t.Errorf("%s?%s: want 400 about it, got %d %s", path, query, got.Status, got.Text)
				}
			}
		}
	})
}

// TestFiltersFollowChanges: a reuse is found by what it is, not by what it was.
func TestFiltersFollowChanges(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		second, api := w.aDataset("Trams").ID, w.newDataservice("Tram API")
		oid := w.publish(w.ada, "Bus map", "tags", []string{"bus", "map"}, "datasets", []string{w.dataset}, "dataservices", []string{w.dataservice})
		w.Want(200, w.root, "PUT", one(oid), map[string]any{
			"title": "Tram plan", "description": "Rails", "tags": []string{"tram", "map"}, "datasets": []string{second}, "dataservices": []string{api},
			"type": "paper", "topic": "others", "organization": w.organization,
		})
		for query, want := range map[string]float64{
			"tag=bus": 0, "tag=tram": 1, "tag=map": 1, "dataset=" + w.dataset: 0, "dataset=" + second: 1, "dataservice=" + w.dataservice: 0,
			"dataservice=" + api: 1, "q=bus": 0, "q=tram": 1, "q=rails": 1, "q=description": 0, "type=api": 0, "type=paper": 1, "topic=health": 0,
			"topic=others": 1, "owner=" + w.ada.ID: 0, "organization=" + w.organization: 1,
		} {
			if got := w.Want(200, nobody, "GET", "/api/1/reuses/?"+query, nil).Get("total"); got != want {
				t.Errorf("%s finds %v, want %v", query, got, want)
			}
		}
	})
}

// TestSearchParameters: the search knows fewer sorts and is lenient elsewhere,
// as in udata.
func TestSearchParameters(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset}, "type", "paper", "tags", "bus")
		w.publish(w.eve, "Air", "datasets", []string{w.dataset}, "organization", w.organization)
		w.Want(200, w.root, "POST", one(oid)+"featured/", nil)
		for query, want := range map[string]int{
			"": 2, "sort=-followers": 2, "type=paper": 1, "type=x": 0, "topic=x": 0, "topic=health": 2, "tag=bus": 1, "featured=true": 1, "featured=false": 2,
			"owner=" + w.ada.ID: 1, "owner=": 2, "organization=" + w.organization: 1, "organization_badge=certified": 1, "q=air": 1,
			"producer_type=user": 2, "last_update_range=last_30_days": 2,
		} {
			got := w.Want(200, nobody, "GET", "/api/2/reuses/search/?"+query, nil)
			if list, _ := got.Get("data").([]any); len(list) != want || got.Get("total") != float64(want) {
				t.Errorf("%s: %s", query, got.Text)
			}
		}
		for _, query := range []string{"sort=title", "owner=x", "organization=x", "organization_badge=x", "featured=x", "producer_type=x", "last_update_range=x"} {
			name, _, _ := strings.Cut(query, "=")
			if got := w.Do(nobody, "GET", "/api/2/reuses/search/?"+query, nil); got.Status != 400 || got.Get("errors."+name) == nil {
				t.Errorf("%s: want 400 about it, got %d %s", query, got.Status, got.Text)
			}
		}
	})
}

// TestSuggestions complete a title, the most followed first.
func TestSuggestions(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for _, title := range []string{"Bus", "Éléphant", "Tram 100%", "Archived"} {
			oid := w.publish(w.ada, title)
			if title == "Bus" {
				w.Want(201, w.max, "POST", one(oid)+"followers/", nil)
			}
			if title == "Archived" {
				w.Want(200, w.ada, "PUT", one(oid), map[string]any{"archived": "2026-01-01"})
			}
		}
		for query, want := range map[string][]string{
			"q=": {"Bus", "Tram 100%", "Éléphant"}, "q=ELE": {"Éléphant"}, "q=%C3%A9l%C3%A9": {"Éléphant"}, "q=us": {"Bus"}, "q=0%25": {"Tram 100%"},
			"q=a": {"Tram 100%", "Éléphant"}, "q=_": nil, "q=zzz": nil, "q=&size=1": {"Bus"}, "q=&size=0": {"Bus", "Tram 100%", "Éléphant"},
			"q=&size=-2": {"Bus", "Tram 100%"}, "q=&size=999999999": {"Bus", "Tram 100%", "Éléphant"},
		} {
			if got := titlesAt("", "title")(w.Want(200, nobody, "GET", "/api/1/reuses/suggest/?"+query, nil)); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		for query, field := range map[string]string{"": "q", "size=1": "q", "q=a&size=x": "size", "q=a&size=99999999999999999999": "size"} {
			if got := w.Want(400, nobody, "GET", "/api/1/reuses/suggest/?"+query, nil); got.Get("errors."+field) == nil {
				t.Errorf("%s: %s", query, got.Text)
			}
		}
	})
}

// TestPagesLeadThroughTheList follows next_page and previous_page, as clients
// do: every reuse is met once, and the caller's own parameters are kept.
func TestPagesLeadThroughTheList(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		const n = 7
		for i := range n {
			w.publish(w.ada, "Reuse "+strconv.Itoa(i), "tags", []string{"één"})
		}
		w.publish(w.ada, "Other")
		own := "tag=een&sort=title&x=%26+%C3%A9"
		var forth, back []string
		last := ""
		for next := "/api/1/reuses/?" + own + "&page_size=3"; next != ""; {
			got := w.Want(200, nobody, "GET", next, nil)
			if !strings.HasPrefix(strings.TrimPrefix(next, "/api/1/reuses/?"), own) {
				t.Errorf("the page is at %q", next)
			}
			forth = append(forth, titlesAt("data", "title")(got)...)
			last = next
			next = local(t, got.Get("next_page"))
		}
		for previous := last; previous != ""; {
			got := w.Want(200, nobody, "GET", previous, nil)
			back = append(titlesAt("data", "title")(got), back...)
			previous = local(t, got.Get("previous_page"))
		}
		if len(forth) != n || !slices.IsSorted(forth) || !slices.Equal(forth, back) {
			t.Errorf("forth %q, back %q", forth, back)
		}
		whole := w.Want(200, nobody, "GET", "/api/1/reuses/?page_size=2147483647", nil)
		if whole.Get("total") != float64(n+1) || whole.Get("page_size") != 2147483647.0 || whole.Get("next_page") != nil || whole.Get("previous_page") != nil {
			t.Errorf("everything: %s", whole.Text)
		}
	})
}

// local is the path and query of an address of the portal, "" for null.
func local(t *testing.T, address any) string {
	t.Helper()
	if address == nil {
		return ""
	}
	u, err := url.Parse(address.(string))
	if err != nil || u.Scheme+"://"+u.Host != "http://portal.test" {
		t.Fatalf("the address is %v", address)
	}
	return u.RequestURI()
}

// TestLightForm: v2 links to what v1 embeds.
func TestLightForm(t *testing.T) {
	w := newWorld(t, app.Config{})
	oid := w.publish(w.ada, "Bus map", "datasets", []string{w.dataset, w.aDataset("Trams").ID}, "dataservices", []string{w.dataservice})
	light := w.Want(200, nobody, "GET", "/api/2/reuses/", nil).Get("data.0").(map[string]any)
	whole := w.Want(200, nobody, "GET", one(oid), nil).Body.(map[string]any)
	for name, v := range whole {
		if name == "datasets" || name == "dataservices" {
			continue
		}
		if text(t, v) != text(t, light[name]) {
			t.Errorf("%s is %s in v1 and %s in v2", name, text(t, v), text(t, light[name]))
		}
	}
	if want := `{"href":"http://portal.test/api/2/datasets/?reuse=` + oid + `\u0026page=1\u0026page_size=50","rel":"subsection","total":2,"type":"GET"}`; text(t, light["datasets"]) != want {
		t.Errorf("datasets are %s", text(t, light["datasets"]))
	}
	if got := apptest.At(light["dataservices"], "total"); got != 1.0 || len(whole["datasets"].([]any)) != 2 {
		t.Errorf("%v dataservices, %v", got, whole["datasets"])
	}
}
