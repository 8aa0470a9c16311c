package app_test

import (
	"bytes"
	"database/sql"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ouvert/internal/app/apptest"
	"ouvert/internal/catalog/contactpoint"
)

const organizations = "/api/1/organizations/"

// found makes an organization and returns its path.
func found(p *apptest.Portal, t *testing.T, who apptest.Person, name string) (path, id string) {
	t.Helper()
	made := p.Want(http.StatusCreated, who, "POST", organizations, map[string]any{"name": name, "description": "d"})
	id = made.Get("id").(string)
	return organizations + id + "/", id
}

// join makes somebody a member.
func join(p *apptest.Portal, t *testing.T, admin, who apptest.Person, path, role string) {
	t.Helper()
	asked := p.Want(http.StatusCreated, who, "POST", path+"membership/", map[string]any{"comment": "please"})
	p.Want(200, admin, "POST", path+"membership/"+asked.Get("id").(string)+"/accept/", nil)
	p.Want(200, admin, "PUT", path+"member/"+who.ID+"/", map[string]any{"role": role})
}

// TestWhoMayDoWhatWithOrganizations is the table of permissions, as recorded.
func TestWhoMayDoWhatWithOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, eve, pia, max, root := p.Person("Ada", false), p.Person("Eve", false), p.Person("Pia", false), p.Person("Max", false), p.Person("Root", true)
		path, _ := found(p, t, ada, "Régie")
		join(p, t, ada, eve, path, "editor")
		join(p, t, ada, pia, path, "partial_editor")
		request := p.Want(201, max, "POST", path+"membership/", map[string]any{"comment": "x"}).Get("id").(string)
		one := path + "membership/" + request + "/"
		for _, c := range []struct {
			method, path string
			body         any
			// nobody, somebody, a partial editor, an editor, an admin, a sysadmin
			want [6]int
		}{
			{"GET", path, nil, [6]int{200, 200, 200, 200, 200, 200}},
			{"PUT", path, map[string]any{"acronym": "R"}, [6]int{401, 403, 403, 403, 200, 200}},
			{"POST", organizations, map[string]any{"name": "x", "description": "y"}, [6]int{401, 201, 201, 201, 201, 201}},
			{"GET", organizations, nil, [6]int{200, 200, 200, 200, 200, 200}},
			{"GET", organizations + "suggest/?q=r", nil, [6]int{200, 200, 200, 200, 200, 200}},
			{"POST", path + "badges/", map[string]any{"kind": "certified"}, [6]int{401, 403, 403, 403, 403, 201}},
			{"DELETE", path + "badges/certified/", nil, [6]int{401, 403, 403, 403, 403, 204}},
			{"POST", path + "logo/", "x", [6]int{401, 403, 403, 403, 400, 400}},
			{"PUT", path + "logo/", "x", [6]int{401, 403, 403, 403, 400, 400}},
			{"GET", path + "membership/", nil, [6]int{401, 403, 403, 403, 200, 200}},
			{"GET", path + "membership/?user=" + max.ID, nil, [6]int{401, 200, 403, 403, 200, 200}},
			{"POST", one + "cancel/", nil, [6]int{401, 403, 403, 403, 400, 400}},
			{"POST", one + "refuse/", map[string]any{}, [6]int{401, 403, 403, 403, 400, 400}},
			{"POST", path + "member/", map[string]any{}, [6]int{401, 403, 403, 403, 400, 400}},
			{"PUT", path + "member/" + eve.ID + "/", map[string]any{}, [6]int{401, 403, 403, 403, 200, 200}},
			{"DELETE", path + "member/" + max.ID + "/", nil, [6]int{401, 403, 403, 403, 404, 404}},
			{"GET", path + "assignments/", nil, [6]int{401, 403, 403, 403, 200, 200}},
			{"PUT", path + "member/" + pia.ID + "/assignments/", []any{}, [6]int{401, 403, 403, 403, 200, 200}},
			{"GET", "/api/1/me/org_invitations/", nil, [6]int{401, 200, 200, 200, 200, 200}},
			{"GET", strings.Replace(path, "/1/", "/2/", 1) + "extras/", nil, [6]int{200, 200, 200, 200, 200, 200}},
			{"PUT", strings.Replace(path, "/1/", "/2/", 1) + "extras/", map[string]any{"a": 1}, [6]int{401, 403, 403, 403, 200, 200}},
			{"DELETE", strings.Replace(path, "/1/", "/2/", 1) + "extras/", []any{}, [6]int{401, 403, 403, 403, 204, 204}},
			{"POST", one + "accept/", nil, [6]int{401, 403, 403, 403, 200, 409}},
			{"DELETE", path, nil, [6]int{401, 403, 403, 403, 204, 410}},
			{"GET", path, nil, [6]int{410, 410, 410, 410, 200, 200}},
			{"PUT", path, map[string]any{"acronym": "R"}, [6]int{401, 410, 410, 410, 410, 410}},
		} {
			for i, who := range []apptest.Person{nobody, max, pia, eve, ada, root} {
				if got := p.Do(who, c.method, c.path, c.body); got.Status != c.want[i] {
					t.Errorf("%s %s, caller %d: want %d, got %d %s", c.method, c.path, i, c.want[i], got.Status, got.Text)
				}
			}
		}
	})
}

func TestFoundChangeDeleteAnOrganization(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada, root := p.Person("Ada", false), p.Person("Root", true)
		path, id := found(p, t, ada, "Ministère de la Mer")
		found(p, t, root, "Ministère de la Mer")
		got := p.Want(200, ada, "GET", organizations+"ministere-de-la-mer/", nil)
		if got.Get("id") != id || got.Get("members.0.role") != "admin" || got.Get("members.0.user.id") != ada.ID ||
			got.Get("members.0.user.email") != "ad*@example.org" || got.Get("metrics.members") != 1.0 || got.Get("permissions.edit") != true {
			t.Errorf("the organization: %s", got.Text)
		}
		if got := p.Want(200, nobody, "GET", path, nil); got.Get("members.0.user.email") != "***@example.org" || got.Get("members.0.user.last_login_at") != nil {
			t.Errorf("a stranger sees %s", got.Text)
		}
		if got := p.Want(200, root, "GET", path, nil); got.Get("members.0.user.email") != "ada@example.org" {
			t.Errorf("a sysadmin sees %s", got.Text)
		}
		p.Want(200, ada, "PUT", path, map[string]any{"name": "Mer", "acronym": "MM", "business_number_id": "13002526500013"})
		moved := p.Want(http.StatusPermanentRedirect, nobody, "GET", organizations+"ministere-de-la-mer/?lang=fr", nil)
		if l := moved.Header.Get("Location"); l != organizations+"mer/?lang=fr" {
			t.Errorf("the old slug leads to %q", l)
		}
		for query, want := range map[string]float64{
			"?q=MINIST%C3%88RE": 1, "?q=mer": 2, "?name=MER": 1, "?name=me": 0, "?business_number_id=13002526500013": 1, "?badge=certified": 0, "?q=%20": 0, "?q=%00%ff%25": 0, "": 2,
		} {
			if got := p.Want(200, nobody, "GET", organizations+query, nil); got.Get("total") != want {
				t.Errorf("%s: want %v, got %v", query, want, got.Get("total"))
			}
			if got := p.Want(200, nobody, "GET", "/api/2/organizations/search/"+query, nil); got.Get("total") != want {
				t.Errorf("search %s: want %v, got %v", query, want, got.Get("total"))
			}
		}
		if got := p.Want(200, nobody, "GET", organizations+"suggest/?q=mm", nil); got.Get("0.id") != id {
			t.Errorf("the acronym suggests %s", got.Text)
		}
		p.Want(200, nobody, "GET", "/api/2/organizations/search/?producer_type=not-specified&sort=-reuses", nil)
		p.Want(400, nobody, "GET", "/api/2/organizations/search/?producer_type=user", nil)
		p.Want(201, root, "POST", path+"badges/", map[string]any{"kind": "company"})
		for kind, want := range map[string]float64{"company": 1, "not-specified": 1, "association": 0} {
			if got := p.Want(200, nobody, "GET", "/api/2/organizations/search/?producer_type="+kind, nil); got.Get("total") != want {
				t.Errorf("%s: want %v, got %s", kind, want, got.Text)
			}
		}
		p.Want(204, ada, "DELETE", path, nil)
		p.Want(410, ada, "POST", path+"membership/", map[string]any{"comment": "x"})
		p.Want(410, ada, "POST", path+"member/", map[string]any{"email": "x@example.org"})
		if got := p.Want(200, nobody, "GET", organizations, nil); got.Get("total") != 1.0 {
			t.Errorf("the list shows what is deleted: %s", got.Text)
		}
		got = p.Want(200, root, "GET", "/api/1/activity/?related_to="+id, nil)
		if got.Get("data.2.key") != "organization:created" || got.Get("data.1.key") != "organization:updated" || got.Get("data.0.changes.0") != "badges" || got.Get("total") != 3.0 {
			t.Errorf("the activity: %s", got.Text)
		}
	})
}

func TestBadOrganizations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		path, id := found(p, t, ada, "Régie")
		for field, bad := range map[string][]any{
			"name":                            {"", nil, 5, []string{"a"}, "a\x00b"},
			"description":                     {" ", nil, true},
			"acronym":                         {5, strings.Repeat("é", 129)},
			"url":                             {"bad", "http://localhost/", "javascript:alert(1)", 3},
			"business_number_id":              {"123", 13002526500013, "13002526500014x", "tttttttttttttt", "12345678901234", "١٣٠٠٢٥٢٦٥٠٠٠١٣"},
			"extras":                          {"x", []int{1}, map[string]any{"a": nil}},
			"image_url":                       {5},
			"presentation_blocs_published_at": {"soon"},
		} {
			for _, v := range bad {
				got := p.Want(http.StatusBadRequest, ada, "PUT", path, map[string]any{field: v})
				if got.Get("errors."+field) == nil {
					t.Errorf("%s: %v: errors does not name the field: %s", field, v, got.Text)
				}
			}
		}
		for _, body := range []string{"", "[]", "null", "x", `{"name": "a", "name": "b"}`, `"\ud800"`} {
			for method, to := range map[string]string{"POST": organizations, "PUT": path} {
				p.Want(400, ada, method, to, body)
			}
			p.Want(400, ada, "PUT", strings.Replace(path, "/1/", "/2/", 1)+"extras/", body)
		}
		for _, body := range []string{"", "{}", "null", `"x"`, "[1]", `["a"],"x":1`, `[{"class": 5}]`} {
			p.Want(400, ada, "DELETE", strings.Replace(path, "/1/", "/2/", 1)+"extras/", body)
			p.Want(400, ada, "PUT", path+"member/"+ada.ID+"/assignments/", body)
		}
		for _, to := range []string{"%00", "%ff", "x", strings.Repeat("x", 2000)} {
			p.Want(404, ada, "GET", organizations+to+"/", nil)
			p.Want(404, ada, "PUT", path+"member/"+to+"/", map[string]any{})
			p.Want(404, ada, "POST", path+"membership/"+to+"/accept/", nil)
			p.Want(404, ada, "POST", "/api/1/me/org_invitations/"+to+"/accept/", nil)
		}
		for _, query := range []string{"?badge=", "?badge=x", "?sort=x", "?page=0", "?page_size=x", "?page=99999999999999999999"} {
			p.Want(400, ada, "GET", organizations+query, nil)
		}
		p.Want(200, ada, "GET", organizations+"suggest/?q=%00&size=-9223372036854775808", nil)
		p.Want(200, ada, "GET", path+"membership/?user=%00&status=%ff", nil)
		p.Want(415, ada, "POST", organizations, "{}", "Content-Type", "text/plain")
		if got := p.Want(200, ada, "GET", path, nil); got.Get("id") != id || got.Get("name") != "Régie" {
			t.Errorf("something was changed: %s", got.Text)
		}
	})
}

func TestMembershipRequests(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		path, _ := found(p, t, ada, "Régie")
		if got := p.Want(400, max, "POST", path+"membership/?lang=fr", map[string]any{}); got.Get("errors.comment") == nil {
			t.Errorf("no comment: %s", got.Text)
		}
		// Asked many times at once, there is one request.
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { p.Do(max, "POST", path+"membership/", map[string]any{"comment": "let me in"}) })
		}
		wait.Wait()
		list := p.Want(200, max, "GET", path+"membership/?user="+max.ID, nil)
		if len(list.Body.([]any)) != 1 || list.Get("0.comment") != "let me in" || list.Get("0.user.email") != "ma*@example.org" {
			t.Fatalf("the requests: %s", list.Text)
		}
		one := path + "membership/" + list.Get("0.id").(string) + "/"
		p.Want(400, ada, "POST", path+"member/", map[string]any{"user": max.ID})
		p.Want(200, ada, "POST", one+"refuse/", map[string]any{"comment": "no"})
		p.Want(200, ada, "POST", one+"refuse/", map[string]any{"comment": "no again"})
		if got := p.Want(200, ada, "POST", one+"accept/", nil); got.Get("role") != "editor" || got.Get("user.id") != max.ID {
			t.Errorf("the new member: %s", got.Text)
		}
		p.Want(409, ada, "POST", one+"accept/", nil)
		p.Want(400, ada, "POST", one+"refuse/", map[string]any{"comment": "no more"})
		other, _ := found(p, t, ada, "Autre")
		p.Want(404, ada, "POST", other+one[len(path):]+"accept/", nil)
		if got := p.Want(200, max, "GET", path, nil); got.Get("metrics.members") != 2.0 || got.Get("members.1.label") != "Editor" || got.Get("permissions.private") != true {
			t.Errorf("with the member: %s", got.Text)
		}
		p.Want(204, ada, "DELETE", path+"member/max-test/", nil)
		if got := p.Want(200, max, "GET", path, nil); got.Get("metrics.members") != 1.0 || got.Get("permissions.private") != false {
			t.Errorf("without the member: %s", got.Text)
		}
	})
}

func TestInvitations(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		const mine = "/api/1/me/org_invitations/"
		ada, max := p.Person("Ada", false), p.Person("Max", false)
		path, org := found(p, t, ada, "Régie")
		reuse := minimal("Carte", "https://www.example.com/carte")
		reuse["organization"] = org
		object := map[string]any{"class": "Reuse", "id": p.Want(201, ada, "POST", "/api/1/reuses/", reuse).Get("id")}
		foreign := map[string]any{"class": "Reuse", "id": p.Want(201, max, "POST", "/api/1/reuses/", minimal("Mine", "https://www.example.com/mine")).Get("id")}
		for field, bad := range map[string][]any{
			"user":        {"xxx", 5, ada.ID, "5effffffffffffffffffffff"},
			"email":       {"bad", 5, "a b@example.org", "Ada <ada@example.org>", strings.Repeat("a", 300) + "@example.org"},
			"role":        {"boss", 5},
			"assignments": {"x", []any{"x"}, []any{foreign}, []any{map[string]any{}}, []any{map[string]any{"class": "User", "id": max.ID}}, []any{map[string]any{"class": "Reuse", "id": "5effffffffffffffffffffff"}}},
		} {
			for _, v := range bad {
				body := map[string]any{field: v}
				if field != "user" && field != "email" {
					body["user"] = max.ID
				}
				if got := p.Want(400, ada, "POST", path+"member/", body); got.Get("errors."+field) == nil {
					t.Errorf("%s: %v: errors does not name the field: %s", field, v, got.Text)
				}
			}
		}
		invite := map[string]any{"email": "MAX@example.org", "role": "partial_editor", "assignments": []any{object, object}}
		made := p.Want(201, ada, "POST", path+"member/", invite)
		if made.Get("user.id") != max.ID || made.Get("email") != nil || len(made.Get("assignments").([]any)) != 1 || made.Get("user.email") != "***@example.org" {
			t.Errorf("the invitation: %s", made.Text)
		}
		p.Want(400, ada, "POST", path+"member/", invite)
		p.Want(400, max, "POST", path+"membership/", map[string]any{"comment": "x"})
		id := made.Get("id").(string)
		p.Want(400, ada, "POST", path+"membership/"+id+"/accept/", nil)
		p.Want(404, ada, "POST", mine+id+"/accept/", nil)
		if got := p.Want(200, max, "GET", mine, nil); got.Get("0.organization.id") != org || got.Get("0.role") != "partial_editor" {
			t.Errorf("what waits: %s", got.Text)
		}
		one := "/api/1/reuses/" + object["id"].(string) + "/"
		p.Want(403, max, "PUT", one, map[string]any{"title": "x"})
		p.Want(200, max, "POST", mine+strings.ToUpper(id)+"/accept/", nil)
		p.Want(400, max, "POST", mine+id+"/refuse/", nil)
		p.Want(200, max, "PUT", one, map[string]any{"title": "x"})
		list := p.Want(200, ada, "GET", path+"assignments/", nil)
		if list.Get("0.subject.id") != object["id"] || list.Get("0.user.id") != max.ID || list.Get("0.organization.id") != org || list.Get("0.created_at") == nil {
			t.Errorf("the assignments: %s", list.Text)
		}
		// Another role, and then the old one again, starts anew.
		p.Want(200, ada, "PUT", path+"member/"+max.ID+"/", map[string]any{"role": "editor"})
		p.Want(400, ada, "PUT", path+"member/"+max.ID+"/assignments/", []any{})
		p.Want(200, ada, "PUT", path+"member/"+max.ID+"/", map[string]any{"role": "partial_editor"})
		p.Want(403, max, "PUT", one, map[string]any{"title": "y"})
		p.Want(400, ada, "PUT", path+"member/"+max.ID+"/assignments/", []any{foreign})
		p.Want(200, ada, "PUT", path+"member/"+max.ID+"/assignments/", []any{object})
		p.Want(200, max, "PUT", one, map[string]any{"title": "y"})
		p.Want(204, ada, "DELETE", path+"member/"+max.ID+"/", nil)
		if got := p.Want(200, ada, "GET", path+"assignments/", nil); len(got.Body.([]any)) != 0 {
			t.Errorf("assignments stayed: %s", got.Text)
		}
		// Somebody without an account finds it when they have one.
		waiting := p.Want(201, ada, "POST", path+"member/", map[string]any{"email": "Neo@example.org"}).Get("id").(string)
		neo := p.Person("Neo", false)
		p.Want(200, neo, "POST", mine+waiting+"/accept/", nil)
		if got := p.Want(200, neo, "GET", "/api/1/me/", nil); got.Get("organizations.0.id") != org {
			t.Errorf("after the acceptance: %s", got.Text)
		}
		gone := p.Want(201, ada, "POST", path+"member/", map[string]any{"email": "gone@example.org"}).Get("id").(string)
		p.Want(200, ada, "POST", path+"membership/"+gone+"/cancel/", nil)
		p.Want(400, ada, "POST", path+"membership/"+gone+"/cancel/", nil)
	})
}

func TestOrganizationLogo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		path, _ := found(p, t, ada, "Régie")
		form := func(file []byte, bbox string) (string, string) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			if file != nil {
				part, _ := w.CreateFormFile("file", "logo.png")
				_, _ = part.Write(file)
			}
			if bbox != "" {
				_ = w.WriteField("bbox", bbox)
			}
			w.Close()
			return b.String(), w.FormDataContentType()
		}
		var logo bytes.Buffer
		m := image.NewRGBA(image.Rect(0, 0, 200, 120))
		m.Set(3, 3, color.White)
		if err := png.Encode(&logo, m); err != nil {
			t.Fatal(err)
		}
		body, kind := form(nil, "0,0,50,50")
		p.Want(400, ada, "PUT", path+"logo/", body, "Content-Type", kind)
		body, kind = form([]byte("no picture"), "")
		p.Want(400, ada, "POST", path+"logo/", body, "Content-Type", kind)
		body, kind = form(logo.Bytes(), "")
		first := p.Want(200, ada, "POST", path+"logo/", body, "Content-Type", kind)
		get := func() string {
			got := p.Want(200, ada, "GET", path, nil)
			url := got.Get("logo_thumbnail").(string)
			p.Want(200, apptest.Person{}, "GET", strings.TrimPrefix(url, "http://portal.test"), nil)
			return got.Get("logo").(string)
		}
		if got := get(); got != first.Get("image") || first.Get("success") != true {
			t.Errorf("the logo is %s, the answer %s", got, first.Text)
		}
		body, kind = form(nil, "0,0,50,50")
		second := p.Want(200, ada, "PUT", path+"logo/", body, "Content-Type", kind)
		if got := get(); got != second.Get("image") || got == first.Get("image") {
			t.Errorf("after the other box the logo is %s", got)
		}
		p.Want(404, ada, "GET", strings.TrimPrefix(first.Get("image").(string), "http://portal.test"), nil)
		body, kind = form(nil, "0,0,5000,50")
		p.Want(400, ada, "PUT", path+"logo/", body, "Content-Type", kind)
	})
}

func TestContactPointsOfAnOrganization(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		var nobody apptest.Person
		ada := p.Person("Ada", false)
		path, org := found(p, t, ada, "Régie")
		err := p.DB.Write(t.Context(), func(tx *sql.Tx) error {
			for _, c := range []*contactpoint.ContactPoint{
				{ID: "5e0000000000000000000001", Name: "Desk", Organization: org},
				{ID: "5e0000000000000000000002", Name: "Ada", Owner: ada.ID},
				{ID: "5e0000000000000000000003", Name: "Office", Organization: org},
			} {
				if err := p.ContactPoints.Import(t.Context(), tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got := p.Want(200, nobody, "GET", path+"contacts/?page_size=1&page=2", nil, "X-Fields", "*,data{*}")
		if got.Get("total") != 2.0 || got.Get("data.0.name") != "Office" || got.Get("data.0.organization.id") != org {
			t.Errorf("the contact points: %s", got.Text)
		}
		p.Want(404, nobody, "GET", organizations+"x/contacts/", nil)
		p.Want(404, nobody, "GET", path+"contacts/?page=9", nil)
	})
}

func TestOrganizationExtras(t *testing.T) {
	apptest.Each(t, func(t *testing.T, p *apptest.Portal) {
		ada := p.Person("Ada", false)
		path, id := found(p, t, ada, "Régie")
		extras := "/api/2/organizations/" + id + "/extras/"
		p.Want(200, ada, "PUT", path, map[string]any{"extras": map[string]any{"a": 1, "b": 2}})
		p.Want(200, ada, "PUT", extras, map[string]any{"b": nil, "c": []int{1}})
		if got := p.Want(200, ada, "GET", extras, nil); got.Text != `{"a":1,"c":[1]}` {
			t.Errorf("the extras are %s", got.Text)
		}
		p.Want(404, ada, "DELETE", extras, []string{"a", "x"})
		p.Want(204, ada, "DELETE", extras, []string{"a"})
		if got := p.Want(200, ada, "GET", path, nil); got.Get("extras.a") != nil || got.Get("extras.c.0") != 1.0 {
			t.Errorf("the organization has %s", got.Text)
		}
	})
}
