package app_test

import (
	"maps"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// verbs are the changes of a reuse that its editors may make, each with the
// status of success.
func (w *world) verbs() map[string]func(who apptest.Person, reuse string) (got apptest.Answer, success int) {
	return map[string]func(apptest.Person, string) (apptest.Answer, int){
		"update": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			return w.Do(who, "PUT", one(reuse), map[string]any{"description": "Another"}), 200
		},
		"delete": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			return w.Do(who, "DELETE", one(reuse), nil), 204
		},
		"restore": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			w.Want(204, w.root, "DELETE", one(reuse), nil)
			return w.Do(who, "PUT", one(reuse), map[string]any{"deleted": nil}), 200
		},
		"add a dataset": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			return w.Do(who, "POST", one(reuse)+"datasets/", map[string]any{"id": w.dataset}), 201
		},
		"add a dataservice": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			return w.Do(who, "POST", one(reuse)+"dataservices/", map[string]any{"id": w.dataservice}), 201
		},
		"upload a picture": func(who apptest.Person, reuse string) (apptest.Answer, int) {
			return w.Do(who, "POST", one(reuse)+"image/", picture(w.t, 2, 2), "Content-Type", pictureType), 200
		},
	}
}

// TestWhoMayChangeWhat: each verb by each caller, on reuses of a person and of
// an organization.
func TestWhoMayChangeWhat(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		adas := func() string { return w.publish(w.ada, "Ada's") }
		towns := func() string { return w.publish(w.eve, "The town's", "organization", w.organization) }
		pauls := func() string { return w.publish(w.paul, "Paul's", "organization", w.organization) }
		for verb, do := range w.verbs() {
			for _, c := range []struct {
				who     string
				caller  apptest.Person
				what    string
				publish func() string
				may     bool
			}{
				{"ada", w.ada, "ada's", adas, true},
				{"max", w.max, "ada's", adas, false},
				{"carol", w.carol, "ada's", adas, false},
				{"root", w.root, "ada's", adas, true},
				{"carol, an admin,", w.carol, "the town's", towns, true},
				{"eve, an editor,", w.eve, "the town's", towns, true},
				{"paul, a partial editor,", w.paul, "the town's", towns, false},
				{"ada", w.ada, "the town's", towns, false},
				{"root", w.root, "the town's", towns, true},
				{"paul, to whom it was assigned when he made it,", w.paul, "the town's", pauls, true},
				{"eve, an editor,", w.eve, "what paul made", pauls, true},
			} {
				oid := c.publish()
				before := w.Want(200, w.root, "GET", one(oid), nil)
				got, success := do(c.caller, oid)
				want := success
				if !c.may {
					want = 403
				}
				if got.Status != want {
					t.Errorf("%s wants to %s of %s: want %d, got %d %s", c.who, verb, c.what, want, got.Status, got.Text)
				}
				if c.may || verb == "restore" {
					continue
				}
				if after := w.Want(200, w.root, "GET", one(oid), nil); after.Text != before.Text {
					t.Errorf("%s may not %s, but it happened", c.who, verb)
				}
			}
		}
	})
}

// TestPermissionsAreTold: `permissions` says what the tests above see, in
// every form of a reuse.
func TestPermissionsAreTold(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		adas := w.publish(w.ada, "adas", "datasets", []string{w.dataset})
		towns := w.publish(w.eve, "towns", "datasets", []string{w.dataset}, "organization", w.organization)
		made := w.Want(201, w.paul, "POST", "/api/1/reuses/", w.body("pauls", "datasets", []string{w.dataset}, "organization", w.organization))
		if made.Get("permissions.edit") != true {
			t.Errorf("paul is told %v of what he has just made", made.Get("permissions"))
		}
		pauls := made.Get("id").(string)
		for _, c := range []struct {
			name string
			who  apptest.Person
			edit map[string]bool
		}{
			{"nobody", nobody, map[string]bool{adas: false, towns: false, pauls: false}},
			{"max", w.max, map[string]bool{adas: false, towns: false, pauls: false}},
			{"ada", w.ada, map[string]bool{adas: true, towns: false, pauls: false}},
			{"carol", w.carol, map[string]bool{adas: false, towns: true, pauls: true}},
			{"eve", w.eve, map[string]bool{adas: false, towns: true, pauls: true}},
			{"paul", w.paul, map[string]bool{adas: false, towns: false, pauls: true}},
			{"root", w.root, map[string]bool{adas: true, towns: true, pauls: true}},
		} {
			for oid, want := range c.edit {
				got := w.Want(200, c.who, "GET", one(oid), nil)
				if got.Get("permissions.edit") != want || got.Get("permissions.delete") != want {
					t.Errorf("%s is told %v of %v", c.name, got.Get("permissions"), got.Get("title"))
				}
				// The organization's own, inside of the reuse, and the dataset's.
				if member := c.name == "carol" || c.name == "root"; oid == towns && got.Get("organization.permissions.edit") != member {
					t.Errorf("%s is told %v of the organization", c.name, got.Get("organization.permissions"))
				}
				if dataset := c.name == "carol" || c.name == "eve" || c.name == "root"; got.Get("datasets.0.permissions.edit") != dataset {
					t.Errorf("%s is told %v of the dataset", c.name, got.Get("datasets.0.permissions"))
				}
			}
			for _, list := range []string{"/api/1/reuses/", "/api/2/reuses/", "/api/2/reuses/search/"} {
				told := map[string]bool{}
				items, _ := w.Want(200, c.who, "GET", list, nil).Get("data").([]any)
				for _, item := range items {
					told[apptest.At(item, "id").(string)] = apptest.At(item, "permissions.edit").(bool)
				}
				if !maps.Equal(told, c.edit) {
					t.Errorf("%s is told %v by %s, want %v", c.name, told, list, c.edit)
				}
			}
		}
	})
}

// TestSysadminsVerbs: what only sysadmins may do, and that doing it twice is
// no harm.
func TestSysadminsVerbs(t *testing.T) {
	eachWorld(t, app.Config{ReuseBadges: "gold=Gold,silver=Silver"}, func(t *testing.T, w *world) {
		oid := w.publish(w.ada, "Bus map")
		gold, path := map[string]any{"kind": "gold"}, one(oid)
		for _, who := range []apptest.Person{w.ada, w.max, w.carol} {
			w.Want(403, who, "POST", path+"featured/", nil)
			w.Want(403, who, "DELETE", path+"featured/", nil)
			w.Want(403, who, "POST", path+"badges/", gold)
			w.Want(403, who, "DELETE", path+"badges/gold/", nil)
		}
		for _, step := range []struct {
			method, path string
			body         any
			status       int
			member       string
			want         string
		}{
			{"GET", path, nil, 200, "featured", `null`},
			{"POST", path + "featured/", nil, 200, "featured", `true`},
			{"POST", path + "featured/", nil, 200, "featured", `true`},
			{"DELETE", path + "featured/", nil, 200, "featured", `false`},
			{"POST", path + "badges/", gold, 201, "kind", `"gold"`},
			{"POST", path + "badges/", gold, 200, "kind", `"gold"`},
			{"POST", path + "badges/", map[string]any{"kind": "silver"}, 201, "kind", `"silver"`},
			{"POST", path + "badges/", map[string]any{"kind": "tin"}, 400, "errors.kind", `"Unknown badge type for Reuse: tin"`},
			{"POST", path + "badges/", map[string]any{"kind": 5}, 400, "errors.kind", `"StringField only accepts string values"`},
			{"POST", path + "badges/", map[string]any{}, 400, "errors.kind", `"Unknown badge type for Reuse: "`},
			{"GET", path, nil, 200, "badges", `[{"kind":"gold"},{"kind":"silver"}]`},
			{"DELETE", path + "badges/gold/", nil, 204, "", ""},
			{"DELETE", path + "badges/gold/", nil, 404, "message", `"Badge does not exists"`},
			{"GET", path, nil, 200, "badges", `[{"kind":"silver"}]`},
		} {
			got := w.Want(step.status, w.root, step.method, step.path, step.body)
			if told := text(t, got.Get(step.member)); step.member != "" && told != step.want {
				t.Errorf("%s %s: %s is %s, want %s", step.method, step.path, step.member, told, step.want)
			}
		}
		if got := w.Want(200, nobody, "GET", "/api/1/reuses/badges/", nil).Text; got != `{"gold":"Gold","silver":"Silver"}` {
			t.Errorf("the badges are %s", got)
		}
	})
}

// TestWhoseReuse: in whose name one may publish, and who may give a reuse to
// somebody else.
func TestWhoseReuse(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		for _, c := range []struct {
			name          string
			who           apptest.Person
			member, value string
			field         string // of the error, "" for success
		}{
			{"ada for herself", w.ada, "owner", w.ada.ID, ""},
			{"ada for max", w.ada, "owner", w.max.ID, "owner"},
			{"ada for nobody there", w.ada, "owner", unknown, "owner"},
			{"ada for the town", w.ada, "organization", w.organization, "organization"},
			{"ada for no town", w.ada, "organization", unknown, "organization"},
			{"carol for the town", w.carol, "organization", w.organization, ""},
			{"eve for the town", w.eve, "organization", w.organization, ""},
			{"paul for the town", w.paul, "organization", w.organization, ""},
			{"root for the town", w.root, "organization", w.organization, ""},
			{"root for max", w.root, "owner", w.max.ID, ""},
			{"root for nobody there", w.root, "owner", unknown, "owner"},
		} {
			for _, value := range []any{c.value, map[string]any{"id": c.value, "class": "Anything"}} {
				got := w.Do(c.who, "POST", "/api/1/reuses/", w.body("A reuse", c.member, value))
				if c.field == "" {
					if got.Status != 201 || got.Get(c.member+".id") != c.value {
						t.Errorf("%s: got %d %s", c.name, got.Status, got.Text)
					}
				} else if got.Status != 400 || got.Get("errors."+c.field) == nil {
					t.Errorf("%s: want 400 about %s, got %d %s", c.name, c.field, got.Status, got.Text)
				}
			}
		}
		oid := w.publish(w.ada, "A reuse of ada's")
		for _, c := range []struct {
			name   string
			who    apptest.Person
			body   map[string]any
			status int
			owner  any
		}{
			{"ada keeps it", w.ada, map[string]any{"owner": w.ada.ID}, 200, "Ada"},
			{"ada gives it to max", w.ada, map[string]any{"owner": w.max.ID}, 400, "Ada"},
			{"ada gives it to the town", w.ada, map[string]any{"organization": w.organization}, 400, "Ada"},
			{"ada gives it to nobody", w.ada, map[string]any{"owner": nil}, 400, "Ada"},
			{"root gives it to nobody", w.root, map[string]any{"owner": nil, "organization": nil}, 400, "Ada"},
			{"root gives it to max", w.root, map[string]any{"owner": w.max.ID}, 200, "Max"},
			{"ada has it no more", w.ada, map[string]any{"title": "Mine"}, 403, "Max"},
			{"root gives it to the town", w.root, map[string]any{"organization": w.organization}, 200, nil},
			{"eve keeps it", w.eve, map[string]any{"organization": w.organization, "owner": nil}, 200, nil},
			{"eve takes it", w.eve, map[string]any{"organization": nil}, 400, nil},
			{"eve takes it for herself", w.eve, map[string]any{"owner": w.eve.ID}, 400, nil},
			{"eve gives it to another", w.eve, map[string]any{"organization": unknown}, 400, nil},
			{"root gives it to ada", w.root, map[string]any{"organization": nil, "owner": w.ada.ID}, 200, "Ada"},
		} {
			if got := w.Do(c.who, "PUT", one(oid), c.body); got.Status != c.status {
				t.Errorf("%s: want %d, got %d %s", c.name, c.status, got.Status, got.Text)
			}
			if got := w.Want(200, w.root, "GET", one(oid), nil); got.Get("owner.first_name") != c.owner || (c.owner == nil) != (got.Get("organization.id") == w.organization) {
				t.Errorf("%s: it belongs to %v, %v", c.name, got.Get("owner"), got.Get("organization"))
			}
		}
	})
}
