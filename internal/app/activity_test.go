package app_test

import (
	"testing"

	"ouvert/internal/app"
)

// TestActivity: each change is told once, by its name, with the fields that
// changed, and only changes are.
func TestActivity(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.eve, "Bus map", "organization", w.organization)
		put := func(body map[string]any) { w.Want(200, w.eve, "PUT", one(oid), body) }
		for _, step := range []struct {
			do      func()
			key     string // "" when nothing is told
			changes string
		}{
			{func() {}, "reuse:created", `[]`},
			{func() { put(map[string]any{"title": "Bus map"}) }, "", ""},
			{func() { put(map[string]any{"extras": map[string]any{"a": 1}}) }, "", ""},
			{func() { put(map[string]any{}) }, "", ""},
			{func() {
				put(map[string]any{"url": "https://www.example.com/other", "title": "Tram map", "tags": []string{"tram"}, "private": true, "topic": "others", "type": "paper", "description": "x", "archived": "2026-01-01"})
			}, "reuse:updated", `["title","description","type","topic","url","private","archived","tags"]`},
			{func() { put(map[string]any{"private": false, "archived": nil}) }, "reuse:updated", `["private","archived"]`},
			{func() { w.Want(201, w.eve, "POST", one(oid)+"datasets/", map[string]any{"id": w.dataset}) }, "reuse:updated", `["datasets"]`},
			{func() { w.Want(200, w.eve, "POST", one(oid)+"datasets/", map[string]any{"id": w.dataset}) }, "", ""},
			{func() { w.Want(201, w.eve, "POST", one(oid)+"dataservices/", map[string]any{"id": w.dataservice}) }, "reuse:updated", `["dataservices"]`},
			{func() { w.Want(200, w.root, "POST", one(oid)+"featured/", nil) }, "", ""},
			{func() { w.Want(201, w.eve, "POST", one(oid)+"followers/", nil) }, "", ""},
			{func() { w.Want(204, w.eve, "DELETE", one(oid), nil) }, "reuse:deleted", `[]`},
			{func() { put(map[string]any{"deleted": nil}) }, "", ""},
		} {
			before := w.Want(200, w.eve, "GET", "/api/1/activity/?related_to="+oid, nil).Get("total").(float64)
			if step.key == "reuse:created" {
				before = 0 // it is there already
			}
			step.do()
			got := w.Want(200, w.eve, "GET", "/api/1/activity/?related_to="+oid, nil)
			switch told := got.Get("total").(float64) - before; {
			case step.key == "" && told != 0:
				t.Errorf("%v things are told of a change that is none: %s", told, text(t, got.Get("data.0")))
			case step.key != "" && (told != 1 || got.Get("data.0.key") != step.key || text(t, got.Get("data.0.changes")) != step.changes):
				t.Errorf("%v things are told, the newest is %s, want %s %s", told, text(t, got.Get("data.0")), step.key, step.changes)
			}
		}
	})
}

// TestActivityForms: what an activity looks like, and how it is found.
func TestActivityForms(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		oid := w.publish(w.eve, "Bus map", "organization", w.organization)
		w.publish(w.ada, "Another")
		w.Want(204, w.eve, "DELETE", one(oid), nil)
		got := w.Want(200, w.eve, "GET", "/api/1/activity/?lang=fr&related_to="+oid, nil)
		for path, want := range map[string]any{
			"data.0.label": "a supprimé une réutilisation", "data.0.icon": "fa fa-remove", "data.0.key": "reuse:deleted",
			"data.1.label": "a créé une réutilisation", "data.1.icon": "fa fa-plus", "data.1.actor.first_name": "Eve", "data.1.organization.slug": "town",
			"data.1.related_to": "Bus map", "data.1.related_to_id": oid, "data.1.related_to_kind": "Reuse",
			"data.1.related_to_url": "https://www.example.org/reuses/bus-map", "total": 2.0,
		} {
			if got.Get(path) != want {
				t.Errorf("%s is %v, want %v", path, got.Get(path), want)
			}
		}
		for query, want := range map[string]float64{
			"": 3, "user=" + w.eve.ID: 2, "user=" + w.ada.ID: 1, "user=" + unknown: 0, "organization=" + w.organization: 2,
			"organization=" + w.organization + "&user=" + w.ada.ID: 0, "related_to=" + unknown: 0,
		} {
			if got := w.Want(200, w.root, "GET", "/api/1/activity/?"+query, nil).Get("total"); got != want {
				t.Errorf("%q: %v activities, want %v", query, got, want)
			}
		}
		for _, name := range []string{"user", "organization", "related_to"} {
			if got := w.Want(400, nobody, "GET", "/api/1/activity/?"+name+"=x", nil); got.Get("errors."+name) == nil {
				t.Errorf("%s=x: %s", name, got.Text)
			}
		}
	})
}
