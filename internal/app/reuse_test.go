package app_test

import (
	"net/http"
	"testing"

	"ouvert/internal/app/apptest"
)

// minimal is the smallest body that publishes a reuse.
func minimal(title, url string) map[string]any {
	return map[string]any{
		"title": title, "description": "A description", "type": "api", "topic": "health", "url": url,
	}
}

func TestPublishReadChangeDelete(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		made := p.Want(http.StatusCreated, ada, "POST", "/api/1/reuses/", minimal("Carte des bus", "https://www.example.com/bus"))
		id := made.Get("id").(string)
		if made.Get("slug") != "carte-des-bus" || made.Get("owner.first_name") != "Ada" || made.Get("permissions.edit") != true {
			t.Fatalf("the new reuse is %s", made.Text)
		}
		path := "/api/1/reuses/" + id + "/"
		if got := p.Want(200, nobody, "GET", path, nil); got.Get("permissions.edit") != false {
			t.Errorf("a stranger may edit: %s", got.Text)
		}
		p.Want(http.StatusForbidden, max, "PUT", path, map[string]any{"title": "Mine"})
		p.Want(http.StatusUnauthorized, nobody, "PUT", path, map[string]any{"title": "Mine"})
		p.Want(200, ada, "PUT", path, map[string]any{"title": "Plan des bus"})
		moved := p.Want(http.StatusPermanentRedirect, nobody, "GET", "/api/1/reuses/carte-des-bus/?lang=fr&x=1", nil)
		if got := moved.Header.Get("Location"); got != "/api/1/reuses/plan-des-bus/?lang=fr&x=1" {
			t.Errorf("the old slug leads to %q", got)
		}
		p.Want(http.StatusNoContent, ada, "DELETE", path, nil)
		p.Want(http.StatusGone, nobody, "GET", path, nil)
		p.Want(200, ada, "GET", path, nil)
		p.Want(http.StatusGone, ada, "PUT", path, map[string]any{"title": "x"})
		p.Want(200, ada, "PUT", path, map[string]any{"deleted": nil})
		if got := p.Want(200, nobody, "GET", "/api/1/reuses/", nil); got.Get("total") != 1.0 {
			t.Errorf("the list after the restoring: %s", got.Text)
		}
		if got := p.Want(200, nobody, "GET", "/api/1/activity/?related_to="+id, nil); got.Get("total") != 3.0 || got.Get("data.0.key") != "reuse:deleted" {
			t.Errorf("the activity: %s", got.Text)
		}
	})
}
