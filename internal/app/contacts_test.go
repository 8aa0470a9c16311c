package app_test

import (
	"strings"
	"testing"

	"ouvert/internal/app/apptest"
)

const contacts = "/api/1/contacts/"

func TestContactPoints(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		root, ada, max := p.Person("Root", true), p.Person("Ada", false), p.Person("Max", false)
		path, org := found(p, t, ada, "Régie")

		// Making one: whose it is, and that none is made twice.
		mine := body{"name": "Ada", "email": "ada@example.org", "role": "contact"}
		made := p.Want(201, ada, "POST", contacts, mine)
		if made.Get("owner.id") != ada.ID || made.Get("organization") != nil || made.Get("contact_form") != nil {
			t.Errorf("made: %s", made.Text)
		}
		id := made.Get("id").(string)
		if again := p.Want(200, ada, "POST", contacts, mine); again.Get("id") != id {
			t.Errorf("made again: %s", again.Text)
		}
		theirs := body{"name": "Desk", "role": "publisher", "organization": org, "contact_form": "https://www.example.com/write"}
		desk := p.Want(201, ada, "POST", contacts, theirs)
		if desk.Get("organization.id") != org || desk.Get("owner") != nil {
			t.Errorf("made for the organization: %s", desk.Text)
		}
		p.Want(201, max, "POST", contacts, mine) // another's is another one

		for name, c := range map[string]struct {
			body  any
			field string
		}{
			"nothing":                {body{}, "name role"},
			"blank":                  {body{"name": " ", "role": ""}, "name role"},
			"no role":                {body{"name": "x", "email": "x@example.org"}, "role"},
			"an unknown role":        {body{"name": "x", "role": "boss"}, "role"},
			"a contact without any":  {body{"name": "x", "role": "contact"}, "email"},
			"no address":             {body{"name": "x", "role": "user", "email": "x"}, "email"},
			"a host without a dot":   {body{"name": "x", "role": "user", "email": "x@localhost"}, "email"},
			"a forged header":        {body{"name": "x", "role": "user", "email": "x@example.org\r\nBcc: y@example.org"}, "email"},
			"a long address":         {body{"name": "x", "role": "user", "email": strings.Repeat("x", 250) + "@example.org"}, "email"},
			"an address in the name": {body{"name": "see https://example.org", "role": "user"}, "name"},
			"a long name":            {body{"name": strings.Repeat("é", 256), "role": "user"}, "name"},
			"no form":                {body{"name": "x", "role": "user", "contact_form": "javascript:alert(1)"}, "contact_form"},
			"a number":               {body{"name": 5, "role": "user"}, "name"},
			"somebody else":          {body{"name": "x", "role": "user", "owner": max.ID}, "owner"},
			"an unknown person":      {body{"name": "x", "role": "user", "owner": unknown}, "owner"},
			"an unknown one":         {body{"name": "x", "role": "user", "organization": unknown}, "organization"},
		} {
			got := p.Want(400, ada, "POST", contacts, c.body)
			for _, field := range strings.Fields(c.field) {
				if got.Get("errors."+field) == nil {
					t.Errorf("%s: %s", name, got.Text)
				}
			}
		}
		p.Want(400, max, "POST", contacts, theirs) // no member
		p.Want(401, nobody, "POST", contacts, mine)
		if got := p.Want(400, ada, "POST", contacts+"?lang=fr", body{"name": "x", "role": "contact"}); !strings.HasPrefix(got.Get("message").(string), "Au moins une adresse") {
			t.Errorf("in French: %s", got.Text)
		}

		// Changing one.
		p.Want(403, max, "PUT", contacts+id+"/", body{"name": "Max"})
		p.Want(401, nobody, "PUT", contacts+id+"/", body{"name": "Max"})
		p.Want(400, ada, "PUT", contacts+id+"/", body{"email": nil})
		p.Want(400, ada, "PUT", contacts+id+"/", body{"owner": max.ID})
		p.Want(400, ada, "PUT", contacts+id+"/", body{"owner": nil})
		changed := p.Want(200, ada, "PUT", contacts+id+"/", body{"email": "new@example.org"})
		if changed.Get("email") != "new@example.org" || changed.Get("name") != "Ada" {
			t.Errorf("changed: %s", changed.Text)
		}
		p.Want(200, ada, "PUT", contacts+id+"/", changed.Body) // an answer may be sent back
		other := p.Want(201, ada, "POST", contacts, mine).Get("id").(string)
		if got := p.Want(400, ada, "PUT", contacts+other+"/", body{"email": "new@example.org"}); got.Get("errors.name") == nil {
			t.Errorf("alike: %s", got.Text)
		}
		if got := p.Want(200, nobody, "GET", contacts+other+"/", nil); got.Get("email") != "ada@example.org" {
			t.Errorf("after a refused change: %s", got.Text)
		}
		if got := p.Want(200, root, "PUT", contacts+other+"/", body{"organization": org}); got.Get("owner") != nil || got.Get("organization.id") != org {
			t.Errorf("given away: %s", got.Text)
		}

		// Lists.
		list := p.Want(200, nobody, "GET", path+"contacts/", nil)
		if list.Get("total") != 2.0 || list.Get("data.0.name") != "Desk" || strings.Contains(list.Text, `"organization"`) {
			t.Errorf("of the organization: %s", list.Text)
		}
		if list := p.Want(200, nobody, "GET", "/api/1/users/"+ada.ID+"/contacts/", nil, "X-Fields", "data{owner{id}},total"); list.Text != `{"data":[{"owner":{"id":"`+ada.ID+`"}}],"total":1}` {
			t.Errorf("of the person: %s", list.Text)
		}
		for q, want := range map[string]int{"DESK": 1, "example.com/wri": 1, "ada%40ex": 1, "": 2, "%25": 0, "&size=1": 1, "&size=0": 2} {
			if got := p.Want(200, nobody, "GET", path+"contacts/suggest/?q="+q, nil); len(got.Body.([]any)) != want {
				t.Errorf("suggested for %q: %s", q, got.Text)
			}
		}
		p.Want(400, nobody, "GET", path+"contacts/suggest/", nil)
		p.Want(400, nobody, "GET", path+"contacts/suggest/?q=x&size=x", nil)
		if got := p.Want(200, nobody, "GET", contacts+"roles/?lang=fr", nil); got.Get("3.id") != "rightsHolder" || got.Get("3.label") != "Détenteur des droits" || len(got.Body.([]any)) != 11 {
			t.Errorf("the roles: %s", got.Text)
		}
	})
}

// TestDeletedContactPoints sees to it that nothing names one that is gone, and
// that nothing is modified by it.
func TestDeletedContactPoints(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		var ids []string
		for _, name := range []string{"First", "Second"} {
			ids = append(ids, p.Want(201, ada, "POST", contacts, body{"name": name, "role": "creator"}).Get("id").(string))
		}
		d := p.Want(201, ada, "POST", "/api/1/datasets/", body{"title": "Trains", "description": "x", "frequency": "unknown", "contact_points": ids})
		s := p.Want(201, ada, "POST", "/api/1/dataservices/", body{"title": "Trains", "contact_points": ids})
		objects := []string{"/api/1/datasets/" + d.Get("id").(string) + "/", "/api/1/dataservices/" + s.Get("id").(string) + "/"}
		p.Want(403, max, "DELETE", contacts+ids[0]+"/", nil)
		p.Want(401, nobody, "DELETE", contacts+ids[0]+"/", nil)
		p.Want(204, ada, "DELETE", contacts+ids[0]+"/", nil)
		p.Want(404, ada, "DELETE", contacts+ids[0]+"/", nil)
		p.Want(404, nobody, "GET", contacts+ids[0]+"/", nil)
		for i, path := range objects {
			got := p.Want(200, nobody, "GET", path, nil)
			if list, _ := got.Get("contact_points").([]any); len(list) != 1 || got.Get("contact_points.0.id") != ids[1] {
				t.Errorf("%s names %s", path, got.Text)
			}
			before := []apptest.Answer{d, s}[i]
			for _, when := range []string{"last_modified", "metadata_modified_at"} {
				if got.Get(when) != before.Get(when) {
					t.Errorf("%s: %s was %v, is %v", path, when, before.Get(when), got.Get(when))
				}
			}
			p.Want(400, ada, []string{"PUT", "PATCH"}[i], path, body{"contact_points": ids})
		}
		if got := p.Want(200, nobody, "GET", "/api/1/dataservices/?contact_point="+ids[1], nil); got.Get("total") != 1.0 {
			t.Errorf("by the one that is left: %s", got.Text)
		}
		// An account takes its contact points with it.
		p.Want(204, ada, "DELETE", "/api/1/me/", nil)
		p.Want(404, nobody, "GET", contacts+ids[1]+"/", nil)
		for _, path := range objects {
			if got := p.Want(200, nobody, "GET", path, nil); len(got.Get("contact_points").([]any)) != 0 {
				t.Errorf("%s still names %s", path, got.Text)
			}
		}
	})
}
