package app_test

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// Each title says whose the reuse is and what state it is in. All but "bare"
// use the dataset.
const (
	allOfAda  = "bare counted deleted private private-deleted"
	allOfTown = "town town-deleted town-private"
	public    = "bare counted town"
)

// fill publishes a reuse in each state, each followed by max, and keeps their
// ids by title.
func fill(w *world, ids map[string]string) {
	w.t.Helper()
	for _, title := range strings.Fields(allOfAda + " " + allOfTown) {
		who, more := w.ada, []any{"datasets", []string{w.dataset}, "dataservices", []string{w.dataservice}}
		if title == "bare" {
			more = nil
		}
		if strings.HasPrefix(title, "town") {
			who, more = w.eve, append(more, "organization", w.organization)
		}
		ids[title] = w.publish(who, title, append(more, "private", strings.Contains(title, "private"))...)
		w.Want(201, w.max, "POST", one(ids[title])+"followers/", nil)
		if strings.Contains(title, "deleted") {
			w.Want(204, who, "DELETE", one(ids[title]), nil)
		}
	}
}

// titlesAt collects the texts of a member of the items of a list.
func titlesAt(list, member string) func(apptest.Answer) []string {
	return func(a apptest.Answer) []string {
		items := a.Body
		if list != "" {
			items = a.Get(list)
		}
		var out []string
		found, _ := items.([]any)
		for _, item := range found {
			s, _ := apptest.At(item, member).(string)
			out = append(out, s)
		}
		return out
	}
}

func titlesOfFeed(a apptest.Answer) []string {
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(a.Text), &feed); err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, e := range feed.Entries {
		out = append(out, e.Title)
	}
	return out
}

// TestWhoFindsWhat: which reuses each caller finds in each list.
func TestWhoFindsWhat(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		fill(w, map[string]string{})
		callers := map[string]apptest.Person{
			"nobody": nobody, "max": w.max, "ada": w.ada, "carol": w.carol, "eve": w.eve, "paul": w.paul, "root": w.root,
		}
		everybody := func(titles string) map[string]string {
			out := map[string]string{}
			for name := range callers {
				out[name] = titles
			}
			return out
		}
		inTown := func(outside, inside string) map[string]string {
			return map[string]string{
				"nobody": outside, "max": outside, "ada": outside, "carol": inside, "eve": inside, "paul": inside, "root": inside,
			}
		}
		lists := map[string]string{"nobody": public, "max": public, "ada": allOfAda + " town", "root": allOfAda + " " + allOfTown}
		for _, c := range []struct {
			name, path string
			titles     func(apptest.Answer) []string
			want       map[string]string
		}{
			{"the list", "/api/1/reuses/?page_size=50", titlesAt("data", "title"), lists},
			{"the light list", "/api/2/reuses/?page_size=50", titlesAt("data", "title"), lists},
			{"the private ones", "/api/1/reuses/?private=true", titlesAt("data", "title"), map[string]string{
				"nobody": "", "max": "", "ada": "private private-deleted", "root": "private private-deleted town-private",
			}},
			{"those of a dataset", "/api/1/reuses/?dataset=" + w.dataset, titlesAt("data", "title"), map[string]string{
				"nobody": "counted town", "max": "counted town", "ada": "counted deleted private private-deleted town",
			}},
			{"the search", "/api/2/reuses/search/?page_size=50", titlesAt("data", "title"), everybody("counted town")},
			{"suggestions", "/api/1/reuses/suggest/?q=&size=50", titlesAt("", "title"), everybody(public)},
			{"the feed", "/api/1/reuses/recent.atom", titlesOfFeed, everybody("counted town")},
			{
				"the organization", "/api/1/organizations/town/reuses/", titlesAt("", "title"),
				inTown("town town-deleted", allOfTown), // deleted ones included, as in udata
			},
			{"my own", "/api/1/me/reuses/", titlesAt("", "title"), map[string]string{
				"nobody": "", "max": "", "ada": allOfAda, "carol": "", "eve": "", "paul": "", "root": "",
			}},
			{"my organizations'", "/api/1/me/org_reuses/", titlesAt("", "title"), map[string]string{
				"nobody": "", "max": "", "ada": allOfAda, "carol": allOfTown, "eve": allOfTown, "paul": allOfTown, "root": "",
			}},
			{"the activity", "/api/1/activity/?page_size=50", titlesAt("data", "related_to"), map[string]string{
				"nobody": public, "max": public, "ada": allOfAda + " deleted private-deleted town",
				"carol": "bare counted " + allOfTown + " town-deleted", "eve": "bare counted " + allOfTown + " town-deleted",
				"paul": "bare counted " + allOfTown + " town-deleted",
				"root": allOfAda + " deleted private-deleted " + allOfTown + " town-deleted",
			}},
		} {
			for name, want := range c.want {
				got, wanted := c.titles(w.Do(callers[name], "GET", c.path, nil)), strings.Fields(want)
				slices.Sort(got)
				slices.Sort(wanted)
				if !slices.Equal(got, wanted) {
					t.Errorf("%s finds in %s: %q, want %q", name, c.name, got, wanted)
				}
			}
		}
	})
}

// TestWhoReadsWhat: what each caller is told about each reuse.
func TestWhoReadsWhat(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		ids := map[string]string{}
		fill(w, ids)
		w.publish(w.max, "another of max") // so that everybody has something to do with the portal
		strangers := map[string]int{
			"bare": 200, "counted": 200, "deleted": 410, "private": 404, "private-deleted": 404,
			"town": 200, "town-deleted": 410, "town-private": 404,
		}
		with := func(more map[string]int) map[string]int {
			out := map[string]int{}
			for k, v := range strangers {
				out[k] = v
			}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		inTown := with(map[string]int{"town-deleted": 200, "town-private": 200})
		for _, c := range []struct {
			name string
			who  apptest.Person
			want map[string]int
		}{
			{"nobody", nobody, strangers},
			{"max", w.max, strangers},
			{"ada", w.ada, with(map[string]int{"deleted": 200, "private": 200, "private-deleted": 200})},
			{"carol", w.carol, inTown},
			{"eve", w.eve, inTown},
			{"paul", w.paul, inTown},
			{"root", w.root, with(map[string]int{"deleted": 200, "private": 200, "private-deleted": 200, "town-deleted": 200, "town-private": 200})},
		} {
			for title, want := range c.want {
				for _, key := range []string{ids[title], strings.ToUpper(ids[title]), title} {
					if got := w.Do(c.who, "GET", one(key), nil); got.Status != want {
						t.Errorf("%s reads %s as %s: want %d, got %d", c.name, title, key, want, got.Status)
					}
				}
				// As in udata, the followers of a hidden reuse are no secret.
				if got := w.Do(c.who, "GET", one(ids[title])+"followers/", nil); got.Status != 200 || got.Get("total") != 1.0 {
					t.Errorf("%s asks who follows %s: got %d %s", c.name, title, got.Status, got.Text)
				}
			}
		}
	})
}

// TestHiddenReusesDoNotCount: the counters of what a reuse is linked with tell
// nothing of hidden ones.
func TestHiddenReusesDoNotCount(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		fill(w, map[string]string{})
		for path, want := range map[string]float64{
			"/api/1/datasets/" + w.dataset + "/":         2, // counted, town
			"/api/1/dataservices/" + w.dataservice + "/": 2,
			"/api/1/organizations/town/":                 1,
			"/api/1/users/" + w.ada.ID + "/":             1, // bare uses no dataset
			"/api/1/users/" + w.eve.ID + "/":             0,
		} {
			if got := w.Want(200, nobody, "GET", path, nil).Get("metrics.reuses"); got != want {
				t.Errorf("%s counts %v, want %v", path, got, want)
			}
		}
		if err := w.Site.Recount(t.Context()); err != nil {
			t.Fatal(err)
		}
		site := w.Want(200, nobody, "GET", "/api/1/site/", nil)
		for name, want := range map[string]float64{
			"reuses": 2, "datasets": 1, "dataservices": 1, "resources": 1, "organizations": 1, "public-service": 1, "users": 6,
			"followers": 8, "max_dataset_reuses": 2, "max_org_reuses": 1, "max_reuse_datasets": 1, "max_reuse_followers": 1,
		} {
			if got := site.Get("metrics." + name); got != want {
				t.Errorf("the portal counts %v %s, want %v", got, name, want)
			}
		}
	})
}

// TestPagesOfHiddenThings: activities about what the caller may not see are
// left out, but count, so that pages have the same bounds for everybody.
func TestPagesOfHiddenThings(t *testing.T) {
	w := newWorld(t, app.Config{})
	w.publish(w.ada, "first")
	w.publish(w.ada, "hidden", "private", true)
	w.publish(w.ada, "last")
	for page, want := range map[string][]string{"1": {"last"}, "2": nil, "3": {"first"}} {
		got := w.Want(200, nobody, "GET", "/api/1/activity/?page_size=1&page="+page, nil)
		if titles := titlesAt("data", "related_to")(got); !slices.Equal(titles, want) || got.Get("total") != 3.0 {
			t.Errorf("page %s: %s", page, got.Text)
		}
	}
	w.Want(404, nobody, "GET", "/api/1/activity/?page_size=1&page=4", nil)
}
