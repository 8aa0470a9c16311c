package app_test

import (
	"strings"
	"testing"

	"ouvert/internal/app"
	"ouvert/internal/app/apptest"
)

// TestSlugsFollowTitles: what a reuse is called in addresses.
func TestSlugsFollowTitles(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		long := strings.Repeat("abcdefghi ", 40)
		for _, c := range []struct{ title, want string }{
			{"L'eau à Épinal", "leau-a-epinal"},
			{"L'eau à Épinal", "leau-a-epinal-1"},
			{"l'EAU, à Epinal!", "leau-a-epinal-2"},
			{"Leau a Epinal 1", "leau-a-epinal-1-1"},
			{"日本", "ri-ben"},
			{long, strings.TrimSuffix(strings.Repeat("abcdefghi-", 25), "-")},
			{long, strings.TrimSuffix(strings.Repeat("abcdefghi-", 25), "-") + "-1"},
			{strings.Repeat("x", 400), strings.Repeat("x", 255)},
			{strings.Repeat("x", 400), strings.Repeat("x", 253) + "-1"},
			{strings.Repeat("x", 400), strings.Repeat("x", 253) + "-2"},
		} {
			if got := w.Want(201, w.ada, "POST", "/api/1/reuses/", w.body(c.title)).Get("slug"); got != c.want {
				t.Errorf("%.40q is called %q, want %q", c.title, got, c.want)
			}
		}
		nameless := w.Want(201, w.ada, "POST", "/api/1/reuses/", w.body("★"))
		if got := nameless.Get("slug"); got != "reuse-"+nameless.Get("id").(string) {
			t.Errorf("a title without a letter gives %q", got)
		}
		w.Want(200, nobody, "GET", one(nameless.Get("slug").(string)), nil)
	})
}

// leads asks for a reuse by a key: "" when it is found under that very name,
// the slug that one is sent to, or the status.
func leads(w *world, key string) string {
	got := w.Do(nobody, "GET", one(key)+"?lang=fr", nil)
	switch got.Status {
	case 200:
		return got.Get("id").(string)
	case 308:
		slug := strings.TrimSuffix(strings.TrimPrefix(got.Header.Get("Location"), "/api/1/reuses/"), "/?lang=fr")
		return "to " + slug
	}
	return got.Text
}

// TestOldSlugs: links to what a reuse was called before go on working.
func TestOldSlugs(t *testing.T) {
	eachWorld(t, app.Config{}, func(t *testing.T, w *world) {
		bus := w.publish(w.ada, "Bus")
		rename := func(oid, title string) {
			t.Helper()
			w.Want(200, w.ada, "PUT", one(oid), map[string]any{"title": title})
		}
		check := func(when string, want map[string]string) {
			t.Helper()
			for key, wanted := range want {
				if got := leads(w, key); got != wanted {
					t.Errorf("%s: %q leads %.100s, want %s", when, key, got, wanted)
				}
			}
		}
		check("at first", map[string]string{
			"bus": bus, bus: bus, strings.ToUpper(bus): bus, "BUS": "to bus", "Bus!": "to bus", "b%C3%BAs": "to bus",
		})
		rename(bus, "Tram")
		check("after a change", map[string]string{"tram": bus, "bus": "to tram"})
		rename(bus, "Metro")
		rename(bus, "Ferry")
		check("after a chain", map[string]string{"ferry": bus, "bus": "to ferry", "tram": "to ferry", "metro": "to ferry"})
		rename(bus, "Bus")
		check("after coming back", map[string]string{"bus": bus, "ferry": "to bus", "tram": "to bus", "metro": "to bus"})
		rename(bus, "bus")
		check("after a change of case", map[string]string{"bus": bus})

		rename(bus, "Night bus")
		day := w.publish(w.ada, "Bus")
		check("when another took the name", map[string]string{"bus": day, "night-bus": bus, "ferry": "to night-bus"})
		rename(day, "Day bus")
		check("when the other left it", map[string]string{"bus": "to day-bus", "night-bus": bus})
		rename(bus, "Day bus")
		check("when both want a name", map[string]string{"day-bus": day, "day-bus-1": bus, "night-bus": "to day-bus-1"})

		w.Want(204, w.ada, "DELETE", one(day), nil)
		if got := w.publish(w.ada, "Day bus"); leads(w, "day-bus-2") != got {
			t.Error("a deleted reuse does not keep its name")
		}
		w.Want(410, nobody, "GET", one("day-bus"), nil)
	})
}

// TestOldSlugsOfEveryVerb: a client that follows redirects may use the old
// name for all that it does.
func TestOldSlugsOfEveryVerb(t *testing.T) {
	w := newWorld(t, app.Config{ReuseBadges: "gold=Gold"})
	oid := w.publish(w.ada, "Bus")
	w.Want(200, w.ada, "PUT", one(oid), map[string]any{"title": "Tram"})
	for _, c := range []struct{ method, rest string }{
		{"GET", ""},
		{"PUT", ""},
		{"DELETE", ""},
		{"POST", "badges/"},
		{"DELETE", "badges/go%2Fld/"},
		{"POST", "datasets/"},
		{"POST", "dataservices/"},
		{"POST", "featured/"},
		{"DELETE", "featured/"},
		{"POST", "image/"},
	} {
		for _, who := range []apptest.Person{nobody, w.root} {
			got := w.Do(who, c.method, one("bus")+c.rest+"?a=1&b=%2F", nil)
			if want := one("tram") + c.rest + "?a=1&b=%2F"; got.Status != 308 || got.Header.Get("Location") != want || got.Text != "" {
				t.Errorf("%s %s: got %d to %q, want 308 to %q", c.method, c.rest, got.Status, got.Header.Get("Location"), want)
			}
		}
	}
	// Followers are found by slug, but not by an old one, as in udata.
	w.Want(200, nobody, "GET", one("tram")+"followers/", nil)
	w.Want(404, nobody, "GET", one("bus")+"followers/", nil)
	w.Want(404, w.ada, "POST", one("tram")+"followers/", nil)
}
