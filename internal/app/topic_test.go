package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

const topics = "/api/2/topics/"

// pageIDs are those of the items of a page, in their order.
func pageIDs(a apptest.Answer) []string {
	out := []string{}
	for i := range int(a.Get("total").(float64)) {
		if oid, ok := a.Get(fmt.Sprintf("data.%d.id", i)).(string); ok {
			out = append(out, oid)
		}
	}
	return out
}

func TestTopics(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		second := w.aDataset("Trams").ID
		made := w.Want(201, w.ada, "POST", topics, body{
			"name": "Aménagement urbain", "description": "Ce qui *bouge*", "tags": []string{"Été", "b", "Été"}, "color": 5, "extras": body{"a": 1},
			"spatial":  body{"zones": []string{"fr:commune:75056"}, "granularity": "poi"},
			"elements": []body{{"title": "Une carte"}, {"element": body{"class": "Dataset", "id": w.dataset}, "description": "Climat", "tags": []string{"x"}}},
		})
		id := made.Get("id").(string)
		for path, want := range map[string]string{
			"slug": "amenagement-urbain", "tags": "[Été b]", "color": "5", "private": "<nil>", "featured": "false", "owner.id": w.ada.ID,
			"organization": "<nil>", "elements.total": "2", "spatial.granularity": "poi", "extras": "map[a:1]",
		} {
			if got := fmt.Sprint(made.Get(path)); got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
		one := topics + id + "/"

		// A new name makes a new slug; the old one leads to it. Fields that are
		// not named stay, null takes away, an answer may be sent back.
		w.Want(200, w.ada, "PUT", one, body{"name": "Autre nom", "color": nil, "spatial": nil, "private": false})
		if moved := w.Want(308, nobody, "GET", topics+"amenagement-urbain/", nil); !strings.HasSuffix(moved.Header.Get("Location"), "/autre-nom/") {
			t.Errorf("the old slug leads to %s", moved.Header.Get("Location"))
		}
		got := w.Want(200, nobody, "GET", topics+"autre-nom/", nil)
		if got.Get("description") != "Ce qui *bouge*" || got.Get("color") != nil || got.Get("spatial") != nil || got.Get("elements.total") != 2.0 {
			t.Errorf("changed: %s", got.Text)
		}
		w.Want(200, w.ada, "PUT", one, got.Body)
		if again := w.Want(200, nobody, "GET", one, nil); again.Get("elements.total") != 2.0 || again.Get("slug") != "autre-nom" {
			t.Errorf("sent back: %s", again.Text)
		}

		// Elements.
		added := w.Want(201, w.ada, "POST", one+"elements/", []body{{"element": body{"class": "Dataset", "id": second}}, {"title": "À venir", "element": nil}})
		element := added.Get("0.id").(string)
		for query, want := range map[string]int{
			"": 4, "?class=Dataset": 2, "?class=None": 2, "?class=Reuse": 0, "?tag=x": 1, "?q=climat": 1, "?q=clim": 0, "?q=une+carte": 1, "?page_size=1": 4, "?q=%20": 0,
		} {
			if n := w.Want(200, nobody, "GET", one+"elements/"+query, nil).Get("total"); n != float64(want) {
				t.Errorf("elements%s: %v, want %d", query, n, want)
			}
		}
		changed := w.Want(200, w.ada, "PUT", one+"elements/"+element+"/", body{"title": "Trams", "tags": "a,b"})
		if changed.Get("element.id") != second || changed.Get("title") != "Trams" || fmt.Sprint(changed.Get("tags")) != "[a b]" {
			t.Errorf("changed: %s", changed.Text)
		}
		for path, want := range map[string]int{element: 403, unknown: 403} {
			w.Want(want, w.max, "PUT", one+"elements/"+path+"/", body{"title": "x"})
		}
		w.Want(404, w.ada, "PUT", one+"elements/"+unknown+"/", body{"title": "x"})
		w.Want(404, w.ada, "DELETE", one+"elements/x/", nil)
		other := w.Want(201, w.max, "POST", topics, body{"name": "Other", "elements": []body{{"title": "Climate"}}})
		theirs := w.Want(200, nobody, "GET", topics+"other/elements/", nil).Get("data.0.id").(string)
		w.Want(404, w.ada, "DELETE", one+"elements/"+theirs+"/", nil) // an element of another topic

		// ?topic= in lists of objects.
		for query, want := range map[string][]string{
			"/api/1/datasets/?sort=created&topic=" + id:          {w.dataset, second},
			"/api/2/datasets/?topic=" + other.Get("id").(string): {},
			"/api/2/datasets/search/?sort=created&topic=" + id:   {w.dataset, second},
			"/api/1/dataservices/?topic=" + id:                   {},
			"/api/1/dataservices/?topic=" + unknown:              {w.dataservice},
			topics + "?dataset=" + second:                        {id},
			topics + "?dataset=" + unknown:                       {},
		} {
			if got := pageIDs(w.Want(200, nobody, "GET", query, nil)); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
		w.Want(400, nobody, "GET", "/api/1/dataservices/?topic=x", nil)

		// New elements in the place of all, an empty list too.
		if put := w.Want(200, w.ada, "PUT", one, body{"elements": []body{{"title": "Only"}}}); put.Get("elements.total") != 1.0 {
			t.Errorf("replaced: %s", put.Text)
		}
		if put := w.Want(200, w.ada, "PUT", one, body{"elements": []body{}}); put.Get("elements.total") != 0.0 {
			t.Errorf("emptied: %s", put.Text)
		}
		w.Want(201, w.ada, "POST", one+"elements/", []body{{"title": "x"}})
		w.Want(204, w.ada, "DELETE", one+"elements/", nil)

		// What activities tell.
		var keys []string
		for _, x := range w.Want(200, nobody, "GET", "/api/1/activity/?page_size=50&related_to="+id, nil).Get("data").([]any) {
			keys = append(keys, x.(map[string]any)["key"].(string))
		}
		slices.Reverse(keys)
		want := "topic:created topic:element:created topic:element:created topic:updated"
		if !strings.HasPrefix(strings.Join(keys, " "), want) || !slices.Contains(keys, "topic:element:deleted") || !slices.Contains(keys, "topic:element:updated") {
			t.Errorf("activities: %v", keys)
		}

		// A topic goes for good, with its discussions and slugs.
		talk := w.Want(201, w.max, "POST", "/api/1/discussions/", body{"title": "T", "comment": "C", "subject": body{"class": "Topic", "id": id}})
		w.Want(403, w.max, "DELETE", one, nil)
		w.Want(204, w.ada, "DELETE", one, nil)
		w.Want(404, nobody, "GET", one, nil)
		w.Want(404, nobody, "GET", topics+"amenagement-urbain/", nil)
		w.Want(404, nobody, "GET", "/api/1/discussions/"+talk.Get("id").(string)+"/", nil)
		w.Want(404, w.ada, "PUT", one, body{"name": "x"})
	})
}

func TestTopicsRefuse(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		id := w.Want(201, w.ada, "POST", topics, body{"name": "A"}).Get("id").(string)
		for name, c := range map[string]struct {
			body  any
			field string
		}{
			"nothing":             {body{}, "name"},
			"blank":               {body{"name": " "}, "name"},
			"a number":            {body{"name": 5}, "name"},
			"a long name":         {body{"name": strings.Repeat("x", 501)}, "name"},
			"tags as a number":    {body{"name": "x", "tags": 5}, "tags"},
			"a long tag":          {body{"name": "x", "tags": []string{strings.Repeat("x", 201)}}, "tags"},
			"a colour in words":   {body{"name": "x", "color": "red"}, "color"},
			"no such zone":        {body{"name": "x", "spatial": body{"zones": []string{"x"}}}, "spatial"},
			"an element of none":  {body{"name": "x", "elements": []body{{}}}, "elements"},
			"elements of text":    {body{"name": "x", "elements": []string{"x"}}, "elements"},
			"elements as text":    {body{"name": "x", "elements": "x"}, "elements"},
			"an unknown dataset":  {body{"name": "x", "elements": []body{{"element": body{"class": "Dataset", "id": unknown}}}}, "elements"},
			"a person":            {body{"name": "x", "elements": []body{{"element": body{"class": "User", "id": w.ada.ID}}}}, "elements"},
			"somebody else":       {body{"name": "x", "owner": w.max.ID}, "owner"},
			"another's desk":      {body{"name": "x", "organization": w.organization}, "organization"},
			"an unknown desk":     {body{"name": "x", "organization": unknown}, "organization"},
			"null among extras":   {body{"name": "x", "extras": body{"a": nil}}, "extras"},
			"private as a word":   {body{"name": "x", "private": "perhaps"}, "private"},
			"a list as the topic": {[]body{}, ""},
		} {
			got := w.Want(400, w.ada, "POST", topics, c.body)
			if c.field != "" && got.Get("errors."+c.field) == nil {
				t.Errorf("%s: %s", name, got.Text)
			}
		}
		for name, b := range map[string]any{"an object": body{"title": "x"}, "of texts": []string{"x"}, "of nothing": []body{{"title": "x"}, {}}} {
			w.Want(400, w.ada, "POST", topics+id+"/elements/", b)
			if n := w.Want(200, nobody, "GET", topics+id+"/elements/", nil).Get("total"); n != 0.0 {
				t.Errorf("%s: half written", name)
			}
		}
		w.Want(401, nobody, "POST", topics, body{"name": "x"})
		w.Want(403, w.max, "POST", topics+id+"/elements/", []body{{"title": "x"}})
		w.Want(403, w.max, "DELETE", topics+id+"/elements/", nil)
		w.Want(403, w.ada, "POST", topics+id+"/featured/", nil)
		w.Want(400, nobody, "GET", topics+"?organization=x", nil)
		w.Want(400, nobody, "GET", topics+"?sort=views", nil)
		w.Want(400, nobody, "GET", topics+"search/?producer_type=x", nil)
	})
}

// Private topics are for their owners' eyes, wherever they could be seen.
func TestPrivateTopics(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		w.Want(201, w.ada, "POST", topics, body{"name": "Public"})
		id := w.Want(201, w.eve, "POST", topics, body{
			"name": "Secret", "private": true, "organization": w.organization, "elements": []body{{"element": body{"class": "Dataset", "id": w.dataset}}},
		}).Get("id").(string)
		for _, c := range []struct {
			who  apptest.Person
			seen bool
		}{{nobody, false}, {w.max, false}, {w.eve, true}, {w.carol, true}, {w.paul, true}, {w.root, true}} {
			status, total := 404, 1.0
			if c.seen {
				status, total = 200, 2.0
			}
			w.Want(status, c.who, "GET", topics+id+"/", nil)
			w.Want(status, c.who, "GET", topics+id+"/elements/", nil)
			if n := w.Want(200, c.who, "GET", topics, nil).Get("total"); n != total {
				t.Errorf("a list of %v, want %v", n, total)
			}
			if n := w.Want(200, c.who, "GET", topics+"search/", nil).Get("total"); n != 1.0 {
				t.Errorf("a search finds %v", n)
			}
			activities := w.Want(200, c.who, "GET", "/api/1/activity/?related_to="+id, nil)
			if strings.Contains(activities.Text, "Secret") != c.seen {
				t.Errorf("activities: %s", activities.Text)
			}
		}
		if n := w.Want(200, w.eve, "GET", topics+"?private=true", nil).Get("total"); n != 1.0 {
			t.Errorf("private=true: %v", n)
		}
		// The filter of a topic that one may not see is that of an unknown one.
		hidden := w.aDataset("Another").ID
		if got := pageIDs(w.Want(200, nobody, "GET", "/api/1/datasets/?topic="+id, nil)); !slices.Contains(got, hidden) {
			t.Errorf("a stranger learns what a private topic holds: %v", got)
		}
		if got := pageIDs(w.Want(200, w.eve, "GET", "/api/1/datasets/?topic="+id, nil)); !slices.Equal(got, []string{w.dataset}) {
			t.Errorf("its own people filter by it: %v", got)
		}
		// A partial editor may change what they made.
		mine := w.Want(201, w.paul, "POST", topics, body{"name": "Paul's", "organization": w.organization}).Get("id").(string)
		w.Want(200, w.paul, "PUT", topics+mine+"/", body{"description": "x"})
		w.Want(403, w.paul, "PUT", topics+id+"/", body{"description": "x"})
		if got := pageIDs(w.Want(200, w.eve, "GET", "/api/2/me/org_topics/?sort=created", nil)); !slices.Equal(got, []string{id, mine}) {
			t.Errorf("of mine and my organizations: %v", got)
		}
	})
}

func TestTopicLists(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		air := w.Want(201, w.ada, "POST", topics, body{"name": "Qualité de l'air", "tags": []string{"air", "city"}}).Get("id").(string)
		water := w.Want(201, w.eve, "POST", topics, body{
			"name": "Water", "organization": w.organization, "tags": []string{"city"}, "spatial": body{"zones": []string{"fr:commune:75056"}, "granularity": "poi"},
			"elements": []body{{"title": "Rivières et climat"}},
		}).Get("id").(string)
		w.Want(200, w.root, "POST", topics+air+"/featured/", nil)
		for query, want := range map[string][]string{
			"?": {water, air}, "?sort=created": {air, water}, "?sort=-name": {water, air}, "?tag=city": {water, air}, "?tag=city&tag=air": {air},
			"?featured=true": {air}, "?featured=false": {water}, "?owner=" + w.ada.ID: {air}, "?organization=" + w.organization: {water},
			"?geozone=fr:commune:75056": {water}, "?granularity=poi": {water}, "?q=qualite": {air}, "?q=qual": {}, "?q=AIR+Qualit%C3%A9": {air},
			"?q=climat": {water}, "?q=water+climat": {}, "?q=%25": {}, "?private=true": {}, "?private=false": {water, air},
			"search/?producer_type=user": {air}, "search/?producer_type=public-service": {water}, "search/?producer_type=company": {},
			"search/?last_update_range=last_30_days": {water, air}, "search/?q=air&tag=air": {air}, "search/?featured=true": {air},
		} {
			if got := pageIDs(w.Want(200, nobody, "GET", topics+query, nil)); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", query, got, want)
			}
		}
		w.Want(200, w.root, "DELETE", topics+air+"/featured/", nil)

		// Given away, as anything that belongs to somebody.
		asked := w.Want(201, w.ada, "POST", "/api/1/transfer/", body{"subject": body{"class": "Topic", "id": air}, "recipient": body{"class": "User", "id": w.max.ID}, "comment": "yours"})
		w.Want(200, w.max, "POST", "/api/1/transfer/"+asked.Get("id").(string)+"/", body{"response": "accept"})
		if got := w.Want(200, nobody, "GET", topics+air+"/", nil); got.Get("owner.id") != w.max.ID {
			t.Errorf("given away: %s", got.Text)
		}
	})
}
